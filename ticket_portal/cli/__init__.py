"""`python -m ticket_portal COMMAND`: what operators type, and what it does."""
