"""Ticket Portal: customers and guests follow their support tickets, live."""
