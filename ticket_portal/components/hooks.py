"""Small bridges to the JavaScript modules in assets/js: a hook that runs, a value it gives, a handler it may call."""

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


def hook_value(module: str, hook: str, name: str, *arguments: Any) -> VarData:
    """Return the data of `const {name} = {hook}(arguments)`: what a Var that reads from `name` must carry."""
    given = [rx.Var.create(a) for a in arguments]
    inner = VarData.merge(*[v._get_all_var_data() for v in given])
    call = f"const {name} = {hook}({', '.join(map(str, given))})"
    return VarData.merge(
        VarData(imports={f"$/public/js/{module}.js": [ImportVar(tag=hook)]}, hooks={call: inner}), inner
    )  # pyright: ignore[reportReturnType]


class RunsHook(rx.Fragment):
    """Shows nothing; runs one hook for what it does."""

    _module: str = ""
    _hook: str = ""
    _arguments: tuple[Any, ...] = ()

    @classmethod
    def create(cls, module: str, hook: str, *arguments: Any) -> "RunsHook":
        """Run `hook(arguments)` of `assets/js/{module}.js` while this stands on the page."""
        self = super().create()
        self._module, self._hook = module, hook
        self._arguments = tuple(rx.Var.create(a) for a in arguments)
        return self

    def add_imports(self) -> dict[str, Any]:
        """Import the hook."""
        return {f"$/public/js/{self._module}.js": [ImportVar(tag=self._hook)]}

    def add_hooks(self) -> list[Any]:
        """Call it."""
        data = VarData.merge(*[a._get_all_var_data() for a in self._arguments])
        return [rx.Var(f"{self._hook}({', '.join(map(str, self._arguments))})", _var_data=data)]


def js_handler(module: str, name: str, *arguments: Any) -> rx.Var:
    """Return a click handler that calls a function of `assets/js/{module}.js` in the browser alone."""
    given = [rx.Var.create(a) for a in arguments]
    data = VarData.merge(
        VarData(imports={f"$/public/js/{module}.js": [ImportVar(tag=name)]}),
        *[v._get_all_var_data() for v in given],
    )
    return as_handler(rx.Var(f"(() => {name}({', '.join(map(str, given))}))", _var_data=data))


def as_handler(function: rx.Var) -> rx.Var:
    """Return a JavaScript function as something that may stand for an event handler."""
    return function.to(rx.EventChain)
