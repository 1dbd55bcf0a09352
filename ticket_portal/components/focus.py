"""Where the focus goes when the button that had it is gone (assets/js/focus.js)."""

from typing import Any

import reflex as rx

from ticket_portal.components.hooks import hook_value


def keeps_focus(name: str) -> dict[str, Any]:
    """Return what makes a part take the focus of what vanishes in it; `name` is its hook's in JavaScript."""
    ref = rx.Var(name, _var_data=hook_value("focus", "useKeptFocus", name))
    return {"tab_index": -1, "custom_attrs": {"ref": ref}}
