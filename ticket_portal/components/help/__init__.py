"""What the help pages are made of."""
