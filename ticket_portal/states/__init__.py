"""One browser's memory: who is here, what is open, what is typed."""
