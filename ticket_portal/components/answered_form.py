"""Small forms that an event handler answers; they stay as they were typed until then (assets/js/answered_form.js)."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from ticket_portal.components.elements import NativeForm
from ticket_portal.components.hooks import dispatcher, hook_value


def answered_form(
    name: str, handler: Callable[[Any], Any], *content: rx.Component, class_name: str = "form"
) -> rx.Component:
    """A form whose fields go to `handler`; `name` is the JavaScript name of its hook's value."""
    data = hook_value("answered_form", "useAnswer", name, dispatch=dispatcher(handler))
    return NativeForm.create(
        *content,
        method="post",
        action="#",
        no_validate=True,
        class_name=class_name,
        custom_attrs={"ref": rx.Var(name, _var_data=data)},
    )
