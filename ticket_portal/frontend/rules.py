"""What of the domain's rules the browser looks at first, written for it at each build: nothing of it is said twice.

A module for each part that is loaded by itself. What is found there is what the server finds; the server looks again.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reflex.plugins import Plugin

from ticket_portal.domain.errors import CardFound, KeyFound, PhraseFound
from ticket_portal.domain.files import types
from ticket_portal.domain.text import blockchains, identifiers, secrets
from ticket_portal.domain.tickets import detail_requests, messages
from ticket_portal.frontend.javascript import Every, Whole, literal, module
from ticket_portal.frontend.plugins import BuildChanged, replaced
from ticket_portal.frontend.site import SITE
from ticket_portal.i18n import folding
from ticket_portal.i18n.locales import DEFAULT, TRANSLATED
from ticket_portal.i18n.recovery_words import LISTS, words
from ticket_portal.sets.file_kinds import ENDINGS, FILMS, RULES, Sort
from ticket_portal.sets.roles import TEAM_SIDE

FOLDER = Path("utils/rules")
WORKER = Path(__file__).with_name("sw.js")


def shield() -> dict[str, object]:
    """What must not be sent to anybody (domain/text/secrets.py)."""
    listed = [len(word) for name in LISTS for word in words(name)]
    return {
        "CODES": {"phrase": PhraseFound.code, "key": KeyFound.code, "card": CardFound.code},
        "LONGEST": 2 * messages.LONGEST_BODY,  # one of Python's letters may be two of JavaScript's
        "BASE58": blockchains.BASE58,
        "WORD": Every(secrets.WORD),
        "PEM": secrets.PEM,
        "CHECKED_KEYS": [Every(secrets.WIF), Every(secrets.EXTENDED_KEY)],
        "BARE_KEY": Every(secrets.BARE_KEY),
        "SAID_BEFORE": Every(secrets.SAID_BEFORE),
        "LONGEST_CONTEXT": secrets.LONGEST_CONTEXT,
        "CARD": Every(secrets.CARD),
        "CARD_STARTS": Whole(secrets.CARD_STARTS),
        "SHORTEST_PHRASE": secrets.SHORTEST_PHRASE,
        "MOST_REPEATED": secrets.MOST_REPEATED,
        "WORD_LENGTHS": [min(listed), max(listed)],
        "MOST_MARKS": folding.MOST_MARKS,
        "EXPANDING": Every(folding.EXPANDING),
    }


def details() -> dict[str, object]:
    """What counts as an answer to a request for details (domain/tickets/detail_requests.py)."""
    return {
        "CHAINS": blockchains.CHAINS,
        "SHAPE_OF": blockchains.SHAPE_OF,
        "SHAPES": {name: Whole(shape) for name, shape in blockchains.SHAPES.items()},
        "IDS": [Every(shape) for shape in blockchains.SHAPES.values()],
        "ADDRESS": Whole(identifiers.ADDRESS),
        "AMOUNT": Whole(detail_requests.AMOUNT),
        "LONGEST_LINE": detail_requests.LONGEST_LINE,
        "CLOCKS_DIFFER": int(detail_requests.CLOCKS_DIFFER.total_seconds() * 1000),
    }


def requests() -> dict[str, object]:
    """What the team may ask for."""
    return {"MOST_ITEMS": detail_requests.MOST_ITEMS, "LONGEST_LABEL": detail_requests.LONGEST_LABEL}


def people() -> dict[str, object]:
    """Which roles write for the company."""
    return {"SIDE_OF_TEAM": TEAM_SIDE}


def files() -> dict[str, object]:
    """How files are shown."""
    sorts = {kind: kinds.sort for kind, kinds in RULES.items() if kinds.sort in (Sort.PICTURE, Sort.FILM)}
    return {"MEGABYTE": types.MEGABYTE, "FILE_SORTS": sorts}


def limits() -> dict[str, object]:
    """Which files are taken: asked when one is chosen, and loaded then."""
    return {
        "MOST_MB": {end: SITE.video_mb if kind in FILMS else SITE.file_mb for end, kind in ENDINGS.items()},
        "MOST_FILES": SITE.files_per_message,
    }


MODULES = {part.__name__: part for part in (shield, details, requests, people, files, limits)}


def worker() -> str:
    """The service worker, which is one file and imports nothing."""
    known: Mapping[str, object] = {
        "DEFAULT": DEFAULT,
        "TRANSLATED": TRANSLATED,
        "LONGEST_BODY": messages.LONGEST_BODY,
    }
    text = WORKER.read_text(encoding="utf-8")
    for name, value in known.items():
        text = replaced(text, f"__{name}__", literal(value), f"the place of {name} in sw.js")
    return text


class Rules(Plugin):
    """Writes `utils/rules/<part>.js` and the service worker."""

    def get_static_assets(self, **context: Any) -> list[tuple[Path, str | bytes]]:
        """The modules."""
        parts = [(FOLDER / f"{name}.js", module(part())) for name, part in MODULES.items()]
        return [*parts, (Path("public/sw.js"), worker())]

    def post_build(self, **context: Any) -> None:
        """The worker is there and complete."""
        built: Path = context["static_dir"] / "sw.js"
        if not built.is_file() or built.read_text(encoding="utf-8") != worker():
            raise BuildChanged("the service worker")
