"""The browser's modules run in Node: assets/js, what the build writes for it, and stand-ins for what React gives."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from reflex.plugins import Plugin

from ticket_portal.frontend import environment
from ticket_portal.frontend.build import ROOT

# What the modules take from React, for one render in the browser (or, with SERVER, while prerendering).
LIBRARIES = {
    "react": """
export const useEffect = () => {}, useLayoutEffect = useEffect;
export const useMemo = (make) => make();
export const useCallback = (made) => made;
export const useRef = (current) => ({ current });
export const useState = (first) => [first, () => {}];
export const useSyncExternalStore = (subscribe, here, there) => (globalThis.SERVER ? there() : here());
""",
    "react-router": """
export const useLocation = () => globalThis.place;
export const useParams = () => globalThis.params ?? {};
export const useNavigate = () => () => {}, useNavigationType = () => "PUSH", UNSAFE_createClientRoutes = () => [];
""",
}
_IMPORT = re.compile(r'(\bfrom |\bimport\(|\bimport )"(\$/[^"]+|\.[^"]+|react|react-router)"')


def lay_out(folder: Path, plugins: Iterable[Plugin] = ()) -> Path:
    """Put the modules into a folder as the build does, with those that its plugins write."""
    (folder / "package.json").write_text('{"type": "module"}')
    for name, text in LIBRARIES.items():
        put(folder, f"{name}.js", text)
    for source in (ROOT / "assets/js").rglob("*.js"):
        name = source.relative_to(ROOT / "assets").as_posix()
        put(folder, f"public/{name}", source.read_text(encoding="utf-8"))
    for plugin in plugins:
        for path, text in plugin.get_static_assets():
            put(folder, path.as_posix(), str(text))
    return folder


def put(folder: Path, name: str, text: str) -> None:
    """Write a module with its imports as Node follows them."""

    def followed(found: re.Match[str]) -> str:
        path = found[2].removeprefix("$/")
        if not path.startswith("."):
            path = (folder / (path if path.endswith(".js") else f"{path}.js")).as_uri()
        return f'{found[1]}"{path}"'

    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(_IMPORT.sub(followed, text), encoding="utf-8")


def run(folder: Path, script: str, given: object = None) -> Any:
    """Run a script of which `given` is a constant; return what it hands to `answer`."""
    (folder / "given.json").write_text(json.dumps(given), encoding="utf-8")
    begin = (
        'import { readFileSync } from "node:fs"; const given = JSON.parse(readFileSync("given.json", "utf8"));\n'
        "const answer = (it) => console.log(JSON.stringify(it));\n"
    )
    put(folder, "main.js", f"{begin}{script}\nprocess.exit();")
    variables = environment.for_build()
    node = shutil.which("node", path=variables["PATH"])
    assert node
    done = subprocess.run(
        [node, "main.js"], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
