"""The form routes of the settings: what changes who may sign in, and needs the password or ends sessions."""

import tempfile
from collections.abc import AsyncIterator
from functools import partial
from typing import IO

from starlette.responses import Response, StreamingResponse

from ticket_portal.delivery import exports as archive
from ticket_portal.domain.accounts import credentials, sign_ins
from ticket_portal.domain.errors import DomainError, NotAllowed
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.privacy import erasure, exports
from ticket_portal.routes.asgi import cookies
from ticket_portal.routes.forms.form_route import SubmittedForm, form_route, problem, to
from ticket_portal.wiring import portal

CHUNK_BYTES = 256 * 1024


async def sign_out_everywhere(asked: SubmittedForm) -> Response:
    """End all sessions of the account; every open page of it hears of it at once."""
    p = portal()
    try:
        await p.write(sign_ins.end_all, await asked.viewer(), asked.credentials.guest, asked.ip)
    except NotAllowed:
        return _to_sign_in(asked)
    response = to(asked.page("/", notice="signed_out"))
    cookies.drop(response, p.settings, cookies.SESSION)
    cookies.drop(response, p.settings, cookies.GUEST)
    return response


async def change_password(asked: SubmittedForm) -> Response:
    """Set a new password; this browser alone stays signed in."""
    p, viewer = portal(), await asked.viewer()
    change = partial(
        credentials.change_password,
        p.store,
        viewer,
        asked.text("current_password"),
        asked.text("password"),
        asked.ip,
    )
    try:
        token = await p.run(change)
    except NotAllowed:
        return _to_sign_in(asked)
    except DomainError as error:
        return to(asked.page("/settings/password", **problem(error)))
    return _goes_on(asked.page("/settings", notice="password_changed"), viewer, token)


async def change_email(asked: SubmittedForm) -> Response:
    """Send a code to the new address; the answer is the same whether that has an account."""
    p = portal()
    ask = partial(
        credentials.ask_to_change_address,
        p.store,
        await asked.viewer(),
        asked.text("email"),
        asked.text("current_password"),
        asked.browser,
        asked.ip,
    )
    try:
        await p.run(ask)
    except NotAllowed:
        return _to_sign_in(asked)
    except DomainError as error:
        return to(asked.page("/settings/email", **problem(error)))
    return to(asked.page("/settings/email/code"))


async def change_email_again(asked: SubmittedForm) -> Response:
    """Send another code to it."""
    try:
        await portal().write(credentials.ask_again, await asked.viewer(), asked.browser, asked.ip)
    except NotAllowed:
        return _to_sign_in(asked)
    except DomainError as error:
        return to(asked.page("/settings/email/code", **problem(error)))
    return to(asked.page("/settings/email/code"))


async def finish_change_email(asked: SubmittedForm) -> Response:
    """Take the code that proves the new address; this browser alone stays signed in."""
    viewer = await asked.viewer()
    try:
        token, refusal = await portal().write(
            credentials.finish, viewer, asked.browser, asked.ip, asked.text("code")
        )
    except NotAllowed:
        return _to_sign_in(asked)
    if refusal:
        return to(asked.page("/settings/email/code", **problem(refusal)))
    return _goes_on(asked.page("/settings", notice="address_changed"), viewer, token)


async def export(asked: SubmittedForm) -> Response:
    """Give the account's owner all that is kept of them, as a ZIP: the password is asked for each time."""
    p, viewer = portal(), await asked.viewer()
    try:
        await p.run(partial(exports.authorise, p.store, viewer, asked.text("current_password"), asked.ip))
    except NotAllowed:
        return _to_sign_in(asked)
    except DomainError as error:
        return to(asked.page("/settings/data", **problem(error)))
    file = await p.files.run(_nameless)
    try:
        await p.files.run(lambda: archive.write(p.store, p.files, viewer, asked.language, file))
        size = file.tell()
    except BaseException:
        file.close()
        raise
    headers = {
        "Content-Disposition": 'attachment; filename="support-data.zip"',
        "Content-Length": str(size),
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(_pieces(file), headers=headers, media_type="application/zip")


async def delete_account(asked: SubmittedForm) -> Response:
    """Plan the deletion of the account."""
    p = portal()
    ask = partial(erasure.ask, p.store, await asked.viewer(), asked.text("current_password"), asked.ip)
    try:
        await p.run(ask)
    except NotAllowed:
        return _to_sign_in(asked)
    except DomainError as error:
        return to(asked.page("/settings/delete", **problem(error)))
    return to(asked.page("/settings", notice="deletion_asked"))


async def keep_account(asked: SubmittedForm) -> Response:
    """Take the wish back."""
    try:
        await portal().write(erasure.cancel, await asked.viewer())
    except NotAllowed:
        return _to_sign_in(asked)
    return to(asked.page("/settings", notice="deletion_cancelled"))


def _nameless() -> IO[bytes]:
    """Open a file without a name on the disk: whatever becomes of the answer, nothing of it stays."""
    folder = portal().settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=folder)


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    desk = portal().files
    with file:
        await desk.run(lambda: file.seek(0))
        while piece := await desk.run(lambda: file.read(CHUNK_BYTES)):
            yield piece


def _goes_on(address: str, viewer: Viewer, token: str) -> Response:
    """Lead on with the cookie of the session that took the place of the one before."""
    response = to(address)
    if token:
        cookies.keep_session(response, portal().settings, token, of_team=viewer.of_team)
    return response


def _to_sign_in(asked: SubmittedForm) -> Response:
    return to(asked.page("/sign-in", next=asked.page("/settings")))


routes = [
    form_route("/auth/sign-out-everywhere", sign_out_everywhere),
    form_route("/auth/change-password", change_password),
    form_route("/auth/export", export),
    form_route("/auth/delete-account", delete_account),
    form_route("/auth/keep-account", keep_account),
    form_route("/auth/change-email", change_email),
    form_route("/auth/change-email/code", finish_change_email),
    form_route("/auth/change-email/new-code", change_email_again),
]
