"""Runs the checks of `make test`, and prints what each took."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOOLS = Path(sys.executable).parent

PYTEST = [sys.executable, "-m", "pytest", "-q"]
TWO_WORKERS = ["-n", "2", "--dist", "worksteal"]  # each has servers, browser and data of its own
DEPLOYED = bool(os.environ.get("PORTAL_URL"))  # one portal elsewhere, whose data each scene replaces

CHECKS = {
    "format": [TOOLS / "ruff", "format", "--check", "--quiet", "."],
    "lint": [TOOLS / "ruff", "check", "--quiet", "--output-format", "concise", "."],
    "types": [TOOLS / "pyright"],
    "layers": [TOOLS / "lint-imports", "--no-cache"],
    "front end": [sys.executable, "-m", "ticket_portal.frontend"],
    # Apart from each other: Playwright keeps an event loop running in its process, and other tests start theirs.
    "tests": [*PYTEST, *TWO_WORKERS, "--ignore", "tests/browser"],
    "scenes": [*PYTEST, *(() if DEPLOYED else TWO_WORKERS), "tests/browser"],
}
# Built while the checks before it look at the sources: either alone leaves a core idle most of the time.
ASIDE = "front end"


def main(wanted: list[str]) -> int:
    """Run the checks (all, or those named); returns the exit status. One that fails does not hide the next."""
    unknown = set(wanted) - CHECKS.keys()
    if unknown:
        print(f"No such check: {', '.join(sorted(unknown))}. There are: {', '.join(CHECKS)}.")
        return 2
    failed: list[str] = []
    chosen = [name for name in CHECKS if not wanted or name in wanted]
    with ThreadPoolExecutor(1) as other:
        aside = other.submit(_run, ASIDE, subprocess.PIPE) if ASIDE in chosen else None
        for name in chosen:
            print(f"── {name}", flush=True)
            done, seconds = aside.result() if aside and name == ASIDE else _run(name)
            print(done.stdout or "", end="")
            print(f"── {name}: {'FAILED' if done.returncode else 'ok'}, {seconds:.1f} s\n", flush=True)
            if done.returncode:
                failed.append(name)
    print(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def _run(name: str, output: int | None = None) -> tuple[subprocess.CompletedProcess[str], float]:
    """Run one check; its output is shown as it comes, or kept when that is asked for. Also tells its seconds."""
    started = time.monotonic()
    done = subprocess.run(
        CHECKS[name], cwd=ROOT, check=False, text=True, stdout=output, stderr=output and subprocess.STDOUT
    )
    return done, time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
