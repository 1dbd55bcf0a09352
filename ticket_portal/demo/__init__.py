"""Demo data and the named scenarios; made through domain functions, the many tickets of the bulk seed as rows."""
