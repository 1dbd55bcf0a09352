"""`make constraints`: writes `.ci/constraints.txt`, the exact version of everything that gets installed.

Versions stay as they are but for what requirements.txt and tests/requirements.txt name otherwise now, and what these
need; with `all=1` everything that they only bring along becomes as new as they allow. Nothing is installed.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONSTRAINTS = ROOT / ".ci/constraints.txt"
REQUIREMENTS = (ROOT / "requirements.txt", ROOT / "tests/requirements.txt")
HEAD = "# Everything that gets installed, exactly (make constraints); pip reads it with -c.\n"


class Unresolved(Exception):
    """No set of versions fits, or the registry can't be reached; the text is pip's."""


def pins(*files: Path) -> dict[str, str]:
    """The pinned lines of requirement files without extras, by the packages' normalised names."""
    lines = [line.strip() for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    named = [re.sub(r"\[.*?\]", "", line) for line in lines if re.match(r"\w", line)]
    return {normal(line.split("==")[0]): line for line in named}


def normal(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def resolve(kept: dict[str, str]) -> dict[str, str]:
    """What pip would install on an empty machine, with these versions where they are needed: name to version."""
    with tempfile.TemporaryDirectory() as folder:
        constraints, report = Path(folder) / "constraints.txt", Path(folder) / "report.json"
        constraints.write_text("".join(f"{line}\n" for line in kept.values()), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "--no-input",
            "install",
            "--quiet",
        ]
        command += ["--dry-run", "--ignore-installed", "--report", str(report)]
        command += ["-r", str(REQUIREMENTS[-1]), "-c", str(constraints)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unresolved(done.stderr)
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {normal(one["metadata"]["name"]): one["metadata"]["version"] for one in found}


def main(words: list[str]) -> int:
    """Write the file; returns the exit status."""
    direct, before = pins(*REQUIREMENTS), pins(CONSTRAINTS)
    # What the requirements pin anew must not be held by its old version.
    kept = {} if words == ["--all"] else {name: line for name, line in before.items() if name not in direct}
    try:
        found = resolve(kept)
    except Unresolved as why:
        print(
            f"{why}\nCould not resolve. Where versions conflict, try: make constraints all=1", file=sys.stderr
        )
        return 1
    after = {name: direct.get(name, f"{name}=={version}") for name, version in sorted(found.items())}
    CONSTRAINTS.write_text(HEAD + "".join(f"{line}\n" for line in after.values()), encoding="utf-8")
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            print(f"{before.get(name, '-')} → {after.get(name, '-')}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
