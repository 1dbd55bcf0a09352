"""The portal's own icons: one stroke path each, drawn on a 24 x 24 grid, coloured by the text around them.

No icon package: a path costs about a hundred bytes and needs no request. Every icon is decoration; the words beside
it, or the control's `aria_label`, carry the meaning.
"""

from typing import Final

import reflex as rx

PATHS: Final[dict[str, str]] = {
    "alert": "M12 8v5m0 3.5v.01M10.3 3.9 2.6 17.2A2 2 0 0 0 4.3 20h15.4a2 2 0 0 0 1.7-2.8L13.7 3.9a2 2 0 0 0-3.4 0Z",
    "arrow-down": "M12 5v14m-6-6 6 6 6-6",
    "arrow-left": "M19 12H5m6-6-6 6 6 6",
    "arrow-right": "M5 12h14m-6-6 6 6-6 6",
    "calendar": "M8 3v4m8-4v4M4 10h16M6 5h12a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Z",
    "check": "m5 12.5 4.5 4.5L19 7.5",
    "check-double": "m2.5 12.5 4.5 4.5L16 7.5m-4.5 8 1.5 1.5 9-9.5",
    "chevron-down": "m6 9.5 6 6 6-6",
    "chevron-right": "m9.5 6 6 6-6 6",
    "clock": "M12 7.5V12l3 2m6-2a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
    "close": "m6 6 12 12M18 6 6 18",
    "compass": "m15.5 8.5-2 5-5 2 2-5 5-2ZM21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
    "download": "M12 4v11m-5-5 5 5 5-5M5 20h14",
    "eye": "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm12.5 0a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z",
    "file": "M13 3.5H7A1.5 1.5 0 0 0 5.5 5v14A1.5 1.5 0 0 0 7 20.5h10a1.5 1.5 0 0 0 1.5-1.5V9L13 3.5Zm0 0V9h5.5",
    "globe": "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0ZM3 12h18M12 3c2.5 2.6 3.7 5.6 3.7 9S14.5 18.4 12 21c-2.5-2.6"
    "-3.7-5.6-3.7-9S9.5 5.6 12 3Z",
    "help": "M9.2 9.2a2.9 2.9 0 0 1 5.6.9c0 1.9-2.8 2.5-2.8 4.1m0 2.8v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
    "image": "M5.5 4.5h13A1.5 1.5 0 0 1 20 6v12a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18V6a1.5 1.5 0 0 1 1.5-1.5Z"
    "m-1 12.5L9 12l3.5 3.5 2.5-2.5 4.5 4M9.5 9v.01",
    "inbox": "M3.5 13 6 5.5A1.5 1.5 0 0 1 7.4 4.5h9.2A1.5 1.5 0 0 1 18 5.5l2.5 7.5v5a1.5 1.5 0 0 1-1.5 1.5H5"
    "A1.5 1.5 0 0 1 3.5 18v-5Zm0 0h5l1.5 2.5h4l1.5-2.5h5",
    "info": "M12 11.5V16m0-8.5v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
    "link": "M10 14a4 4 0 0 0 5.7 0l3.2-3.2a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3.2 3.2a4 4 0 0 0 5.7"
    " 5.7l1-1",
    "list-check": "M11 7h9M11 12h9M11 17h9M4 7l1.3 1.3L7.8 5.8M4 16.7 5.3 18l2.5-2.5",
    "lock": "M8 11V8a4 4 0 0 1 8 0v3M6.5 11h11A1.5 1.5 0 0 1 19 12.5v6a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5"
    " 18.5v-6A1.5 1.5 0 0 1 6.5 11Z",
    "mail": "m3.5 7 8.5 6.5L20.5 7M5 5h14a1.5 1.5 0 0 1 1.5 1.5v11A1.5 1.5 0 0 1 19 19H5a1.5 1.5 0 0 1-1.5-1.5"
    "v-11A1.5 1.5 0 0 1 5 5Z",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "message": "M20 11.5c0 4-3.6 7.2-8 7.2-1.1 0-2.2-.2-3.1-.6L4 19.5l1.3-4A6.7 6.7 0 0 1 4 11.5c0-4 3.6-7.2 8-7.2s8"
    " 3.2 8 7.2Z",
    "offline": "M3 3l18 18M8.5 16a5 5 0 0 1 6.3-.6M5 12.5a10 10 0 0 1 4.5-2.6M2 9a15 15 0 0 1 4.4-3M13.5 9.6"
    "c2 .3 4 1.3 5.5 2.9M10.5 5A15 15 0 0 1 22 9M12 19.5v.01",
    "paperclip": "m20 11.5-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4L15 7",
    "pencil": "M4 20l1-4L16.5 4.5a2.1 2.1 0 0 1 3 3L8 19l-4 1Z",
    "phone": "M8.5 3h7A1.5 1.5 0 0 1 17 4.5v15a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 7 19.5v-15A1.5 1.5 0 0 1"
    " 8.5 3Zm2.5 15h2",
    "play": "M8 5.5v13l11-6.5-11-6.5Z",
    "plus": "M12 5v14M5 12h14",
    "refresh": "M20 5v5h-5M4 19v-5h5M19.4 10A8 8 0 0 0 5.8 7L4 9m.6 5A8 8 0 0 0 18.2 17l1.8-2",
    "reply": "M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6",
    "search": "m20 20-4.5-4.5M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0Z",
    "send": "m4 12-1-8 19 8-19 8 1-8Zm0 0h9",
    "shield": "m8.5 12 2.5 2.5 4.5-4.5M12 3l7.5 2.5V11c0 4.6-3 8.3-7.5 10-4.5-1.7-7.5-5.4-7.5-10V5.5L12 3Z",
    "sign-out": "M14 16l4-4-4-4m4 4H9m3 8H6a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2h6",
    "ticket": "M4 6h16v3.5a2.5 2.5 0 0 0 0 5V18H4v-3.5a2.5 2.5 0 0 0 0-5V6Zm10 0v2.5m0 2.3v2.4m0 2.3V18",
    "bell": "M6 16.5V11a6 6 0 1 1 12 0v5.5l1.5 1.5h-15L6 16.5ZM10 20.5a2.2 2.2 0 0 0 4 0",
    "user": "M16 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0ZM4.5 20.5c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
}

MARK: Final[str] = "M17.6 5.2A9.2 9.2 0 1 0 21.1 11M15.2 8.9A4.6 4.6 0 1 0 16.6 12"


def icon(name: str) -> rx.Component:
    """Draw one icon of PATHS; raises KeyError for a name that is not there."""
    return rx.el.svg(rx.el.path(d=PATHS[name]), view_box="0 0 24 24", class_name="icon", aria_hidden="true")


def brand_mark() -> rx.Component:
    """Draw the harbour: two breakwaters open to the north-east, and the beacon in the gap."""
    return rx.el.svg(
        rx.el.path(d=MARK),
        rx.el.circle(cx="19.4", cy="7.3", r="2"),
        view_box="0 0 24 24",
        class_name="mark",
        aria_hidden="true",
    )


def hero_art() -> rx.Component:
    """Draw the harbour large, as depth lines of a sea chart, behind the home page's promise."""
    rings = [
        rx.el.circle(cx="300", cy="300", r=str(radius), path_length=100) for radius in range(60, 300, 34)
    ]
    return rx.el.svg(
        rx.el.g(*rings),
        rx.el.circle(cx="393", cy="207", r="9", class_name="hero__beacon"),
        view_box="0 0 600 600",
        class_name="hero__art",
        aria_hidden="true",
    )
