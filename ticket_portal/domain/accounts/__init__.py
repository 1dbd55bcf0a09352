"""Accounts, the proofs of who somebody is, and what ends them."""
