"""Runs the checks of `make test` one after the other, and prints what each took."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOOLS = Path(sys.executable).parent

PYTEST = [sys.executable, "-m", "pytest", "-q"]

CHECKS = {
    "format": [TOOLS / "ruff", "format", "--check", "--quiet", "."],
    "lint": [TOOLS / "ruff", "check", "--quiet", "--output-format", "concise", "."],
    "types": [TOOLS / "pyright"],
    "layers": [TOOLS / "lint-imports", "--no-cache"],
    "front end": [sys.executable, "-m", "ticket_portal.frontend"],
    # Two processes: Playwright keeps an event loop running in its own, and other tests start theirs.
    # On two workers; a browser alone keeps two cores busy.
    "tests": [*PYTEST, "-n", "2", "--dist", "worksteal", "--ignore", "tests/browser"],
    "scenes": [*PYTEST, "tests/browser"],
}


def main(wanted: list[str]) -> int:
    """Run the checks (all, or those named); returns the exit status. One that fails does not hide the next."""
    unknown = set(wanted) - CHECKS.keys()
    if unknown:
        print(f"No such check: {', '.join(sorted(unknown))}. There are: {', '.join(CHECKS)}.")
        return 2
    failed: list[str] = []
    for name, command in CHECKS.items():
        if wanted and name not in wanted:
            continue
        print(f"── {name}", flush=True)
        started = time.monotonic()
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        print(
            f"── {name}: {'ok' if status == 0 else 'FAILED'}, {time.monotonic() - started:.1f} s\n",
            flush=True,
        )
        if status != 0:
            failed.append(name)
    print(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
