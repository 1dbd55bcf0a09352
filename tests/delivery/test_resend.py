"""Resend against a small HTTP server that checks the form of the requests and remembers idempotency keys."""

from collections.abc import Iterator

import pytest

from tests.delivery.conftest import Desk
from tests.delivery.provider import KEY, Provider, running
from ticket_portal.delivery import emails
from ticket_portal.delivery.mail import Refused, Unavailable
from ticket_portal.delivery.mail.resend import Resend
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.domain.alerts.outbox import take_due
from ticket_portal.settings import Settings
from ticket_portal.store.unit_of_work import Store


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running() as server:
        yield server


@pytest.fixture
def carrier(provider: Provider) -> Iterator[Resend]:
    settings = Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        mail="resend",
        resend_api_key=KEY,  # pyright: ignore[reportArgumentType]
        resend_api_url=provider.url,
    )
    found = Resend(settings)
    yield found
    found.close()


@pytest.fixture
def outbox(store: Store, carrier: Resend) -> Outbox:
    return Outbox(store, carrier, store.settings)


def test_a_request_is_as_resend_wants_it(provider: Provider, outbox: Outbox, desk: Desk):
    assert outbox.deliver_due() == 1

    assert provider.wrong == []
    [mail] = provider.requests
    assert mail["from"] == "Harbor Support <support@example.com>"
    assert mail["to"] == ["minh@example.com"]
    assert mail["subject"] == f"Chúng tôi đã nhận được ticket {desk.number} của bạn"
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("status", "name", "state"),
    [
        (400, "validation_error", "waiting"),
        (403, "validation_error", "waiting"),  # the sender's domain is not verified
        (413, "application_error", "waiting"),  # a proxy on the way
        (422, "invalid_from_address", "waiting"),
        (422, "missing_required_field", "waiting"),
        (409, "invalid_idempotent_request", "failed"),
        (409, "concurrent_idempotent_requests", "waiting"),
        (401, "missing_api_key", "waiting"),
        (403, "invalid_api_key", "waiting"),
        (404, "not_found", "waiting"),
        (429, "rate_limit_exceeded", "waiting"),
        (500, "application_error", "waiting"),
        (503, "service_unavailable", "waiting"),
    ],
)
def test_what_is_tried_again_and_what_is_not(
    provider: Provider, outbox: Outbox, desk: Desk, status: int, name: str, state: str
):
    provider.answer = status, name

    assert outbox.deliver_due() == 0
    assert desk.states() == [("confirmation", state)]


def test_a_recipient_that_is_none_is_refused_for_good(provider: Provider, outbox: Outbox, desk: Desk):
    provider.answer = 422, "validation_error"
    provider.message = "Invalid `to` field. The email address needs to follow the `email@example.com` format."

    assert outbox.deliver_due() == 0
    assert desk.states() == [("confirmation", "failed")]


def test_an_answer_that_was_lost_sends_nothing_twice(provider: Provider, outbox: Outbox, desk: Desk):
    provider.lose_the_answer = True
    assert outbox.deliver_due() == 0

    provider.lose_the_answer = False
    desk.later(minutes=1)

    assert outbox.deliver_due() == 1
    assert len(provider.requests) == 2
    assert len(provider.sent) == 1


def test_down_for_hours_and_up_again(provider: Provider, outbox: Outbox, desk: Desk):
    provider.answer = 503, "service_unavailable"
    desk.answers()
    for _ in range(30):
        desk.later(minutes=10)
        assert outbox.deliver_due() == 0

    provider.answer = None
    desk.later(minutes=11)
    assert outbox.deliver_due() == 2
    desk.later(minutes=11)
    assert outbox.deliver_due() == 0

    assert len(provider.sent) == 2
    assert {state for _, state in desk.states()} == {"sent"}


def test_its_id_and_our_reference_are_kept(provider: Provider, outbox: Outbox, desk: Desk):
    outbox.deliver_due()

    [alert] = desk.alerts()
    assert alert.carrier_id == provider.id_of(0)
    assert provider.requests[0]["tags"] == [{"name": "reference", "value": alert.reference}]
    assert alert.address not in str(provider.requests[0]["tags"])


def test_what_is_wrong_is_said_by_class(provider: Provider, carrier: Resend, outbox: Outbox, desk: Desk):
    taken = desk.store.write(take_due)[0]
    email = emails.write(desk.store.settings, taken)
    provider.answer = 409, "invalid_idempotent_request"
    with pytest.raises(Refused, match="409"):
        carrier.send(email)
    provider.answer = 429, "rate_limit_exceeded"
    with pytest.raises(Unavailable, match="429"):
        carrier.send(email)
