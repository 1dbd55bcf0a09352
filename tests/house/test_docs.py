"""What documents, docstrings and comments name is in the repository: paths, headings, make targets, commands."""

import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from ticket_portal.cli.commands import cli

ROOT = Path(__file__).parents[2]
SUFFIXES = "py|md|js|css|toml|txt|ini|json|jsonc|po|mako|svg|png"
# A file, in a folder or alone; or what a text in backticks names with a slash, but for addresses, which begin with one.
FILE = re.compile(
    rf"(?<![\w/.$*…@<>{{:-])(?:[\w-][\w.-]*/)*[\w-]+\.(?:{SUFFIXES})\b(?![\w/…*<{{(])", re.ASCII
)
NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]*)`", re.ASCII)
# Made by the build or by a running portal, or of somebody else's.
ELSEWHERE = re.compile(
    r"([a-z]|\.venv|\.web|\.web-dev|app|build|data|files|incoming|node_modules|portal|transports|utils)/|(application|image|text|video)/"
    r"|(llms|security|robots)\.txt|socket\.io|package(-lock)?\.json|manifest\.json|sitemap\.xml|texts\.json|[a-z]\.\w+$"
)
# Folders that paths in a text may begin in.
BASES = ("", "ticket_portal", "ticket_portal/frontend", "assets", "assets/js", "docs", "tests")
CITATION = re.compile(
    r"\b(?!(?:AES|ASVS|BIP|EIP|HTTP|IEC|ISO|LIMIT|NIST|PNG|RFC|SEO|SHA|TLS|TRACE|UAX|UTF|UTS)\b)"
    r"[A-Z]{3,}(?:\.md)? (?:section |§ ?)?[A-Z]?\d+\b|\b[Ii]ssues? #?\d+|\b[CDFGJOQ]\d{1,2}\b(?![\"'.])"
    r"|\b(?:SPEC|CASES|DESIGN|DESK|HOUSE)\b(?!\.md)"
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"(?:^|[\s(`\"])((?:docs/)?[\w/-]+\.md)#([\w-]+)")
TARGET = re.compile(r"`make ([a-z]+)\b|^(?:\$ )?make ([a-z]+)\b", re.MULTILINE)
MODULE = re.compile(r"python3? -m ((?:ticket_portal|tests)[\w.]*)(?: ([a-z][a-z-]+))?")


def unknown_paths(text: str) -> list[str]:
    """The files and folders that a text names and that are nowhere."""
    found = {*FILE.findall(text), *NAMED.findall(text)}
    return sorted(name for name in found if not ELSEWHERE.match(name) and not _is_there(name))


def _is_there(name: str) -> bool:
    folder, _, last = name.rstrip("/.").rpartition("/")
    if not folder and last in _names():
        return True
    for base in BASES:
        place = ROOT / base / folder
        # `domain/tickets/messages.reply` is a name in a module.
        module = last.split(".")[0]
        if (place / last).exists() or (
            folder and any((place / f"{module}.{end}").exists() for end in ("py", "js"))
        ):
            return True
    return False


@cache
def _names() -> set[str]:
    return {Path(name).name for name in _listed()}


@cache
def _listed() -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.splitlines() if (ROOT / name).is_file()]


def unknown_headings(text: str) -> list[str]:
    """The headings of documents that a text cites and that no document has."""
    return [
        f"{page}#{anchor}" for page, anchor in HEADING.findall(text) if anchor not in _anchors(_page(page))
    ]


def _page(name: str) -> Path:
    return ROOT / name if name.startswith("docs/") or (ROOT / name).exists() else ROOT / "docs" / name


@cache
def _anchors(page: Path) -> set[str]:
    if not page.exists():
        return set()
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> list[str]:
    """A document's links within the repository that lead nowhere."""
    broken = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not re.match(r"[a-z]+:", target) and (
            not file.exists() or (anchor and anchor not in _anchors(file))
        ):
            broken.append(target)
    return broken


