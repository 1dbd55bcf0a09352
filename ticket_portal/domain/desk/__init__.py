"""The support team's own work: who belongs to it, and whose ticket is whose."""
