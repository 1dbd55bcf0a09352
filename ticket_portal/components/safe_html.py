"""HTML that was made where everything of people's own is escaped: by the domain, or by assets/js/article_search.js."""

from collections.abc import Callable
from typing import Any

import reflex as rx


def safe_html(tag: Callable[..., rx.Component], html: rx.Var[str] | Any, **props: Any) -> rx.Component:
    """Show it as it is."""
    return tag(**props, custom_attrs={"dangerouslySetInnerHTML": rx.Var.create({"__html": html})})
