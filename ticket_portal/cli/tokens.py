"""Commands for the tokens of the REST API."""

from typing import Annotated

import typer

from ticket_portal.cli.common import (
    database,
    fail,
    one_of,
    said_plainly,
    settings,
    table,
)


def add_to(cli: typer.Typer) -> None:
    """Add these commands."""
    for name, command in (
        ("create-api-token", create_api_token),
        ("list-api-tokens", list_api_tokens),
        ("revoke-api-token", revoke_api_token),
    ):
        cli.command(name)(command)


def create_api_token(
    agent: Annotated[str, typer.Option(metavar="EMAIL", help="The agent that the token acts as.")],
    name: Annotated[
        str,
        typer.Option(help="What it is for, such as “billing system”; else the agent's name and the date."),
    ] = "",
    scope: Annotated[
        str, typer.Option(metavar="read|write", help="read: may only read; write: may read and write.")
    ] = "write",
    expires: Annotated[
        str, typer.Option(metavar="90d|DATE|never", help="After days, or after a day (2027-12-31, UTC).")
    ] = "365d",
) -> None:
    """Make a token for the REST API and print it, alone; it can't be shown again."""
    from ticket_portal.domain.accounts import api_tokens
    from ticket_portal.domain.accounts.api_tokens import Scope
    from ticket_portal.domain.errors import NotFound

    wanted = one_of(Scope, scope)
    with said_plainly(), database(settings()) as store:
        try:
            print(store.write(api_tokens.new_token, agent, name=name, scope=wanted, expires=expires))
        except NotFound:
            fail(f"There is no active agent with the address {agent}. Make one: create-agent {agent}")


def list_api_tokens(
    agent: Annotated[str, typer.Option(metavar="EMAIL", help="Only the tokens of this agent.")] = "",
) -> None:
    """List the tokens of the REST API, the newest first; never the tokens themselves. Times are UTC."""
    from ticket_portal.domain.accounts import api_tokens
    from ticket_portal.domain.errors import NotFound

    with said_plainly(), database(settings()) as store:
        try:
            found = store.read(api_tokens.views, agent)
        except NotFound:
            fail(f"There is no account with the address {agent}.")
    if not found:
        print("There are no tokens. Make one: create-api-token --agent EMAIL")
        return
    titles = ("ID", "NAME", "AGENT", "SCOPE", "CREATED", "BY", "LAST USED", "EXPIRES", "STATE")
    rows = (
        (
            token.id,
            token.name,
            token.agent,
            token.scope,
            token.created_at,
            token.created_by,
            token.last_used_at or "never",
            token.expires_at or "never",
            token.state,
        )
        for token in found
    )
    print(*table(titles, rows), sep="\n")


def revoke_api_token(
    token_id: Annotated[
        str, typer.Argument(metavar="PREFIX", help="Its id as list-api-tokens shows it, or the beginning.")
    ],
) -> None:
    """End a token of the REST API; its next request is refused."""
    from ticket_portal.domain.accounts import api_tokens

    with said_plainly(), database(settings()) as store:
        ended = store.write(api_tokens.revoke, token_id)
    print(*table(("REVOKED", "NAME", "AGENT"), [(ended.id, ended.name, ended.agent)]), sep="\n")
