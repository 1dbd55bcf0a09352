"""Finds texts in pages and components that no translator will see."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_LETTERS = re.compile(r"[^\W\d_]")
# What is given to the project's own functions may be a key or a path: there, only a sentence is taken for one.
_SENTENCE = re.compile(r"^[A-Z].*[^\W\d_]{2,} +[^\W\d_]{2,}")
_SAID = {"aria_label", "aria_description", "aria_roledescription", "aria_valuetext"}
_SAID |= {"title", "placeholder", "alt", "label"}
_SAID_ATTRIBUTES = {name.replace("_", "-") for name in _SAID}
_MARKERS = {"t", "tn", "msg"}
_NO_ELEMENTS = {"RunsHook"}
_NO_TEXT_ELEMENTS = {
    "script",
    "style",
    "Var",
    "event",
    "field",
    "redirect",
    "set_focus",
    "call_function",
    "memo",
    "icon",
}


def bare_texts(source: str, name: str = "example.py") -> list[str]:
    """The bare texts of a module, as "file:line: text"."""
    found = {
        (node.lineno, node.value)
        for call in ast.walk(ast.parse(source, name))
        if isinstance(call, ast.Call)
        for node in _bare_in(call)
    }
    return [f"{name}:{line}: {text!r}" for line, text in sorted(found)]


def bare_texts_under(folder: Path) -> list[str]:
    """The bare texts of every module of a folder."""
    return [
        text
        for file in sorted(folder.rglob("*.py"))
        for text in bare_texts(file.read_text(encoding="utf-8"), f"{folder.name}/{file.relative_to(folder)}")
    ]


def _bare_in(call: ast.Call) -> Iterator[ast.Constant]:
    said = [keyword.value for keyword in call.keywords if keyword.arg in _SAID]
    said += [value for keyword in call.keywords for value in _said_attributes(keyword)]
    for value in said:
        yield from _constants(value, _LETTERS)
    kind = _kind(call)
    if kind == "element":
        for argument in call.args:
            yield from _constants(argument, _LETTERS)
    elif kind == "function":
        for argument in call.args:
            yield from _constants(argument, _SENTENCE)


def _kind(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Name):
        return "marker" if function.id in _MARKERS else "function"
    if not isinstance(function, ast.Attribute) or function.attr in _NO_TEXT_ELEMENTS:
        return "other"
    if isinstance(function.value, ast.Name):
        if function.value.id in _NO_ELEMENTS:
            return "other"
        if function.value.id == "el" or (function.attr == "create" and not function.value.id.startswith("_")):
            return "element"
        if function.value.id == "rx":
            # A condition's branches are looked at where they stand: in an element, or in a class name.
            return "other" if function.attr in {"cond", "match", "foreach"} else "element"
    return "other"


def _said_attributes(keyword: ast.keyword) -> Iterator[ast.expr]:
    if keyword.arg == "custom_attrs" and isinstance(keyword.value, ast.Dict):
        for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in _SAID_ATTRIBUTES:
                yield value


def _constants(node: ast.expr, form: re.Pattern[str]) -> Iterator[ast.Constant]:
    """The texts that an expression may show."""
    shown: list[ast.expr] = []
    match node:
        case ast.Constant(value=str(text)):
            if form.search(text):
                yield node
        case ast.JoinedStr(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
            shown = values
        case ast.Starred(value=value) | ast.ListComp(elt=value) | ast.GeneratorExp(elt=value):
            shown = [value]
        case ast.IfExp(body=body, orelse=orelse):
            shown = [body, orelse]
        case ast.BinOp(left=left, right=right):
            shown = [left, right]
        case ast.Call(func=ast.Attribute(value=ast.Name(id="rx"), attr="cond"), args=[_, *branches]):
            shown = branches
        case ast.Call(func=ast.Attribute(value=ast.Name(id="rx"), attr="match"), args=[_, *branches]):
            shown = [branch.elts[-1] if isinstance(branch, ast.Tuple) else branch for branch in branches]
        case _:
            pass
    for expression in shown:
        yield from _constants(expression, form)
