"""The doors without a page: plain HTTP, guards and headers."""
