"""Forms that the browser itself submits: they work before the page hears the server, and without it."""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.components.words import NativeForm, language


def post_form(action: str, *content: rx.Component, forget: Any = None, **props: Any) -> rx.Component:
    """Make a form for one of the doors in routes/session.py.

    `forget`: the key of a person whose drafts and unsent messages leave the device with this form.
    """
    attributes: dict[str, Any] = {"data-native": "true"}
    if forget is not None:
        attributes["data-forget"] = forget
    return NativeForm.create(
        hidden("language", language()),
        *content,
        action=action,
        method="post",
        no_validate=True,
        custom_attrs=attributes,
        **props,
    )


def hidden(name: str, value: Any) -> rx.Component:
    """A value that goes along with a form."""
    return el.input(type="hidden", name=name, value=value)
