"""The portal's colours, read from where they are defined: the tokens at the beginning of assets/portal.css."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_CSS = Path(__file__).parents[2] / "assets/portal.css"
_ROOT = re.compile(r":root \{(.*?)\n\}", re.DOTALL)
_TOKEN = re.compile(r"--([\w-]+): (?:light-dark\((#\w+), (#\w+)\)|(#\w+));")


@dataclass(frozen=True)
class Colour:
    """A colour by day and by night, in six digits."""

    light: str
    dark: str


@cache
def palette() -> dict[str, Colour]:
    """Return the colours by the names of their tokens."""
    root = _ROOT.search(_CSS.read_text(encoding="utf-8"))
    found = _TOKEN.findall(root[1]) if root else []
    return {name: Colour(_long(light or both), _long(dark or both)) for name, light, dark, both in found}


def in_daylight(style: str) -> str:
    """Return a style with its tokens as they are by day, for pages that have no stylesheet of ours."""
    return re.sub(r"var\(--([\w-]+)\)", lambda token: palette()[token[1]].light, style)


def _long(colour: str) -> str:
    """`#fff` is `#ffffff`."""
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
