"""A page begins with the routes of its own language.

React Router hands every page the list of all routes, and makes and ranks them all before anything moves: six times
thirty here, 4.8 KB and 60 ms of a phone's time. The whole list is fetched when somebody changes the language
(assets/js/routes.js).
"""

import json
from pathlib import Path
from typing import Any

from reflex.plugins import Plugin

from ticket_portal.frontend.plugins import BuildChanged, json_text
from ticket_portal.i18n.locales import DEFAULT, LOCALES, TRANSLATED

_BEGINS, _ENDS = "window.__reactRouterManifest=", ";"


class OwnRoutes(Plugin):
    """Writes one list of routes per language, and names it in that language's pages instead of the whole one."""

    def post_build(self, **context: Any) -> None:
        """Write the lists and rewrite the pages, before both are compressed. Raises BuildChanged."""
        static: Path = context["static_dir"]
        whole = list((static / "assets").glob("manifest-*.js"))
        if len(whole) != 1:
            raise BuildChanged("the list of routes")
        for locale in LOCALES:
            own = whole[0].with_stem(f"{whole[0].stem}-{locale}")
            own.write_text(
                of_language(whole[0].read_text(encoding="utf-8"), locale, own.name), encoding="utf-8"
            )
        for page in static.rglob("*.html"):
            locale = _locale(page.relative_to(static).parts[0].removesuffix(".html"))
            text = page.read_text(encoding="utf-8")
            if whole[0].name not in text:
                raise BuildChanged(f"the list of routes in {page.name}")
            page.write_text(text.replace(whole[0].name, f"{whole[0].stem}-{locale}.js"), encoding="utf-8")


def of_language(module: str, locale: str, name: str) -> str:
    """The module with a language's routes alone, and with where the whole list is. Raises BuildChanged."""
    if not (module.startswith(_BEGINS) and module.endswith(_ENDS)):
        raise BuildChanged("the form of the list of routes")
    manifest = json.loads(module.removeprefix(_BEGINS).removesuffix(_ENDS))
    routes = {
        key: route
        for key, route in manifest["routes"].items()
        if key == "root" or route.get("path") == "*" or _locale(_first(route)) == locale
    }
    own = manifest | {"routes": routes, "url": f"/assets/{name}", "whole": manifest["url"], "locale": locale}
    return _BEGINS + json_text(own) + _ENDS


def _first(route: dict[str, Any]) -> str:
    return (route.get("path") or "").split("/")[0]


def _locale(part: str) -> str:
    return part if part in TRANSLATED else DEFAULT
