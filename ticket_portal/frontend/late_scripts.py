"""Pages that are there to be read are painted before their scripts are asked for.

React Router names a page's modules in its head, and the browser fetches them beside the page: on a slow line they
take the line from what is read, on a slow phone they are run before it is painted. What a signed-in page shows comes
with its scripts; a home page or a help article is whole without them.
"""

import re
from pathlib import Path
from typing import Any

from reflex.plugins import Plugin

from ticket_portal.frontend.plugins import BuildChanged, json_text
from ticket_portal.i18n.locales import LOCALES, localized

PAGES = ("/", "/get-help", "/help")
"""Addresses of the pages that are read, with everything below `/help`."""

_PRELOAD = re.compile(r'<link rel="modulepreload" href="([^"]+)"/>')
_MODULES = re.compile(r'(<script type="module" async="">)(.*?)(</script>)', re.DOTALL)
_IMPORT = re.compile(r'import \* as (\w+) from ("[^"]+");')
_ENTRY = re.compile(r'import\(("[^"]+")\);')
_LATER = """\
// After the frame that paints the page; a tab in the background has no frames.
await new Promise((then) => (requestAnimationFrame(() => setTimeout(then)), setTimeout(then, 500)));
// Each runs as it comes, in a task of its own.
await Promise.all({modules}.map((module) => import(module)));
window.__reactRouterRouteModules = {{{routes}}};
import({entry});"""


class LateScripts(Plugin):
    """Rewrites the built pages that are read: scripts come after the first paint."""

    def post_build(self, **context: Any) -> None:
        """Rewrite them, before they are compressed."""
        static: Path = context["static_dir"]
        for page in (page for locale in LOCALES for page in read_pages(static, locale)):
            page.write_text(with_late_scripts(page.read_text(encoding="utf-8")), encoding="utf-8")


def read_pages(static: Path, locale: str) -> list[Path]:
    """The files of a language's pages that are read; Reflex writes each twice, `x/index.html` and `x.html`."""
    found = []
    for address in PAGES:
        folder = static / localized(locale, address)[1:]
        beside = folder.with_name(f"{folder.name}.html")
        found += [folder / "index.html", beside, *(static / localized(locale, "/help/")[1:]).rglob("*.html")]
    return [page for page in dict.fromkeys(found) if page.is_file()]


def with_late_scripts(page: str) -> str:
    """The page with its modules asked for after it is painted. Raises BuildChanged where it is another one."""
    found = _MODULES.findall(page)
    entry = _ENTRY.findall(found[0][1]) if len(found) == 1 else []
    routes = dict(_IMPORT.findall(found[0][1])) if entry else {}
    names = re.search(r"__reactRouterRouteModules = \{(.*?)\}", found[0][1]) if routes else None
    if not names:
        raise BuildChanged("the scripts of the pages that are read")
    modules = [module for module in _PRELOAD.findall(page) if json_text(module) not in entry]
    by_name = ",".join(
        f"{name}:await import({routes[variable]})"
        for name, variable in (pair.rsplit(":", 1) for pair in names[1].split(","))
    )
    later = _LATER.format(modules=json_text(modules), routes=by_name, entry=entry[0])
    opening, _, closing = found[0]
    return _MODULES.sub(lambda _: opening + later + closing, _PRELOAD.sub("", page))
