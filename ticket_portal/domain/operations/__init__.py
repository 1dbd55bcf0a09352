"""What operators, engineers and other programs ask for."""
