"""Guests: people without an account, known by a link and a code that went to their address."""
