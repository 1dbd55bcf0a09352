"""Time zones by their names (IANA). A name comes from a browser or a form: it may be none, or a zone given up since."""

from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

UTC = "UTC"


@lru_cache(maxsize=1)  # it walks through folders
def names() -> frozenset[str]:
    """Return the names of all zones."""
    return frozenset(available_timezones())


def known(name: str) -> str:
    """Return the name if there is such a zone, else that of UTC."""
    return name if name in names() else UTC


def zone(name: str | None) -> ZoneInfo:
    """Return the zone of this name, UTC where there is none: `ZoneInfo` alone fails in many ways."""
    return ZoneInfo(known(name or UTC))
