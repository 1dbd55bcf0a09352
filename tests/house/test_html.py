"""HTML is written in templates, where everything is escaped; what they say, translators see."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

PACKAGE = Path(__file__).parents[2] / "ticket_portal"
TEMPLATES = PACKAGE / "templates"
# The templates' module, and what people write turned into HTML: with tests of their own that nothing gets through.
ALLOWED = {
    TEMPLATES / "__init__.py",
    PACKAGE / "domain/text/markup.py",
    PACKAGE / "settings_docs.py",  # comments of Markdown
}
IN_ENGLISH = {"api.html", "box.html", "gallery.html", "mailbox.html"}  # for developers
BRAND = "Support"

_ELEMENT = (
    "a|abbr|article|aside|b|bdi|blockquote|body|br|button|code|dd|details|div|dl|dt|em|fieldset|figure|footer|form|"
    "h[1-6]|head|header|hr|html|i|iframe|img|input|label|legend|li|link|main|mark|meta|nav|ol|option|p|pre|script|"
    "section|select|small|span|strong|style|sub|summary|sup|svg|table|tbody|td|textarea|th|thead|time|title|tr|u|ul|"
    "url|urlset|video"
)
TAG = re.compile(
    rf"</[\w:]|<(?:{_ELEMENT})(?=[\s/>]|$)|<[\w:-]+\s+[\w:-]+=|<!doctype|<!--|<\?xml|&(?:lt|gt|amp|quot);",
    re.IGNORECASE,
)
ESCAPERS = {"html", "markupsafe", "xml.sax.saxutils", "xml.etree.ElementTree"}


def made_by_hand(tree: ast.AST) -> Iterator[int]:
    """Lines that make HTML, or escape it, by hand: one forgotten `escape` and a stranger writes the page."""
    reads = set(_read(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from [node.lineno] if ESCAPERS & {alias.name for alias in node.names} else []
        elif isinstance(node, ast.ImportFrom):
            yield from [node.lineno] if node.module in ESCAPERS else []
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "raw":
            # A constant or what a function of ours returns; never something put together on the spot.
            yield from (
                [node.lineno] if any(isinstance(a, ast.JoinedStr | ast.BinOp) for a in node.args) else []
            )
        elif node not in reads and TAG.search(_literal(node)):
            yield node.lineno


def _literal(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_literal(part) or "x" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (_literal(node.left) or "x") + (_literal(node.right) or "x")
    value = node.value if isinstance(node, ast.Constant) else ""
    return value.decode("latin-1") if isinstance(value, bytes) else value if isinstance(value, str) else ""


def _read(tree: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, and what HTML is looked for with: regular expressions and `in`."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.value
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            yield from (part for argument in node.args[:1] for part in ast.walk(argument))
        elif isinstance(node, ast.Compare) and all(isinstance(op, ast.In | ast.NotIn) for op in node.ops):
            yield from ast.walk(node.left)


def test_no_html_is_made_by_hand():
    broken = []
    for source in sorted(PACKAGE.rglob("*.py")):
        if source not in ALLOWED:
            lines = set(made_by_hand(ast.parse(source.read_text(encoding="utf-8"))))
            broken += [f"{source.relative_to(PACKAGE)}:{line}" for line in sorted(lines)]
    assert broken == [], made_by_hand.__doc__


@pytest.mark.parametrize(
    "bad",
    [
        "f'<p>{text}</p>'",
        "'<p class=\"%s\">' % name",
        "'<li>{}</li>'.format(name)",
        "parts += ['<h1>', title]",
        "f'<{tag}>{text}</{tag}>'",
        "f'<{tag} class={name}>'",
        "'<' + 'b>' + text",
        "b'<!doctype html>'",
        "Response(f'<!-- {note} -->')",
        "text.replace('<', '&lt;')",
        "f'<img src={src}>'",
        "f'<x-card data={x}>'",
        "f'<?xml version=\"1.0\"?>'",
        "from html import escape",
        "import html",
        "from markupsafe import Markup",
        "from xml.sax.saxutils import escape, quoteattr",
        "raw(f'{a}{b}')",
        "raw(style + name)",
        "'''\n<br>\n'''.strip()",
    ],
)
def test_html_made_by_hand_is_found(bad: str):
    assert list(made_by_hand(ast.parse(bad)))


@pytest.mark.parametrize(
    "good",
    [
        "render('note.html', text=text)",
        "raw(STYLE)",
        "raw(_part('icon.svg'))",
        "f'{name} <{address}>'",
        "'Authorization: Bearer <token>.'",
        "re.compile(r'<script[^>]*>')",
        "f'<html lang=\"{code}\"' not in page",
        "def f():\n    'Return the <p> of it.'",
        "a < b and c > d",
        "f'<ticket-{n}.{domain}>'",
    ],
)
def test_what_is_no_html_made_by_hand_passes(good: str):
    assert list(made_by_hand(ast.parse(good))) == []


def bare(source: str) -> Iterator[str]:
    """Words in a template that no translator sees."""
    pieces = Environment(autoescape=True).parse(source).find_all(nodes.TemplateData)
    text = re.sub(
        r"<!--.*?-->|<(style|script)\b.*?</\1>", " ", "\0".join(p.data for p in pieces), flags=re.DOTALL
    )
    for attribute in re.findall(r'\b(?:aria-label|title|placeholder|alt)="([^"]*)"', text):
        yield from re.findall(r"[^\W\d_]{2,}", attribute)
    for word in re.findall(r"[^\W\d_]{2,}", re.sub(r'<[^>]*>|&#?\w+;|[\w:-]+="[^"]*"', " ", text)):
        yield from [word] if word != BRAND else []


def unescaped(source: str) -> list[str]:
    """Where a template lets something through as it is: `raw` in Python says that, in view of where it is from."""
    return re.findall(r"\|\s*safe\b|\bautoescape\b", source)


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda file: file.stem)
def test_templates_have_no_words_of_their_own_and_escape_everything(template: Path):
    source = template.read_text(encoding="utf-8")
    assert template.name in IN_ENGLISH or list(bare(source)) == []
    assert unescaped(source) == []


def test_a_bare_word_and_what_is_not_escaped_are_found():
    assert list(bare("<h1>{{ heading }} tickets</h1>")) == ["tickets"]
    assert list(bare('<input placeholder="Search">')) == ["Search"]
    assert list(bare("{% if a %}<b>Hello</b>{% endif %}")) == ["Hello"]
    assert list(bare('<h1 class="title">{{ _("Hello") }} · {{ n }}</h1>&nbsp;<!-- Outlook -->')) == []
    assert unescaped("{{ text | safe }}")
    assert unescaped("{% autoescape false %}{{ text }}{% endautoescape %}")
    assert not unescaped("{{ _('Your data is safe') }}")
