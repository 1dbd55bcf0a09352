"""What ends what: each row of the table, tried on a person who has everything that can end."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import select

from tests.cast import BROWSER, IP, opens
from ticket_portal.domain import keys, sessions
from ticket_portal.domain.accounts import accounts, api_tokens, credentials, endings, sign_ins
from ticket_portal.domain.accounts.endings import ENDS, Ending, Right
from ticket_portal.domain.guests import access
from ticket_portal.domain.people import NOBODY
from ticket_portal.store.tables import Account, ApiToken, Challenge, Device, GuestLink
from ticket_portal.store.unit_of_work import Work

OF_AN_ACCOUNT = frozenset(
    {
        Right.OTHER_SESSIONS,
        Right.GUESTS,
        Right.API_TOKENS,
        Right.DEVICES,
        Right.CODES,
        Right.GUEST_LINKS,
    }
)


@dataclass(frozen=True)
class Everything:
    """The hashes and rows of all that one person has."""

    account: Account
    here: str
    there: str
    guest_here: str
    guest_there: str
    successor: str

    def left(self, work: Work) -> set[Right]:
        """Return the rights that still hold, by asking for each as the portal does."""
        work.session.expire_all()
        holds = {
            Right.SESSION: sessions.viewer(work, self.here) != NOBODY,
            Right.OTHER_SESSIONS: sessions.viewer(work, self.there) != NOBODY,
            Right.GUEST_HERE: sessions.viewer(work, self.guest_here) != NOBODY,
            Right.GUESTS: sessions.viewer(work, self.guest_there) != NOBODY,
            Right.API_TOKENS: any(t.revoked_at is None for t in work.session.exec(select(ApiToken)).all()),
            Right.DEVICES: "old" in {d.session for d in work.session.exec(select(Device)).all()},
            Right.CODES: any(c.expires_at > work.now for c in work.session.exec(select(Challenge)).all()),
            Right.GUEST_LINKS: any(
                link.revoked_at is None for link in work.session.exec(select(GuestLink)).all()
            ),
        }
        return {right for right, held in holds.items() if held}


def has_everything(work: Work, viewer) -> Everything:
    """Give a person two browsers, two proofs as a guest, an API token, a device, a code and a link."""
    account = accounts.find(work, viewer.address)
    assert account is not None
    here, there, successor = (keys.token_hash(sessions.begin(work, account)) for _ in range(3))
    others = keys.token_hash(sessions.begin_guest(work, "robin@example.com"))
    own = keys.token_hash(sessions.begin_guest(work, account.address))
    work.session.add(
        ApiToken(
            token_hash=keys.token_hash(keys.new_token()),
            public_id=keys.new_reference(),
            account_id=account.id,
            created_at=work.now,
        )
    )
    for name, session in (("here", here), ("old", "old")):
        work.session.add(
            Device(
                endpoint=f"https://push.example.com/{account.id}/{name}", p256dh="", auth="", account_id=account.id,
                address=account.address, session=session, created_at=work.now, seen_at=work.now,
            )
        )  # fmt: skip
    for purpose in ("reset", f"change_email:{account.id}"):
        work.session.add(
            Challenge(
                purpose=purpose, address=account.address, browser_hash=BROWSER, code_hmac="",
                created_at=work.now, expires_at=work.now + timedelta(minutes=10),
            )
        )  # fmt: skip
    access.new_link(work, opens(work, viewer))
    return Everything(account, here, there, others, own, successor)


@pytest.mark.parametrize("why", Ending)
def test_each_reason_ends_what_its_row_says_and_nothing_else(work, ana, why):
    has = has_everything(work, ana)
    before = has.left(work)
    assert before == set(Right) - {Right.REPLACED}

    endings.end(
        work,
        why,
        account=has.account,
        session=has.here,
        guest=has.guest_here,
        ip=IP,
        successor=has.successor if Right.REPLACED in ENDS[why] else "",
    )

    gone = before - has.left(work)
    expected = set(ENDS[why])
    if Right.REPLACED in expected:
        expected = expected - {Right.REPLACED} | {Right.SESSION}
        assert sessions.viewer(work, has.successor).address == ana.address
        assert f"replaced:{has.here}" in work.topics
        moved = work.session.exec(select(Device.session).where(Device.endpoint.endswith("/here"))).all()
        assert list(moved) == [has.successor], "push notifications in this browser go on"
    assert gone == expected
    for right, token_hash in (
        (Right.SESSION, has.here),
        (Right.OTHER_SESSIONS, has.there),
        (Right.GUEST_HERE, has.guest_here),
        (Right.GUESTS, has.guest_there),
    ):
        assert (f"session:{token_hash}" in work.topics) is (right in expected), "its open pages hear of it"


@pytest.mark.parametrize("why", [why for why in Ending if Right.OTHER_SESSIONS in ENDS[why]])
def test_nobody_else_loses_anything(work, ana, budi, why):
    hers, his = has_everything(work, ana), has_everything(work, budi)
    before = {"here", "there", "guest_there"}
    endings.end(work, why, account=hers.account, session=hers.here, successor=hers.successor)
    kept = {name for name in before if sessions.viewer(work, getattr(his, name)) != NOBODY}
    assert kept == before


@pytest.mark.parametrize("why", [why for why in Ending if ENDS[why] & OF_AN_ACCOUNT])
def test_an_operator_ends_it_without_a_session(work, ana, why):
    has = has_everything(work, ana)
    endings.end(work, why, account=has.account)
    left = has.left(work)
    assert not left & ENDS[why] & OF_AN_ACCOUNT
    assert Right.SESSION not in left, "every session is another one"


def test_a_new_password_ends_it_all_by_the_door_that_people_use(store, linh):
    """Not only the table: changing the password goes by it."""
    token = store.write(api_tokens.new_token, linh.address)
    here = accounts.sign_in(store, linh.address, "portal-demo-1", IP)
    viewer = store.read(sessions.viewer, keys.token_hash(here))
    guest = keys.token_hash(store.write(sessions.begin_guest, linh.address))

    credentials.change_password(store, viewer, "portal-demo-1", "a quiet harbour at night", IP)

    assert store.read(sessions.viewer, guest) == NOBODY
    revoked = store.read(
        lambda work: work.session.get_one(ApiToken, keys.token_hash(token)).revoked_at is not None
    )
    assert revoked


def test_a_guest_who_proves_again_has_one_session(work, minh, guest_ticket):
    first = keys.token_hash(sessions.begin_guest(work, minh.address))
    arrival = sessions.Arrival(browser="b", successor="c", session=first)
    second = keys.token_hash(sign_ins.begin_guest(work, minh.address, arrival))
    work.session.expire_all()
    assert sessions.viewer(work, first) == NOBODY
    assert sessions.viewer(work, second).address == minh.address
