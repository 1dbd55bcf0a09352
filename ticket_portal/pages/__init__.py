"""What stands at an address; composition only."""
