"""The closed sets that the whole portal shares: each one enumeration, and one table of what is true of its members."""
