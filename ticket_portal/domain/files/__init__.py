"""Files that come with messages: their types, how much one may send, and whose they are."""
