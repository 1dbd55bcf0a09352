"""What is kept: tables, the unit of work, the database's own ways."""
