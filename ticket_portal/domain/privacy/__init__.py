"""A person's right to have what is kept of them, and to have it erased."""
