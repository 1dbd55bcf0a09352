"""What the scenes of the help centre know of its articles."""

import pytest

from ticket_portal.frontend.site import SITE
from ticket_portal.i18n import articles
from ticket_portal.i18n.locales import LOCALES

FOLLOW = "/help/follow-your-ticket"
LANGUAGES = tuple(LOCALES)
in_all_languages = pytest.mark.parametrize("language", LANGUAGES)


def title(slug: str, language: str = "en") -> str:
    return articles.read(language, slug, SITE.values).title
