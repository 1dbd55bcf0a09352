"""Every name that Python writes for JavaScript is one that the modules export and take.

Python's side is read from the syntax tree. JavaScript's is told by its own engine: a module's exports are those of the
imported module, and the fields that a function takes are those that its parameter reads from what it is given.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.javascript import lay_out, put, run
from ticket_portal.frontend.build import ROOT
from ticket_portal.frontend.plugins import Catalogues, Slim
from ticket_portal.frontend.rules import Rules

SOURCES = sorted((ROOT / "ticket_portal").rglob("*.py"))
BRIDGE = "ticket_portal/components/hooks.py"
CALLS = ("js_call", "hook_value", "js_handler", "RunsHook.create")
# Scripts that the build writes may name modules too.
_WRITTEN = re.compile(r'(?:import|export) \{([^}]*)\} from "\$/public/js/([\w/]+)\.js"')

TAKES = """
// The parameters alone, as the engine itself reads them: the shortest beginning that makes a function.
const parameters = (source) => {
  const text = source.replace(/^async\\s*/, "").replace(/^function\\s*\\w*/, "");
  for (let end = 1; end <= text.length; end += 1) {
    if (text[end - 1] !== ")") continue;
    try {
      return (0, eval)(`(${text.slice(0, end)} => 0)`);
    } catch {
      // goes on
    }
  }
  return (0, eval)(`(${text.slice(0, text.indexOf("=>"))} => 0)`);
};
const takes = (made) => {
  const fields = [];
  const note = (_, name) => void fields.push(String(name));
  const given = new Proxy({}, { get: note, ownKeys: () => [fields.push("...")] && [] });
  const read = parameters(made.toString());
  if (read.length > 1) return "several";
  read(given);
  return fields.length || !made.length ? fields : "no named fields";
};
const found = {};
for (const module of given) {
  const exported = await import(`./public/js/${module}.js`).catch((problem) => ({ missing: String(problem) }));
  const told = ([name, it]) => [name, typeof it === "function" ? takes(it) : "no function"];
  found[module] = Object.fromEntries(Object.entries(exported).map(told));
}
answer(found);
"""

Exports = dict[str, dict[str, list[str] | str]]


@dataclass(frozen=True)
class Call:
    """A place where Python calls what a module exports."""

    where: str
    module: str
    function: str
    fields: frozenset[str]


def calls(tree: ast.AST, where: str) -> Iterator[Call]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func).endswith(CALLS)):
            continue
        module, function = (ast.literal_eval(argument) for argument in node.args[:2])
        positional = 3 if ast.unparse(node.func) == "hook_value" else 2
        assert len(node.args) == positional, f"{where}:{node.lineno} fields need their names"
        assert all(k.arg for k in node.keywords), f"{where}:{node.lineno} fields are written out"
        yield Call(f"{where}:{node.lineno}", module, function, frozenset(k.arg or "" for k in node.keywords))


def faults(made: list[Call], exports: Exports) -> list[str]:
    """What does not fit, each in a sentence."""
    said = []
    for call in made:
        what = f"{call.where}: {call.function} of {call.module}.js"
        takes = exports.get(call.module, {}).get(call.function)
        if takes is None:
            said.append(f"{what} is not exported")
        elif isinstance(takes, str):
            said.append(f"{what} takes {takes}")
        else:
            said += [f"{what} takes no {name}" for name in sorted(call.fields - set(takes))]
            said += [f"{what} is not given {name}" for name in sorted(set(takes) - call.fields)]
    return said


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("hooks"), [Catalogues(), Rules()])


def test_what_python_calls_is_there_and_takes_what_it_is_given(folder: Path):
    made = [
        call
        for source in SOURCES
        if (where := source.relative_to(ROOT).as_posix()) != BRIDGE
        for call in calls(ast.parse(source.read_text(encoding="utf-8")), where)
    ]
    exports: Exports = run(folder, TAKES, sorted({call.module for call in made}))

    assert len(made) > 50
    assert faults(made, exports) == []


def test_what_the_build_writes_names_what_is_there(folder: Path):
    written = [
        (module, name.split(" as ")[0].strip())
        for source in SOURCES
        for names, module in _WRITTEN.findall(source.read_text(encoding="utf-8"))
        for name in names.split(",")
    ]
    exports: Exports = run(folder, TAKES, sorted({module for module, _ in written}))

    assert {("i18n", "register"), ("i18n", "say"), ("routes", "addOthers")} <= set(written)
    assert [one for one in written if one[1] not in exports[one[0]]] == []


def test_only_the_bridge_and_the_build_name_modules():
    """A call that is written by hand would not be compared."""
    names = {
        s.relative_to(ROOT).as_posix() for s in SOURCES if "$/public/js/" in s.read_text(encoding="utf-8")
    }

    assert {name for name in names if not name.startswith("ticket_portal/frontend/")} == {BRIDGE}


def test_what_is_bundled_together_is_there():
    """The bundler says nothing of a name that fits no file: the part would be loaded by itself."""
    for modules in (Slim.SHARED_MODULES, Slim.TICKET_MODULES):
        fits = re.compile(modules.replace(r"\/", "/"))
        every = [f.relative_to(ROOT / "assets/js").with_suffix("").as_posix() for f in _modules()]
        found = {name for name in every if fits.fullmatch(name)}
        assert found == {name for name in every for part in _parts(modules) if name == part}
        assert set(_parts(modules)) <= found
    components = ROOT / "ticket_portal/components"
    assert [n for n in Slim.SHARED_COMPONENTS.split("|") if not (components / f"{n}.py").is_file()] == []


def _modules() -> list[Path]:
    return sorted((ROOT / "assets/js").rglob("*.js"))


def _parts(modules: str) -> list[str]:
    """Each name that such an expression fits: `a|b/(c|d)` is a, b/c, b/d."""
    parts = []
    for one in re.findall(r"(?:[^|(]|\([^)]*\))+", modules.replace(r"\/", "/")):
        begin, _, inner = one.partition("(")
        parts += [begin + name for name in inner.rstrip(")").split("|")] if inner else [one]
    return parts


PLANTED = """
export const useRight = ({ viewer, first_unread: first = 0 }) => [viewer, first];
export const useAll = (all) => all;
export const useTwo = ({ viewer }, number) => [viewer, number];
export const useRest = ({ viewer, ...rest }) => [viewer, rest];
export const useNothing = () => ({ text: ") => {" });
export const add = async ({ text = ")" }) => text;
export const limit = 5;
"""


@pytest.mark.parametrize(
    ("python", "fault"),
    [
        ('hook_value("planted", "useRight", "name", viewer=1, first_unread=2)', None),
        ('RunsHook.create("planted", "useNothing")', None),
        ('js_handler("planted", "add", text=1)', None),
        ('hook_value("planted", "useWrong", "name")', "is not exported"),
        ('hook_value("elsewhere", "useRight", "name")', "is not exported"),
        ('js_call("planted", "useRight", viewer=1, first_unread=2, lastUnread=3)', "takes no lastUnread"),
        ('js_call("planted", "useRight", first_unread=2)', "is not given viewer"),
        ('js_call("planted", "useNothing", viewer=1)', "takes no viewer"),
        ('js_call("planted", "useAll", viewer=1)', "takes no named fields"),
        ('js_call("planted", "useTwo", viewer=1)', "takes several"),
        ('js_call("planted", "useRest", viewer=1)', "is not given ..."),
        ('js_call("planted", "limit")', "takes no function"),
    ],
)
def test_planted_mistakes_are_found(folder: Path, python: str, fault: str | None):
    put(folder, "public/js/planted.js", PLANTED)
    made = list(calls(ast.parse(python), "here.py"))
    said = faults(made, run(folder, TAKES, ["planted", "elsewhere"]))

    assert [one.rpartition(".js ")[2] for one in said] == ([fault] if fault else [])


@pytest.mark.parametrize(
    "python", ['js_call("planted", "useTwo", viewer)', 'hook_value("m", "useRight", "name", **fields)']
)
def test_fields_without_names_are_not_let_pass(python: str):
    with pytest.raises(AssertionError):
        list(calls(ast.parse(python), "here.py"))
