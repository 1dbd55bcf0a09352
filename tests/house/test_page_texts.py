"""Each page's browser gets the texts of its own page."""

from ticket_portal.i18n import pages
from ticket_portal.i18n.catalogues import read_texts


def test_a_page_has_its_own_texts_and_those_of_its_frame():
    texts = pages.texts_of("sign_in")

    assert {"Forgot your password?", "Skip to content", "My tickets"} <= texts
    assert "Request details" not in texts


def test_every_text_is_on_some_page_or_in_a_title():
    shown = {text for name in pages.names() for text in pages.texts_of(name)}

    assert (
        len(read_texts("uk", "pages").singles.keys() - shown) < 40
    )  # titles and descriptions, set by the build
