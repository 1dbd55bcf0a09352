"""Dates in texts that the server writes. Pages format theirs in the browser, in the reader's own zone."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import dates

from ticket_portal.i18n.catalogues import known


def format_datetime(locale: str, moment: datetime, zone: str | None = None) -> str:
    """A moment as its reader writes it, with the zone named: "November 22, 2026, 3:09 PM UTC".

    Args:
        locale: the reader's language.
        moment: an aware datetime.
        zone: the reader's time zone; UTC where none is known or the name is not one.
    """
    place, language = _zone(zone), known(locale)
    time = dates.format_time(moment, "short", tzinfo=place, locale=language)
    name = dates.get_timezone_name(moment.astimezone(place), width="short", locale=language)
    return f"{format_date(locale, moment, zone)}, {time} {name}"


def format_time(locale: str, moment: datetime, zone: str | None = None) -> str:
    """The time of day of a moment, as its reader writes it; the zone is named where it is not the reader's own."""
    time = dates.format_time(moment, "short", tzinfo=_zone(zone), locale=known(locale))
    return time if zone else f"{time} UTC"


def format_date(locale: str, moment: datetime, zone: str | None = None) -> str:
    """The day of a moment, as its reader writes it."""
    return dates.format_date(moment.astimezone(_zone(zone)), "long", locale=known(locale))


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
