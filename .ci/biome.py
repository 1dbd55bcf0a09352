"""Runs Biome, which lints and formats JavaScript and stylesheets (biome.jsonc): `python .ci/biome.py check`.

It comes from npm, in the version of `.ci/biome/package-lock.json`, the first time it is needed and after each change of
that file. Node and npm come from PyPI, the registry is the one that the front-end build uses.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from ticket_portal.frontend import environment  # noqa: E402

NAMED = ROOT / ".ci/biome"
INSTALLED = Path(sys.prefix) / "biome"
FILES = ("package.json", "package-lock.json")


def install() -> int:
    """Install Biome unless this very version is there; returns the exit status."""
    with FileLock(f"{INSTALLED}.lock"):
        stamp = INSTALLED / "installed.json"
        wanted = (NAMED / FILES[1]).read_bytes()
        if stamp.is_file() and stamp.read_bytes() == wanted:
            return 0
        INSTALLED.mkdir(exist_ok=True)
        for file in FILES:
            shutil.copy(NAMED / file, INSTALLED / file)
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"]
        done = subprocess.run(command, cwd=INSTALLED, env=_npm(), check=False)
        if done.returncode == 0:
            stamp.write_bytes(wanted)
        else:
            print("Could not install Biome. Is the npm registry reachable?", file=sys.stderr)
        return done.returncode


def _npm() -> dict[str, str]:
    environment.prepare()
    from reflex.utils.registry import get_npm_registry

    return environment.for_build() | {"npm_config_registry": get_npm_registry()}


def main(words: list[str]) -> int:
    """Run Biome with these words, in the project's folder; returns the exit status."""
    if failed := install():
        return failed
    biome = INSTALLED / "node_modules/.bin/biome"
    node = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return subprocess.run([biome, *words], cwd=ROOT, env={**os.environ, "PATH": node}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
