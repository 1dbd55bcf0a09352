"""`python -m ticket_portal.frontend`: build the front end if its sources changed."""

import sys

from ticket_portal.frontend.build import BuildFailed, build

try:
    built = build()
except BuildFailed as failure:
    sys.exit(str(failure))
if not built:
    print("The front end is up to date.")
