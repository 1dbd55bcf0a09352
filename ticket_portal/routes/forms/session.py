"""The forms of accounts that set cookies: signing up, in and out, a new password.

They take the forms that browsers themselves submit and lead back to a page; what went wrong stands in the address
as a stable code (`problem=…`), or with the code that was tried.
"""

from functools import partial

from starlette.responses import Response

from ticket_portal.addresses import (
    DESK,
    TICKETS,
)
from ticket_portal.domain import keys
from ticket_portal.domain.accounts import accounts, codes, sign_ins
from ticket_portal.domain.accounts.accounts import RESET, SIGN_UP, SignUp
from ticket_portal.domain.accounts.codes import CodeScope
from ticket_portal.domain.accounts.endings import Ending
from ticket_portal.domain.alerts import devices
from ticket_portal.domain.errors import DomainError
from ticket_portal.i18n.locales import own_address
from ticket_portal.routes.asgi import cookies
from ticket_portal.routes.forms import return_to
from ticket_portal.routes.forms.form_route import SubmittedForm, form_route, problem, to
from ticket_portal.wiring import portal


async def sign_in(asked: SubmittedForm) -> Response:
    """Sign in, and go where the person wanted to go."""
    p = portal()
    try:
        token = await p.run(
            partial(
                accounts.sign_in,
                p.store,
                asked.text("email"),
                asked.text("password"),
                asked.ip,
                asked.arrival(asked.credentials.session),
            )
        )
    except DomainError as error:
        return to(asked.page("/sign-in", **problem(error), next=asked.text("next")))
    return await _signed_in(asked, token)


async def _signed_in(asked: SubmittedForm, token: str) -> Response:
    p = portal()
    viewer = await p.viewer(keys.token_hash(token))
    asked.arrived()
    await p.write(devices.adopt, viewer, asked.browser)
    s = p.settings
    wanted = asked.text("next") or return_to.back(s, asked.cookies)
    response = to(own_address(wanted) or asked.page(DESK if viewer.of_team else TICKETS))
    return_to.forget(response, s, asked.cookies)
    cookies.keep_session(response, s, token, of_team=viewer.of_team)
    return response


async def sign_out(asked: SubmittedForm) -> Response:
    """End the sessions here, the guest's too, and in this browser's other tabs."""
    p = portal()
    await p.write(
        sign_ins.end_here, asked.credentials.session, asked.credentials.guest, asked.ip, Ending.SIGNED_OUT
    )
    response = to(asked.page("/", notice="signed_out"))
    cookies.drop(response, p.settings, cookies.SESSION)
    cookies.drop(response, p.settings, cookies.GUEST)
    return response


async def sign_up(asked: SubmittedForm) -> Response:
    """Take the form of a new account and send a code to its address."""
    p = portal()
    try:
        form = SignUp.parse(
            asked.text("name"),
            asked.text("email"),
            asked.text("password"),
            asked.language,
            asked.text("time_zone") or asked.credentials.zone or "UTC",
            company=p.settings.company,
        )
        await p.run(partial(accounts.ask_to_sign_up, p.store, form, asked.browser, asked.ip))
    except DomainError as error:
        return to(asked.page("/sign-up", **problem(error), next=asked.text("next")))
    return to(asked.page("/sign-up/code", next=asked.text("next")))


async def sign_up_again(asked: SubmittedForm) -> Response:
    """Send another code for the account that this browser is making."""
    p = portal()
    address = await p.read(codes.newest_address, SIGN_UP, asked.browser)
    scope = CodeScope(SIGN_UP, address, asked.browser, asked.ip)
    try:
        await p.write(accounts.ask_to_sign_up_again, scope)
    except DomainError as error:
        return to(asked.page("/sign-up/code", **problem(error), next=asked.text("next")))
    return to(asked.page("/sign-up/code", next=asked.text("next")))


async def finish_sign_up(asked: SubmittedForm) -> Response:
    """Take the code that proves the address; the account is made then."""
    p = portal()
    address = await p.read(codes.newest_address, SIGN_UP, asked.browser)
    scope = CodeScope(SIGN_UP, address, asked.browser, asked.ip)
    token, refusal = await p.write(
        accounts.finish_sign_up, scope, asked.text("code"), asked.arrival(asked.credentials.session)
    )
    if refusal:
        return to(asked.page("/sign-up/code", **problem(refusal), next=asked.text("next")))
    return await _signed_in(asked, token)


async def forgot_password(asked: SubmittedForm) -> Response:
    """Send a code for a new password; the answer is the same whether the address has an account."""
    try:
        await portal().write(
            accounts.ask_to_reset, asked.text("email"), asked.language, asked.browser, asked.ip
        )
    except DomainError as error:
        return to(asked.page("/forgot-password", **problem(error)))
    return to(asked.page("/reset-password"))


async def reset_password(asked: SubmittedForm) -> Response:
    """Take the code and the new password."""
    p = portal()
    address = await p.read(codes.newest_address, RESET, asked.browser)
    scope = CodeScope(RESET, address, asked.browser, asked.ip)
    try:
        refusal = await p.run(
            partial(accounts.reset_password, p.store, scope, asked.text("code"), asked.text("password"))
        )
    except DomainError as error:
        refusal = error
    if refusal:
        return to(asked.page("/reset-password", **problem(refusal)))
    # Also where another account was signed in at this browser: its cookie goes, so its session does.
    await p.write(sign_ins.end_here, asked.credentials.session, "", asked.ip, Ending.SIGNED_OUT)
    response = to(asked.page("/sign-in", notice="password_changed"))
    cookies.drop(response, p.settings, cookies.SESSION)
    return response


routes = [
    form_route("/auth/sign-in", sign_in),
    form_route("/auth/sign-out", sign_out),
    form_route("/auth/sign-up", sign_up),
    form_route("/auth/sign-up/code", finish_sign_up),
    form_route("/auth/sign-up/new-code", sign_up_again),
    form_route("/auth/forgot-password", forgot_password),
    form_route("/auth/reset-password", reset_password),
]
