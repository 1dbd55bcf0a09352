"""One palette: the tokens of assets/portal.css. Whatever else has a colour is made from them or compared with them."""

import re
from pathlib import Path

import pytest

from ticket_portal.delivery.exports import STYLE
from ticket_portal.frontend.palette import in_daylight, palette
from ticket_portal.routes.manifest import GROUND

ROOT = Path(__file__).parents[2]
COLOUR = re.compile(r"(?<![&\w])#(?:[0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)
TOKEN = re.compile(r"--([\w-]+): (?:light-dark\((#\w+), (#\w+)\)|(#\w+));")
SOURCE = "assets/portal.css"
# Stylesheets that cannot read the tokens of the portal's own pages.
BESIDE = ("assets/plain.css", "assets/offline.css")


def long(colour: str) -> str:
    return (colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])).lower()


def strangers(text: str) -> list[str]:
    """The colours that are in no token."""
    known = {shade for colour in palette().values() for shade in (colour.light, colour.dark)}
    return sorted({long(found) for found in COLOUR.findall(text)} - known)


def coloured() -> list[Path]:
    """Whatever is written by us and shown to people."""
    files = [
        file for ending in ("css", "svg", "js", "html") for file in (ROOT / "assets").rglob(f"*.{ending}")
    ]
    for ending in ("py", "html", "css", "js"):
        files += (ROOT / "ticket_portal").rglob(f"*.{ending}")
    return sorted(file for file in files if file != ROOT / SOURCE)


@pytest.mark.parametrize("file", coloured(), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_no_file_has_a_colour_of_its_own(file: Path):
    assert strangers(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", BESIDE)
def test_a_token_is_the_same_in_every_stylesheet(name: str):
    found = TOKEN.findall((ROOT / name).read_text(encoding="utf-8"))

    assert found
    for token, light, dark, both in found:
        assert (long(light or both), long(dark or both)) == (palette()[token].light, palette()[token].dark), (
            token
        )


def test_what_has_no_stylesheet_of_ours_takes_its_colours_from_the_tokens():
    assert palette()["accent"].light in STYLE
    assert palette()["bg"].light == GROUND
    assert in_daylight("a{color:var(--link)}") == f"a{{color:{palette()['link'].light}}}"


def test_a_colour_that_is_in_no_token_is_found():
    assert strangers("a { color: #0a5867; background: #FFF }") == ["#0a5867"]


def test_the_beacons_are_those_of_the_mark():
    icon, favicon = (
        (ROOT / "assets" / name).read_text(encoding="utf-8") for name in ("icon.svg", "favicon.svg")
    )

    assert f'fill="{palette()["beacon"].light}"' in icon
    ink = palette()["beacon-ink"]
    assert f"circle{{fill:{ink.light}}}" in favicon
    assert f"circle{{fill:{ink.dark}}}" in favicon
