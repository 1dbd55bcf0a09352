"""Accounts, how a person proves who they are, and what ends an account's access."""
