"""`python -m ticket_portal COMMAND`."""

from ticket_portal.cli.commands import main

main()
