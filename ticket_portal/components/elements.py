"""Elements that Reflex would make something else of."""

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML
from reflex_components_core.el.elements.inline import A

__all__ = ["A", "NativeForm"]


class NativeForm(BaseHTML):
    """A form that the browser itself submits; `rx.form` and `rx.el.form` never let it."""

    tag = "form"
    action: rx.Var[str]
    method: rx.Var[str]
    enc_type: rx.Var[str]
    auto_complete: rx.Var[str]
    no_validate: rx.Var[bool]
