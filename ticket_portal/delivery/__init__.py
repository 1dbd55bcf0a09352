"""How news leaves: to open pages at once, to people elsewhere by the outbox."""
