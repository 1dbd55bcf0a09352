"""E-mails seen as people see them: the styles in the elements, in a light and a dark program, and in one that turns
colours over.
"""

import re
from colorsys import hls_to_rgb, rgb_to_hls
from typing import Any

import lxml.html
import pytest
from html5lib import HTMLParser

from ticket_portal.delivery import emails
from ticket_portal.delivery.emails import layout
from ticket_portal.delivery.emails.samples import KINDS, sample
from ticket_portal.i18n.locales import LOCALES
from ticket_portal.settings import Settings

READERS = ("guest", "customer")
TURNED = "turned over"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("name", KINDS)
def test_the_html_is_valid_and_its_styles_are_in_its_elements(
    mail_settings: Settings, name: str, language: str, reader: str
):
    html = emails.write(mail_settings, sample(name, language, guest=reader == "guest")).html
    parser = HTMLParser(namespaceHTMLElements=False)
    parser.parse(html)

    # Outlook's own parts are in comments, where no parser looks.
    assert [error for _, error, _ in parser.errors] == []
    document = lxml.html.document_fromstring(html)
    assert (document.get("lang"), document.get("dir")) == (language, "ltr")
    shown = [e for e in document.body.iter() if isinstance(e.tag, str) and (e.text or "").strip()]
    unstyled = [e.tag for e in shown if not e.get("style")]
    assert unstyled == []
    assert all(table.get("role") == "presentation" for table in document.iter("table"))
    assert not document.xpath("//img | //link | //script | //@background | //style[contains(., 'url(')]")
    assert document.xpath("//meta[@name='color-scheme']/@content") == ["light dark"]
    assert "prefers-color-scheme: dark" in document.xpath("string(//style)")


@pytest.mark.parametrize("scheme", ["light", "dark", TURNED])
@pytest.mark.parametrize("name", KINDS)
def test_every_text_is_readable_in_every_scheme(mail_settings: Settings, name: str, scheme: str):
    document = lxml.html.document_fromstring(emails.write(mail_settings, sample(name)).html)
    texts = [e for e in document.body.iter() if isinstance(e.tag, str) and (e.text or "").strip()]
    seen = [e for e in texts if "hide" not in (e.get("class") or "").split()]

    assert len(seen) > 5
    for element in seen:
        ink, ground = colour(element, "color", scheme), colour(element, "background", scheme)
        assert contrast(ink, ground) >= 4.5, f"{ink} on {ground}: {element.text}"


def test_the_button_is_one_for_outlook_too_and_big_enough_for_a_thumb(mail_settings: Settings):
    email = emails.write(mail_settings, sample("reply"))
    button = lxml.html.document_fromstring(email.html).find_class("btn")[0]
    style = styles(button.get("style") or "")

    assert button.get("href") == email.link
    padding = int(style["padding"].split()[0].removesuffix("px"))
    assert 2 * padding + int(style["line-height"].removesuffix("px")) >= 44
    assert f'<v:roundrect xmlns:w="urn:schemas-microsoft-com:office:word" href="{email.link}"' in email.html


def colour(element: Any, name: str, scheme: str) -> str:
    """The colour that an element has, its own or its surroundings', as `#rrggbb`."""
    dark = {
        word.removeprefix("."): styles(rules)
        for names, rules in re.findall(r"([.\w, ]+?)\s*\{([^}]*)\}", layout.DARK)
        for word in names.replace(" ", "").split(",")
    }
    while element is not None:
        found = styles(element.get("style") or "").get(name)
        if scheme == "dark":
            for word in (element.get("class") or "").split():
                found = dark.get(word, {}).get(name, found)
        if found:
            return turned(found) if scheme == TURNED else found
        element = element.getparent()
    raise AssertionError(f"no {name}")


def styles(text: str) -> dict[str, str]:
    """The declarations of a style by their names."""
    pairs = (part.partition(":") for part in text.split(";") if ":" in part)
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def turned(colour: str) -> str:
    """What a program makes of a colour that has no dark mode: the same hue, light where it was dark."""
    hue, light, fullness = rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    return "#" + "".join(f"{round(c * 255):02x}" for c in hls_to_rgb(hue, 1 - light, fullness))


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
