"""Small bridges to the JavaScript modules in assets/js: a hook that runs, a value it gives, a handler it may call.

What is called takes one object of named fields. `tests/house/test_hooks.py` compares the names that are written here
with what the modules export and take.
"""

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData


def dispatcher(handler: Callable[[Any], Any]) -> rx.Var:
    """Return a compiled JavaScript function that sends its one argument to an event handler.

    The server sends no code (the Content-Security-Policy forbids eval), so what JavaScript may call is compiled in.
    """
    # A lambda, not the handler itself: Reflex would then leave the argument out.
    chain = rx.EventChain.create(value=lambda item: handler(item), args_spec=lambda item: [item])  # noqa: PLW0108
    return rx.Var.create(chain)


def js_call(module: str, function: str, /, **fields: Any) -> rx.Var:
    """Return a call of what `assets/js/{module}.js` exports under this name."""
    given = {name: rx.Var.create(value) for name, value in fields.items()}
    data = VarData.merge(
        VarData(imports={f"$/public/js/{module}.js": [ImportVar(tag=function)]}),
        *[var._get_all_var_data() for var in given.values()],
    )
    written = ", ".join(
        f"{name}: {var!s}" for name, var in given.items()
    )  # without !s Reflex writes a mark for later
    return rx.Var(f"{function}({{ {written} }})" if given else f"{function}()", _var_data=data)


def hook_value(module: str, hook: str, name: str, /, **fields: Any) -> VarData:
    """Return the data of `const {name} = {hook}({fields})`: what a Var that reads from `name` must carry."""
    call = js_call(module, hook, **fields)
    data = call._get_all_var_data()
    return VarData.merge(VarData(hooks={f"const {name} = {call!s}": data}), data)  # pyright: ignore[reportReturnType]


class RunsHook(rx.Fragment):
    """Shows nothing; runs one hook for what it does."""

    _call: rx.Var

    @classmethod
    def create(cls, module: str, hook: str, /, **fields: Any) -> "RunsHook":
        """Run a hook of `assets/js/{module}.js` while this stands on the page."""
        self = super().create()
        self._call = js_call(module, hook, **fields)
        return self

    def add_imports(self) -> dict[str, Any]:
        """Import the hook."""
        data = self._call._get_all_var_data()
        return dict(data.old_school_imports()) if data else {}

    def add_hooks(self) -> list[Any]:
        """Call it."""
        return [self._call]


def js_handler(module: str, function: str, /, **fields: Any) -> rx.Var:
    """Return a click handler that calls a function of `assets/js/{module}.js` in the browser alone."""
    call = js_call(module, function, **fields)
    return as_handler(rx.Var(f"(() => {call!s})", _var_data=call._get_all_var_data()))


def as_handler(function: rx.Var) -> rx.Var:
    """Return a JavaScript function as something that may stand for an event handler."""
    return function.to(rx.EventChain)
