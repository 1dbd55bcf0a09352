"""The ASGI layers around every request and socket: admission, limits, timeouts, headers."""
