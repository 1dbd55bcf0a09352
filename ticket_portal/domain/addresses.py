"""E-mail addresses: the form in which they are compared, and the one in which a stranger may see them."""

from email_validator import EmailNotValidError, validate_email

from ticket_portal.domain.errors import BadAddress

LONGEST_ADDRESS = 254
ERASED = "deleted@deleted.invalid"
"""Stands in the place of the address of a person whose account was deleted; no one can have it (RFC 2606)."""


def canonical(address: str) -> str:
    """Return the form in which addresses are compared and kept: lower case, the domain in its IDNA spelling.

    Plus tags stay: `ana+a@…` and `ana+b@…` are two addresses (RFC 5233 leaves their meaning to the host).
    Raises BadAddress.
    """
    if not isinstance(address, str) or len(address) > LONGEST_ADDRESS:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise BadAddress
    try:
        # `.test` and its like are only refused where mail is really delivered; the carrier finds out.
        found = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise BadAddress from None
    return f"{found.local_part}@{found.ascii_domain}".lower()


def masked(address: str) -> str:
    """Return the address so that its owner knows it and a stranger can't: `j•••@e•••.com`."""
    local, _at, domain = address.partition("@")
    host, _dot, ending = domain.rpartition(".")
    return f"{local[:1]}•••@{host[:1]}•••.{ending}"
