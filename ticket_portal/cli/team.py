"""Commands for the accounts of the team."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ticket_portal.cli.common import (
    as_text,
    database,
    one_of,
    said_plainly,
    settings,
    table,
)
from ticket_portal.sets.roles import ACCOUNT_ROLES, Role

if TYPE_CHECKING:
    from ticket_portal.domain.desk.team import Ended

GENERATED_BYTES = 15

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The account's address.")]
Force = Annotated[bool, typer.Option("--force", help="Also for the last active admin.")]


def add_to(cli: typer.Typer) -> None:
    """Add these commands."""
    for name, command in (
        ("create-agent", create_agent),
        ("list-agents", list_agents),
        ("set-role", set_role),
        ("sign-out-agent", sign_out_agent),
        ("reset-agent-password", reset_agent_password),
        ("deactivate-agent", deactivate_agent),
        ("reactivate-agent", reactivate_agent),
    ):
        cli.command(name)(command)


def create_agent(
    email: str,
    name: Annotated[
        str, typer.Option(help="As customers see it; the address's first part if left out.")
    ] = "",
    admin: Annotated[bool, typer.Option("--admin", help="Make an admin.")] = False,
) -> None:
    """Make an account of the team. Asks for a password; without a terminal, or left empty, one is made and shown."""
    from ticket_portal.domain.accounts import accounts
    from ticket_portal.domain.addresses import canonical
    from ticket_portal.domain.desk import team

    with said_plainly():
        address = canonical(email)
        shown = " ".join(name.split()) or address.partition("@")[0].capitalize()
        role = Role.ADMIN if admin else Role.AGENT
        password, made = _new_password()
        hashed = accounts.hasher.hash(accounts.checked_password(password, role, address, shown))
        with database(settings()) as store:
            store.write(team.create, address, shown, hashed, role)
    print(f"Made the {role} {as_text(shown)} <{address}>.")
    if made:
        print(f"Password (shown this once): {password}")


def list_agents() -> None:
    """List the accounts of the team, and those that were deactivated. Times are UTC."""
    from ticket_portal.domain.desk import team

    with database(settings()) as store:
        found = store.read(team.members)
    if not found:
        print("There are no agents yet. Make one: create-agent EMAIL")
        return
    titles = ("EMAIL", "NAME", "ROLE", "STATE", "CREATED", "LAST SEEN", "SESSIONS", "TOKENS")
    rows = (
        (
            member.address,
            member.name,
            member.role,
            "active" if member.active else "deactivated",
            member.created_at,
            member.seen_at,
            member.sessions,
            member.tokens,
        )
        for member in found
    )
    print(*table(titles, rows), sep="\n")


def set_role(
    email: Email,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="customer, agent or admin.")],
    force: Force = False,
) -> None:
    """Give an account another role: customer, agent or admin. It is signed out, and its API tokens are revoked.

    The open tickets of an agent who becomes a customer go back to the queue.
    """
    from ticket_portal.domain.desk import team

    wanted = one_of(ACCOUNT_ROLES, role)
    with said_plainly(), database(settings()) as store:
        before, ended = store.write(team.set_role, email, wanted, force=force)
    if before == wanted:
        print(f"{as_text(email)} is {wanted} already; nothing was changed.")
    else:
        print(f"{as_text(email)} is {wanted} now, was {before}. {_what_ended(ended)}")


def sign_out_agent(email: Email) -> None:
    """Sign an account of the team out everywhere. Its password and API tokens stay."""
    from ticket_portal.domain.desk import team

    with said_plainly(), database(settings()) as store:
        ended = store.write(team.sign_out, email)
    print(f"{as_text(email)} is signed out everywhere. {_what_ended(ended)}")


def reset_agent_password(email: Email) -> None:
    """Set a new password, sign out everywhere and revoke the API tokens. Asks for one; else it is made and shown."""
    from ticket_portal.domain.accounts import accounts
    from ticket_portal.domain.desk import team

    with said_plainly(), database(settings()) as store:
        account = store.read(team.find_agent, email)
        password, made = _new_password()
        hashed = accounts.hasher.hash(
            accounts.checked_password(password, account.role, account.address, account.name)
        )
        ended = store.write(team.set_password, email, hashed)
    print(f"{as_text(email)} has a new password. {_what_ended(ended)}")
    if made:
        print(f"Password (shown this once): {password}")


def deactivate_agent(
    email: Email,
    hand_to: Annotated[
        str | None,
        typer.Option(metavar="EMAIL", help="Who gets the open tickets; else they go back to the queue."),
    ] = None,
    force: Force = False,
) -> None:
    """Take all access away: sign-in, open pages, API tokens, notifications. Open tickets go on to a colleague or back.

    The name stays in conversations. reactivate-agent gives access back.
    """
    from ticket_portal.domain.desk import team

    with said_plainly(), database(settings()) as store:
        ended = store.write(team.deactivate, email, hand_to=hand_to, force=force)
    print(f"{as_text(email)} is deactivated. {_what_ended(ended, hand_to)}")


def reactivate_agent(email: Email) -> None:
    """Let a deactivated account sign in again, with its password and role. What ended stays ended."""
    from ticket_portal.domain.desk import team

    with said_plainly(), database(settings()) as store:
        role = store.write(team.reactivate, email)
    print(f"{as_text(email)} can sign in again, as {role}.")


def _what_ended(ended: "Ended", hand_to: str | None = None) -> str:
    said = f"Sessions ended: {ended.sessions}. API tokens revoked: {ended.tokens}."
    if not ended.tickets:
        return said
    where = f"handed to {as_text(hand_to)}" if hand_to else "back in the queue"
    return f"{said} Tickets {where}: {ended.tickets}."


def _new_password() -> tuple[str, bool]:
    """Return a password, and whether it was made here and must be shown."""
    import secrets

    typed = ""
    if sys.stdin.isatty():
        typed = typer.prompt(
            "Password (empty: one is made)",
            default="",
            hide_input=True,
            confirmation_prompt=True,
            show_default=False,
        )
    return (typed, False) if typed else (secrets.token_urlsafe(GENERATED_BYTES), True)
