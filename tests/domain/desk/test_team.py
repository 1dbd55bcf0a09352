"""What an operator does with the accounts of the team, and what ends with it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from tests.cast import ADMIN, ANA, BUDI, LINH, PASSWORD, mails, opens, sees
from ticket_portal.domain import sessions
from ticket_portal.domain.accounts import accounts, api_tokens, codes, endings
from ticket_portal.domain.desk import assignment, team
from ticket_portal.domain.desk.assignment import NotAnAgent
from ticket_portal.domain.desk.team import LastAdmin, NoSuchAccount, NoSuchAgent
from ticket_portal.domain.errors import BadAddress, WrongPassword
from ticket_portal.domain.people import NOBODY
from ticket_portal.domain.tickets import tickets
from ticket_portal.sets.roles import Role
from ticket_portal.store.tables import Device, Event, Ticket

TAKES_AWAY = {
    "deactivate": lambda work: team.deactivate(work, LINH.address),
    "demote": lambda work: team.set_role(work, LINH.address, Role.CUSTOMER),
    "promote": lambda work: team.set_role(work, LINH.address, Role.ADMIN),
    "new password": lambda work: team.set_password(work, LINH.address, "another hash"),
    "sign out": lambda work: team.sign_out(work, LINH.address),
}


def _signed_in(work, address: str = LINH.address) -> str:
    return sessions.keys.token_hash(sessions.begin(work, accounts.find(work, address)))


@pytest.mark.parametrize("act", TAKES_AWAY)
def test_what_takes_rights_away_ends_what_was_opened_with_them(work, linh, act):
    session, token = _signed_in(work), api_tokens.new_token(work, LINH.address)
    work.session.add(_device(work, linh, ""))  # its session ran out long ago, and it was told all the same
    assert sessions.viewer(work, session).of_team

    TAKES_AWAY[act](work)

    assert sessions.viewer(work, session) == NOBODY
    assert f"session:{session}" in work.topics  # what closes sockets, in every process
    assert work.session.exec(select(Device).where(Device.account_id == linh.account_id)).all() == []
    keeps_tokens = act == "sign out"
    assert api_tokens.caller(work, token).viewer.of_team is keeps_tokens


def test_a_deactivated_account_is_as_if_it_were_not_there(store):
    try:
        store.write(team.deactivate, LINH.address)

        with pytest.raises(WrongPassword):
            accounts.sign_in(store, LINH.address, PASSWORD, "192.0.2.1")
        store.write(accounts.ask_to_reset, LINH.address, "en", "browser", "192.0.2.1")
        assert [mail.kind for mail in store.write(mails) if mail.address == LINH.address] == []
        with pytest.raises(api_tokens.NotFound):
            store.write(api_tokens.new_token, LINH.address)
    finally:
        store.write(team.reactivate, LINH.address)
    assert accounts.sign_in(store, LINH.address, PASSWORD, "192.0.2.1")


def test_a_code_that_is_on_its_way_sets_no_password_of_a_deactivated_account(work, linh):
    accounts.ask_to_reset(work, LINH.address, "en", "browser", "192.0.2.1")
    code = next(m.secret["code"] for m in mails(work) if m.kind == "code")
    team.deactivate(work, LINH.address)
    before = accounts.find(work, LINH.address).password_hash

    scope = codes.CodeScope(accounts.RESET, LINH.address, "browser", "192.0.2.1")
    assert accounts._reset_password(work, scope, code, "mine") is not None

    assert accounts.find(work, LINH.address).password_hash == before


def test_a_sign_in_that_was_checked_before_the_deactivation_comes_to_nothing(work, linh):
    attempt = accounts._begin_sign_in(work, LINH.address, "192.0.2.1", "")
    team.deactivate(work, LINH.address)
    with pytest.raises(WrongPassword):
        accounts._sign_in(work, attempt, attempt.hashed, accounts.NOWHERE)


def test_a_session_that_was_left_is_nobodys(work, linh):
    """Deactivated by hand, in the database: no row is ended, and none counts."""
    session = _signed_in(work)
    accounts.find(work, LINH.address).deactivated_at = work.now
    work.flush()
    assert sessions.viewer(work, session) == NOBODY


def test_a_password_that_is_reset_ends_the_tokens_of_the_api(work, linh):
    token = api_tokens.new_token(work, LINH.address)
    accounts.ask_to_reset(work, LINH.address, "en", "browser", "192.0.2.1")
    code = next(m.secret["code"] for m in mails(work) if m.kind == "code")
    scope = codes.CodeScope(accounts.RESET, LINH.address, "browser", "192.0.2.1")

    assert accounts._reset_password(work, scope, code, accounts.hasher.hash("something else")) is None

    assert api_tokens.caller(work, token).viewer == NOBODY


def test_open_tickets_go_back_to_the_queue_and_closed_ones_keep_the_name(work, ana, linh, admin, ticket):
    done = opens(work, ana)
    for number in (ticket.number, done.number):
        tickets.assign_to_me(work, linh, number)
    tickets.move(work, done, "closed")
    wrote = sees(work, admin, ticket.number)

    ended = team.deactivate(work, LINH.address)

    assert ended.tickets == 1
    assert (ticket.assignee_id, done.assignee_id) == (None, linh.account_id)
    assert work.session.exec(select(Event.kind).where(Event.ticket_id == ticket.id)).all()[-1] == "unassigned"
    assert (
        sees(work, admin, ticket.number)[: len(wrote)] == wrote
    )  # what the agent did and wrote is as it was
    assert f"ticket:{ticket.id}" in work.topics
    assert "unassigned" not in [m.event for m in sees(work, ana, ticket.number)]


def test_open_tickets_are_handed_to_a_colleague(work, ana, linh, admin, ticket):
    done = opens(work, ana)
    for number in (ticket.number, done.number):
        tickets.assign_to_me(work, linh, number)
    tickets.move(work, done, "closed")

    ended = team.deactivate(work, LINH.address, hand_to=ADMIN.address.upper())

    assert ended.tickets == 1
    assert (ticket.assignee_id, done.assignee_id) == (admin.account_id, linh.account_id)
    assert (
        work.session.exec(select(Event.kind).where(Event.ticket_id == ticket.id)).all()[-1] == "assigned_to"
    )


@pytest.mark.parametrize("address", [LINH.address, ANA.address, "none@example.com", "nonsense"])
def test_open_tickets_are_handed_to_nobody_who_cannot_work_on_them(store, address):
    """And the account stays as it is: everything or nothing."""
    with pytest.raises((NotAnAgent, BadAddress)):
        store.write(team.deactivate, LINH.address, hand_to=address)
    assert store.read(accounts.find_active, LINH.address)


def test_a_ticket_of_another_agent_stays_with_them(work, admin, ticket):
    tickets.assign_to_me(work, admin, ticket.number)
    team.deactivate(work, LINH.address)
    assert ticket.assignee_id == admin.account_id


@pytest.mark.parametrize(
    "act",
    [
        lambda work, **how: team.deactivate(work, ADMIN.address, **how),
        lambda work, **how: team.set_role(work, ADMIN.address, Role.AGENT, **how),
        lambda work, **how: team.set_role(work, ADMIN.address, Role.CUSTOMER, **how),
    ],
)
def test_the_last_admin_stays_unless_forced(work, act):
    with pytest.raises(LastAdmin):
        act(work)
    assert accounts.find(work, ADMIN.address).role == "admin"
    act(work, force=True)


def test_a_deactivated_admin_is_none_that_is_left(work):
    team.set_role(work, LINH.address, Role.ADMIN)
    team.deactivate(work, LINH.address)
    with pytest.raises(LastAdmin):
        team.deactivate(work, ADMIN.address)


def test_two_admins_who_take_each_others_rights_at_once_leave_one(store):
    store.write(team.set_role, LINH.address, Role.ADMIN)
    try:
        with ThreadPoolExecutor(2) as together:
            asked = [
                together.submit(store.write, team.set_role, one, Role.AGENT)
                for one in (ADMIN.address, LINH.address)
            ]
        refused = [type(done.exception()) for done in asked if done.exception()]
        assert refused == [LastAdmin]
    finally:
        store.write(team.set_role, ADMIN.address, Role.ADMIN, force=True)
        store.write(team.set_role, LINH.address, Role.AGENT, force=True)


def test_who_is_no_agent_is_not_managed_as_one(work):
    for act in (team.deactivate, team.sign_out, team.find_agent):
        for address in (ANA.address, "unknown@example.com"):
            with pytest.raises(NoSuchAgent):
                act(work, address)
    with pytest.raises(NoSuchAccount):
        team.set_role(work, "unknown@example.com", Role.AGENT)


def test_a_new_password_forgives_wrong_tries_and_is_mailed(store):
    try:
        for _ in range(store.settings.limit_sign_ins_per_hour):
            with pytest.raises(WrongPassword):
                accounts.sign_in(store, LINH.address, "wrong", "192.0.2.1")
        store.write(team.set_password, LINH.address, accounts.hasher.hash("a new long password"))
        assert accounts.sign_in(store, LINH.address, "a new long password", "192.0.2.1")
        assert [m.kind for m in store.write(mails) if m.address == LINH.address] == ["security"]
    finally:
        store.write(team.set_password, LINH.address, accounts.hasher.hash(PASSWORD))


def test_the_list_says_who_is_there(work, clock):
    _signed_in(work)
    api_tokens.new_token(work, LINH.address, expires="1d")
    found = {member.address: member for member in team.members(work)}

    assert set(found) == {LINH.address, ADMIN.address}
    linh = found[LINH.address]
    assert (linh.role, linh.active, linh.sessions, linh.tokens) == ("agent", True, 1, 1)
    assert linh.seen_at == clock.now
    clock.advance(hours=30)
    linh = next(m for m in team.members(work) if m.address == LINH.address)
    assert (linh.sessions, linh.tokens) == (0, 0)
    team.deactivate(work, LINH.address)
    team.set_role(work, LINH.address, Role.CUSTOMER)
    assert not next(m for m in team.members(work) if m.address == LINH.address).active


def test_an_address_is_made_an_agents_once(store):
    address = "mai@example.com"
    with ThreadPoolExecutor(4) as together:
        made = [
            together.submit(store.write, team.create, address, "Mai", "hash", Role.AGENT) for _ in range(4)
        ]
    assert [type(m.exception()).__name__ for m in made].count("AddressTaken") == 3


def test_a_ticket_is_given_to_active_agents_alone(work, linh, admin, ticket):
    assignment.assign(work, linh, ticket.number, ADMIN.address.upper())
    assert ticket.assignee_id == admin.account_id
    team.set_role(work, LINH.address, Role.ADMIN)
    team.deactivate(work, ADMIN.address)
    for address in (ADMIN.address, ANA.address, BUDI.address, "unknown@example.com"):
        with pytest.raises(assignment.NotAnAgent):
            assignment.assign(work, linh, ticket.number, address)


def test_the_team_reads_to_whom_a_ticket_was_given(work, ana, linh, admin, ticket):
    assignment.assign(work, linh, ticket.number, ADMIN.address)
    assignment.assign(work, linh, ticket.number, ADMIN.address)  # it is already
    assignment.assign(work, linh, ticket.number, None)

    shown = [(m.event, m.author, m.whom) for m in sees(work, admin, ticket.number) if m.kind == "event"]
    assert shown[-2:] == [("assigned_to", "Linh", "Admin"), ("unassigned", "Linh", "")]
    assert not [m for m in sees(work, ana, ticket.number) if m.event in ("assigned_to", "unassigned")]


def test_who_may_not_work_on_a_ticket_assigns_none(work, ana, budi, minh, ticket):
    with pytest.raises(tickets.NotFound):
        assignment.assign(work, budi, ticket.number, None)
    with pytest.raises(assignment.tickets.NotFound):
        assignment.assign(work, minh, ticket.number, LINH.address)
    with pytest.raises(Exception, match="not_allowed"):
        assignment.assign(work, ana, ticket.number, LINH.address)
    assert work.session.get(Ticket, ticket.id).assignee_id is None


def test_every_reason_of_an_operator_is_in_the_table_of_what_ends_what():
    for why in (endings.Ending.DEACTIVATED, endings.Ending.ROLE_CHANGED, endings.Ending.PASSWORD_RESET):
        assert {endings.Right.API_TOKENS, endings.Right.OTHER_SESSIONS} <= endings.ENDS[why]


def _device(work, viewer, session: str) -> Device:
    return Device(
        endpoint="https://push.example.com/1",
        p256dh="k",
        auth="a",
        account_id=viewer.account_id,
        address=viewer.address,
        session=session,
        created_at=work.now,
        seen_at=work.now,
    )
