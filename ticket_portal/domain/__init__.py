"""The rules: what is true of tickets and people even with no browser."""
