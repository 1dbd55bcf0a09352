"""Time zones to choose one from, as this browser knows them (assets/js/zones.js)."""

from typing import Any, TypedDict

import reflex as rx
from reflex import el

from ticket_portal.components.hooks import hook_value


class Zone(TypedDict):
    """A time zone to choose."""

    id: str
    label: str


def zones(name: str, chosen: Any) -> rx.Var[list[Zone]]:
    """Return them with the one that was chosen, none until the page is alive; `name` is theirs in JavaScript."""
    return rx.Var(name, _var_data=hook_value("zones", "useZones", name, chosen=chosen)).to(list[Zone])


def zone_options(name: str, chosen: Any) -> rx.Component:
    """The options of a field to choose one in."""
    return rx.foreach(
        zones(name, chosen), lambda zone: el.option(zone["label"], value=zone["id"], key=zone["id"])
    )