def unknown_commands(text: str) -> list[str]:
    """The make targets, modules and commands of the portal that a text names and that are none."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {one or other for one, other in TARGET.findall(text)}
    unknown = [f"make {name}" for name in targets if not re.search(rf"^{name}:", makefile, re.MULTILINE)]
    commands = {
        command.name or command.callback.__name__ for command in cli.registered_commands if command.callback
    }
    for module, command in MODULE.findall(text):
        path = ROOT / module.replace(".", "/")
        if not path.with_suffix(".py").exists() and not (path / "__main__.py").exists():
            unknown.append(f"python -m {module}")
        elif module == "ticket_portal" and command and command not in commands:
            unknown.append(f"python -m {module} {command}")
    return unknown


def prose_of(source: str) -> Iterator[tuple[int, str]]:
    """The comments and docstrings of a Python module, each with its line."""
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        starts = before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and starts):
            yield token.start[0], token.string
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            before = token.type


def stray_comments(source: str, headings: bool = False) -> list[int]:
    """Lines of comments over nothing: what they spoke of is gone.

    Tests may have headings: comments over a group of tests.
    """
    lines = source.splitlines()
    found = []
    for number, line in enumerate(lines, 1):
        after = next((text for text in lines[number:] if text), "")
        over_nothing = re.match(r"\s*#(?![!:])", line) and (number == len(lines) or not lines[number])
        if over_nothing and not (
            headings and re.match(r"\s*(@|def |class |async def |[A-Z_]+ ?[:=])", after)
        ):
            found.append(number)
    return found


SKIP = re.compile(r"skip(?:if)?\((?:[^()]|\(\))*\.(?:exists|is_file|is_dir)\(")
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
SOURCES = [ROOT / name for name in _listed() if name.endswith(".py")]
OTHERS = [
    ROOT / name
    for name in _listed()
    if re.search(r"^assets/.*\.(js|css)$|^Makefile$|\.(toml|ini|jsonc)$", name)
]


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.name)
def test_a_document_names_what_is_there(page: Path):
    text = page.read_text(encoding="utf-8")
    assert [*unknown_paths(text), *unknown_commands(text), *unknown_headings(text), *broken_links(page)] == []
    assert CITATION.findall(text) == []


def test_the_design_names_classes_and_tokens_that_the_stylesheet_has():
    page = (ROOT / "docs/design.md").read_text(encoding="utf-8")
    styles = (ROOT / "assets/portal.css").read_text(encoding="utf-8")
    classes = {name for names in re.findall(r'class="([\w -]+)"', page) for name in names.split()}
    for code in re.findall(r"`([^`\n]+)`", page):
        classes |= set(re.findall(r"(?<![\w/])\w*\.([a-z][\w-]*)", re.sub(r"\S+/\S+", "", code)))
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", styles)) | {"files__box"}  # a mark for the script alone
    assert sorted(classes - known) == []
    assert sorted(set(re.findall(r"--[a-z][\w-]*", page)) - set(re.findall(r"--[a-z][\w-]*", styles))) == []


def test_sources_cite_what_is_there():
    wrong = []
    for file in [*SOURCES, *OTHERS]:
        text = file.read_text(encoding="utf-8")
        prose = list(prose_of(text)) if file.suffix == ".py" else list(enumerate(text.splitlines(), 1))
        for line, said in prose:
            found = [*unknown_headings(said), *CITATION.findall(said), *unknown_commands(said)]
            found += unknown_paths(said) if file.suffix == ".py" else []
            wrong += [f"{file.relative_to(ROOT)}:{line}: {name}" for name in found]
    assert wrong == []


def test_no_comment_stands_over_nothing():
    wrong = []
    for file in SOURCES:
        tests = "tests" in file.relative_to(ROOT).parts
        wrong += [
            f"{file.relative_to(ROOT)}:{n}" for n in stray_comments(file.read_text(encoding="utf-8"), tests)
        ]
    assert wrong == []


def test_no_test_is_skipped_for_want_of_a_file_of_the_repository():
    assert [file.name for file in SOURCES if SKIP.search(file.read_text(encoding="utf-8"))] == []


# What a planted mistake of each kind looks like to these checks: (check, wrong, right).
def _cited(text: str) -> list[str]:
    return CITATION.findall(text)


EXAMPLES = [
    (
        unknown_paths,
        "see `domain/shelves.py`, doors/new.js and `store/gone/`",
        "`store/tables/base.py`, portal.css",
    ),
    (
        unknown_paths,
        "`domain/gone.reply` says it",
        "`domain/tickets/messages.reply`, `tests/house`, `/files/…`",
    ),
    (unknown_headings, "(docs/contract.md#gone)", "(docs/contract.md#guests)"),
    (unknown_commands, "`make tests`", "`make test`, and make sure that it runs"),
    (unknown_commands, "python -m ticket_portal.gone", "python -m ticket_portal.i18n extract"),
    (unknown_commands, "python -m ticket_portal greet", "python -m ticket_portal serve"),
    (_cited, "rules of " + "SPEC 5", "RFC 9457, `docs/contract.md`"),
    (_cited, "as in " + "DESK.md D" + "22", "HTTP 404, 8.2.1"),
    (_cited, "as SP" + "EC allows", "as the specification allows"),
    (_cited, "see issue" + " 12", "an issue of 12 hours"),
    (stray_comments, "a = 1\n# As the index has it.\n\n\nb = 2", "# As the index has it.\na = 1\n"),
]


@pytest.mark.parametrize(("check", "wrong", "right"), EXAMPLES)
def test_a_planted_mistake_is_found(check, wrong: str, right: str):
    assert check(wrong)
    assert not check(right)


def test_a_skip_for_want_of_a_file_is_found():
    # In two parts, or this line would be found.
    assert SKIP.search("skip" + 'if(not PAGE.exists(), reason="not written yet")')
    assert not SKIP.search('pytest.skip("This scene harms servers.")')
