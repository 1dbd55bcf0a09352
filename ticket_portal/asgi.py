"""Production entry: the built front end and the back end on one port.

`granian --interface asgi --factory ticket_portal.asgi:create`
"""

from ticket_portal.frontend import environment

environment.prepare_to_serve()


def create():  # noqa: ANN201
    from ticket_portal import settings
    from ticket_portal.app import app

    asgi = app()
    if trusted := settings.load().trusted_proxies:
        from granian.utils.proxies import wrap_asgi_with_proxy_headers

        asgi = wrap_asgi_with_proxy_headers(asgi, trusted_hosts=trusted.split(","))
    return asgi
