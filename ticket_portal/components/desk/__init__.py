"""What only the team sees."""
