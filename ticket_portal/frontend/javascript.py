"""What Python knows, written as JavaScript: constants, and regular expressions that find the same in both."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

# JavaScript's own \w, \d and \b know ASCII alone.
_WORD = r"\p{L}\p{N}_"
_CLASSES = {"w": _WORD, "d": r"\p{Nd}", "s": r"\s"}
_BOUNDARY = rf"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))"
_LETTERS = "[^\\W\\d_]"  # as Python writes "a letter": a word's character, but no digit and no underscore
_NAMED = "(?P<"
# What the two write in the same way; all else stops the build.
_PLAIN_ESCAPES = frozenset("sS.()[]{}*+?^$|\\/-u")
_FOREIGN = re.compile(r"\(\?(?:[aiLmsux-]+[:)]|P=|>|#|\()|[*+?}]\+")


class Untranslatable(SystemExit):
    """A regular expression that JavaScript would read in another way."""


@dataclass(frozen=True)
class Every:
    """A regular expression with which all that it finds in a text is looked for (`re.findall`)."""

    compiled: re.Pattern[str]


@dataclass(frozen=True)
class Whole:
    """A regular expression that must fit the whole text (`re.fullmatch`)."""

    compiled: re.Pattern[str]


def module(constants: Mapping[str, object]) -> str:
    """Return a module that exports them."""
    head = "// Made from the domain's rules by ticket_portal/frontend/rules.py at each build.\n"
    return head + "".join(f"export const {name} = {literal(value)};\n" for name, value in constants.items())


def literal(value: object) -> str:
    """Return a value as JavaScript writes it."""
    if isinstance(value, Every):
        return pattern(value.compiled) + "g"
    if isinstance(value, Whole):
        source, _, flags = pattern(value.compiled).removeprefix("/").rpartition("/")
        return f"/^(?:{source})$/{flags}"
    if isinstance(value, re.Pattern):
        return pattern(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(str(k))}: {literal(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    return json.dumps(value, ensure_ascii=False)


def pattern(compiled: re.Pattern[str]) -> str:
    """Return a regular expression that finds the same as Python's. Raises Untranslatable."""
    source = compiled.pattern
    if compiled.flags & ~(re.IGNORECASE | re.UNICODE) or _FOREIGN.search(re.sub(r"\\.", "", source)):
        raise Untranslatable(f"No JavaScript for the regular expression {source}")
    written, at, in_class = "", 0, False
    while at < len(source):
        step, part = _next(source, at, in_class=in_class)
        if not part.startswith(("\\", _LETTERS[0] + "\\p")):
            in_class = source[at] == "[" or (in_class and source[at] != "]")
        written, at = written + part, at + step
    return f"/{written}/{'i' if compiled.flags & re.IGNORECASE else ''}u"


def _next(source: str, at: int, *, in_class: bool) -> tuple[int, str]:
    """Return how much of the source is read, and what is written for it."""
    if source.startswith(_LETTERS, at):
        return len(_LETTERS), r"[\p{L}\p{Nl}\p{No}]"
    if source.startswith(_NAMED, at):
        return len(_NAMED), "(?<"
    letter = source[at]
    if letter == "/":
        return 1, r"\/"
    if letter != "\\":
        return 1, letter
    kind = source[at + 1]
    if kind == "b" and not in_class:
        return 2, _BOUNDARY
    if kind in _CLASSES:
        return 2, f"[{_WORD}]" if kind == "w" and not in_class else _CLASSES[kind]
    if kind == "D" and not in_class:
        return 2, r"[^\p{Nd}]"
    if kind not in _PLAIN_ESCAPES:
        raise Untranslatable(f"No JavaScript for \\{kind} in {source}")
    return 2, source[at : at + 2]
