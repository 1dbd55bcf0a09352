"""What all pages, mails and exports that the server writes have in common."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from ticket_portal import templates
from ticket_portal.templates import framed, raw, render

FOLDER = Path(templates.__file__).parent


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Render this source, by the portal's own environment."""
    environment = templates._environment.overlay(loader=templates.FileSystemLoader(tmp_path))
    monkeypatch.setattr(templates, "_environment", environment)

    def rendered(source: str, **values: object) -> str:
        (tmp_path / "page.html").write_text(source, encoding="utf-8")
        environment.cache.clear()
        return render("page.html", **values)

    return rendered


HOSTILE = """<script>'"&</script>"""
ESCAPED = "&lt;script&gt;&#x27;&quot;&amp;&lt;/script&gt;"


@pytest.mark.parametrize(
    "source",
    [
        "<p>{{ x }}</p>",
        '<p title="{{ x }}"></p>',
        "{% macro m(y) %}{{ y }}{% endmacro %}{{ m(x) }}",
        "{% set y %}{{ x }}{% endset %}{{ y }}",
        "{% for y in [x] %}{{ y }}{% endfor %}",
        "{{ [x] | join }}",
        '{{ x or "" }}',
        '{{ _("Hello {name}", name=x) }}',
        '{{ t("Hello {name}", name=x) }}',
    ],
)
def test_whatever_is_put_in_is_escaped(page, source: str):
    made = page(source, x=HOSTILE, language="uk")
    assert "<script" not in made
    assert "&lt;script&gt;" in made
    assert '"&</' not in made


def test_it_is_escaped_once_and_as_messages_are(page):
    assert page("{{ x }}", x=HOSTILE) == ESCAPED
    assert page("{% set y %}{{ x }}{% endset %}{{ y }}", x=HOSTILE) == ESCAPED
    assert page("<style>{{ x }}</style>", x=raw("a > b { }")) == "<style>a > b { }</style>"


@pytest.mark.parametrize(
    "source", ["{{ x }}", "{{ x.y }}", "{% if x %}{% endif %}", "{% for y in x %}{% endfor %}"]
)
def test_a_name_that_is_missing_is_an_error(page, source: str):
    with pytest.raises(UndefinedError):
        page(source)


def test_its_texts_are_in_the_language_of_the_page(page):
    source = '{{ _("Send code") }}|{{ t("{score} of 5", score=4) }}'
    assert page(source, language="en") == "Send code|4 of 5"
    assert page(source, language="uk").endswith("|4 з 5")
    assert "Send code" not in page(source, language="uk")
    with pytest.raises(KeyError):
        page(source)


def test_the_layout_of_a_template_is_not_sent(page):
    assert page("<ul>\n  {% for n in [1, 2] %}\n  <li>{{ n }}</li>\n  {% endfor %}\n</ul>\n") == (
        "<ul><li>1</li><li>2</li></ul>"
    )
    assert page('<a\n  href="x">one\n  two</a> <b>3</b>') == '<a href="x">one two</a> <b>3</b>'
    assert page("<pre>{{ x }}</pre>", x="a\n  b") == "<pre>a\n  b</pre>"


def test_all_templates_can_be_read():
    names = [f.relative_to(FOLDER).as_posix() for f in FOLDER.rglob("*.*ml")]
    assert len(names) > 10
    for name in names:
        assert templates._environment.get_template(name)


def test_a_mail_in_a_frame_opens_its_links_elsewhere():
    mail = "<html><head><title>x</title></head><body>the <head> of it</body></html>"
    assert framed(mail).startswith('<html><head><base target="_blank"><title>')
    assert framed(mail, "a{}").count("<style>a{}</style></head>") == 1
    assert framed(mail).count("<base") == 1
