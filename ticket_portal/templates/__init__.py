"""All HTML and XML that the server itself writes: pages without a socket, mails, exports, the sitemap.

Jinja templates in this folder. Whatever is put into one is escaped; a name that is missing is an error and never an
empty place. Their texts are marked as in Python: `_("…")` from the domain `server`, `t("…")` from `pages`; both are
said in the page's `language`, which such a template must be given.

A line break between two tags is nothing, with the indent after it; within a text or a tag it is one blank.
"""

import re
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context
from markupsafe import Markup

from ticket_portal.i18n.catalogues import in_context, page_text, translate

_BETWEEN_TAGS = re.compile(r"(?<=[>}])\s*\n\s*(?=[<{])|\s*\n\s*\Z")
_IN_TEXT = re.compile(r"\s*\n\s*")


class _Lines(Extension):
    """Lets templates be laid out in lines without sending the layout to every reader."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return _IN_TEXT.sub(" ", _BETWEEN_TAGS.sub("", source))


@pass_context
def _server_text(page: Context, text: str, /, *, context: str = "", **values: object) -> str:
    return translate(page["language"], in_context(text, context), **values)


@pass_context
def _page_text(page: Context, text: str, /, *, context: str = "", **values: object) -> str:
    return page_text(page["language"], in_context(text, context), **values)


def _escaped(value: Any) -> Markup:
    """Escape with the entities of `html.escape`, which messages have too (domain/text/markup.py)."""
    return value if isinstance(value, Markup) else Markup(escape(str(value)))  # noqa: S704


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    extensions=[_Lines],
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_escaped,
    auto_reload=False,
)
_marks: dict[str, Any] = {"_": _server_text, "t": _page_text}
_environment.globals |= _marks


def render(template: str, /, **values: Any) -> str:
    """Return the text of a template of this folder."""
    return _environment.get_template(template).render(**values)


def raw(text: str) -> Markup:
    """Mark a style, a script or a picture of our own as what is not to be escaped."""
    return Markup(text)  # noqa: S704


def framed(mail: str, style: str = "") -> str:
    """Return the HTML of a mail for a frame in a page of ours: its links open in new tabs."""
    mail = mail.replace("<head>", '<head><base target="_blank">', 1)
    return mail.replace("</head>", f"<style>{style}</style></head>", 1) if style else mail
