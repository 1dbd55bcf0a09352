"""HTTP routes beside the pages, and the ASGI layers around everything."""
