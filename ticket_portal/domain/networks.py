"""Whose network a request comes from, as limits count it."""

import ipaddress

HOST_BITS = 64


def network(client: str) -> str:
    """Return what one visitor has: an IPv4 address, or an IPv6 /64 (RFC 6177: whole networks are given to one home).

    A port, brackets and a zone are left out, and an IPv4 address in IPv6's clothes (RFC 4291, 2.5.5.2) is itself: each
    would be another visitor to a limit. What is no address is returned as it is.
    """
    host = client.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return client
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, HOST_BITS), strict=False))
