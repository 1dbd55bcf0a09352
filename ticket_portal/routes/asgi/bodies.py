"""Bodies of requests, never more of them than is allowed, whatever their sender says of their length."""

from starlette.requests import Request


async def whole(request: Request, most: int) -> bytes | None:
    """Return a body of at most so many bytes; None for a larger one, of which the rest is not read."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)
