"""Runs the checks of `make test`, or the quick ones of `make check`, and prints what each took."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOOLS = Path(sys.executable).parent

PYTEST = [sys.executable, "-m", "pytest", "-q"]
TWO_WORKERS = ["-n", "2", "--dist", "worksteal"]  # each has servers, browser and data of its own
DEPLOYED = bool(os.environ.get("PORTAL_URL"))  # one portal elsewhere, whose data each scene replaces
# On SQLite alone. Untranslated texts are what the check "texts" warns of; `make test` fails with them.
COMPLETE = "tests/house/test_catalogues.py::test_all_catalogues_are_complete"
QUICK = ["-k", "not postgresql", "-m", "not slow", "--deselect", COMPLETE, "tests/house", "tests/domain"]


@dataclass(frozen=True)
class Check:
    """A command, and in which of the two runs it counts."""

    command: list[str | Path]
    quick: bool = True  # part of `make check`
    full: bool = True  # part of `make test`
    aside: bool = False  # runs beside the checks before it: either alone leaves a core idle most of the time
    warns: bool = False  # a failure is shown, and fails nothing


CHECKS = {
    "format": Check([TOOLS / "ruff", "format", "--check", "--quiet", "."]),
    "lint": Check([TOOLS / "ruff", "check", "--quiet", "--output-format", "concise", "."]),
    "layers": Check([TOOLS / "lint-imports", "--no-cache"]),
    "assets": Check([sys.executable, ".ci/biome.py", "ci", "--error-on-warnings", "--colors=off"]),
    "texts": Check([sys.executable, "-m", "ticket_portal.i18n", "check"], full=False, warns=True),
    "front end": Check([sys.executable, "-m", "ticket_portal.frontend"], quick=False, aside=True),
    "quick tests": Check([*PYTEST, *TWO_WORKERS, *QUICK], full=False),
    # Apart from each other: Playwright keeps an event loop running in its process, and other tests start theirs.
    "tests": Check([*PYTEST, *TWO_WORKERS, "--ignore", "tests/browser"], quick=False),
    "types": Check([TOOLS / "pyright"], aside=True),
    "scenes": Check([*PYTEST, *(() if DEPLOYED else TWO_WORKERS), "tests/browser"], quick=False),
}


def main(wanted: list[str]) -> int:
    """Run the checks (all, the `--quick` ones, or those named) and return the exit status.

    One that fails does not hide the next.
    """
    named = [name for name in wanted if name != "--quick"]
    if unknown := set(named) - CHECKS.keys():
        print(f"No such check: {', '.join(sorted(unknown))}. There are: {', '.join(CHECKS)}.")
        return 2
    quick = named != wanted
    chosen = {
        name: check
        for name, check in CHECKS.items()
        if (name in named if named else check.quick if quick else check.full)
    }
    failed = [name for name in _run_all(chosen) if not chosen[name].warns]
    print(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def _run_all(chosen: dict[str, Check]) -> list[str]:
    failed: list[str] = []
    with ThreadPoolExecutor() as others:
        aside = {
            name: others.submit(_run, check, subprocess.PIPE) for name, check in chosen.items() if check.aside
        }
        for name, check in chosen.items():
            print(f"── {name}", flush=True)
            done, seconds = aside[name].result() if name in aside else _run(check)
            print(done.stdout or "", end="")
            verdict = ("WARNING" if check.warns else "FAILED") if done.returncode else "ok"
            print(f"── {name}: {verdict}, {seconds:.1f} s\n", flush=True)
            if done.returncode:
                failed.append(name)
    return failed


def _run(check: Check, output: int | None = None) -> tuple[subprocess.CompletedProcess[str], float]:
    """Run one check; its output is shown as it comes, or kept when that is asked for. Also tells its seconds."""
    started = time.monotonic()
    done = subprocess.run(
        check.command, cwd=ROOT, check=False, text=True, stdout=output, stderr=output and subprocess.STDOUT
    )
    return done, time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
