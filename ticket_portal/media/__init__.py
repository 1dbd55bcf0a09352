"""Decoders of what strangers send: each file is read and re-encoded in a process of its own."""
