"""The words of the help articles for assets/js/articles.js: one index per language, loaded when somebody searches."""

from pathlib import Path
from typing import Any

from reflex.plugins import Plugin

from ticket_portal.frontend.plugins import BuildChanged, json_text
from ticket_portal.frontend.site import SITE
from ticket_portal.i18n import articles
from ticket_portal.i18n.locales import LOCALES, localized

FOLDER = Path("utils/articles")


class ArticleIndex(Plugin):
    """Writes one index module per language, and one that knows how to load each."""

    def get_static_assets(self, **context: Any) -> list[tuple[Path, str | bytes]]:
        """The modules `utils/articles/<language>.js` and `utils/articles/load.js`."""
        loaders = ", ".join(f'{locale}: () => import("./{locale}.js")' for locale in LOCALES)
        return [
            (FOLDER / "load.js", f"export const load = {{ {loaders} }};\n"),
            *(
                (FOLDER / f"{locale}.js", f"export default {json_text(index(locale))};\n")
                for locale in LOCALES
            ),
        ]

    def post_build(self, **context: Any) -> None:
        """Each index is in a file of its own, which no page loads by itself."""
        static: Path = context["static_dir"]
        pages = [page.read_text(encoding="utf-8") for page in static.rglob("*.html")]
        for locale in LOCALES:
            mark = json_text(index(locale)[0]["words"])[1:-1]
            holders = [
                file.name
                for file in (static / "assets").glob("*.js")
                if mark in file.read_text(encoding="utf-8")
            ]
            if len(holders) != 1 or any(holders[0] in page for page in pages):
                raise BuildChanged(f"the index of the articles ({locale}) in a file of its own")


def index(locale: str) -> list[dict[str, Any]]:
    """What can be found of each article in a language."""
    return [
        {
            "href": localized(locale, article.path),
            "title": article.title,
            "about": article.description,
            "words": article.keywords,
            "parts": [[part.id, part.heading, part.text] for part in article.sections],
        }
        for article in articles.articles(locale, SITE.values)
    ]
