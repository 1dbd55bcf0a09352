"""Tickets and their conversations: the rules of who writes what, when, and what follows."""
