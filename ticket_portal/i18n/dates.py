"""Dates in texts that the server writes. Pages format theirs in the browser, in the reader's own zone.

The forms are CLDR's, but for those below: they are what people write in letters of their language.
"""

from datetime import date, datetime, timedelta

from babel import dates

from ticket_portal.i18n import zones
from ticket_portal.i18n.catalogues import known

_DATES = {"vi": "dd/MM/yyyy"}
"""CLDR has "22 tháng 11, 2026", which nobody writes in Vietnamese."""

_TOGETHER = {
    "en": "{date}, {time}",
    "es": "{date} a las {time}",
    "fr": "{date} à {time}",
    "id": "{date} pukul {time}",
    "uk": "{date}, {time}",
    "vi": "{time} ngày {date}",
}
"""How date and time are joined, in every language: these go into sentences, after "el", "le", "pada"."""


def format_datetime(locale: str, moment: datetime, zone: str | None = None) -> str:
    """A moment as its reader writes it, with the zone named: "November 22, 2026, 3:09 PM UTC".

    Args:
        locale: the reader's language.
        moment: an aware datetime.
        zone: the reader's time zone; UTC where none is known or the name is not one.
    """
    place, language = zones.zone(zone), known(locale)
    time = dates.format_time(moment, "short", tzinfo=place, locale=language)
    together = _TOGETHER[language]
    offset = _offset(moment.astimezone(place))
    return together.format(date=format_date(locale, moment, zone), time=f"{time} {offset}")


def format_time(locale: str, moment: datetime, zone: str | None = None) -> str:
    """The time of day of a moment, as its reader writes it; the zone is named where it is not the reader's own."""
    time = dates.format_time(moment, "short", tzinfo=zones.zone(zone), locale=known(locale))
    return time if zone else f"{time} UTC"


def format_date(locale: str, moment: datetime, zone: str | None = None) -> str:
    """The day of a moment, as its reader writes it."""
    return format_day(locale, moment.astimezone(zones.zone(zone)).date())


def format_day(locale: str, day: date) -> str:
    """A day of the calendar, which is the same in every zone, as its reader writes it."""
    language = known(locale)
    return dates.format_date(day, _DATES.get(language, "long"), locale=language)


def _offset(moment: datetime) -> str:
    """The zone as every reader understands it: "UTC", "UTC+7", "UTC+5:30"; abbreviations mean little abroad."""
    minutes = round((moment.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "-"
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "") if minutes else "UTC"
