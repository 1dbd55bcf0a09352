"""Languages: catalogues, plural rules, addresses per language, dates."""
