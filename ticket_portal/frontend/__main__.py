"""`python -m ticket_portal.frontend`: build the front end if its sources changed; `… dev`: serve it with hot reload."""

import sys

from ticket_portal.frontend.build import BuildFailed, build, develop
from ticket_portal.settings import SettingsError


def main(arguments: list[str]) -> int:
    """Build, or serve for development; returns the exit status."""
    try:
        if arguments == ["dev"]:
            return develop()
        if not build():
            print("The front end is up to date.")
    except (BuildFailed, SettingsError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
