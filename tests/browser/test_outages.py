"""What was typed or sent is never lost: whatever happens to server and wire."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.portal import Portal

RECOVERY_MS = 30_000


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["uk"])
def test_what_is_sent_offline_arrives_once(ana: Person, linh: Person, number: int):
    ana.forgives_a_lost_connection()
    linh.opens(number)
    ana.opens(number)
    ana.context.set_offline(True)
    pill = ana.page.get_by_test_id("connection-status")
    expect(pill).to_have_attribute("data-state", "offline")
    ana.sends("From the tunnel.")
    ana.sees_message("From the tunnel.", state="sending")
    ana.writes("And half a sentence")
    ana.context.set_offline(False)
    ana.is_live(RECOVERY_MS)
    ana.sees_message("From the tunnel.")
    linh.sees_message("From the tunnel.")
    ana.has_typed("And half a sentence")


@pytest.mark.server("mortal")
@pytest.mark.scenario("new")
def test_nothing_is_lost_when_the_server_is_killed(visitor: Visitor, portal: Portal, number: int):
    ana = visitor("ana").is_signed_in().forgives_a_lost_connection()
    linh = visitor("linh").is_signed_in().forgives_a_lost_connection()
    linh.opens(number)
    ana.opens(number)
    ana.replies("Before.")
    ana.writes("Half a sentence")

    [server] = portal.servers
    server.kill()
    ana.is_cut_off()
    linh.sends("Written while it was down.")
    linh.sees_message("Written while it was down.", state="sending")
    server.start()

    linh.is_live(RECOVERY_MS)
    linh.sees_message("Written while it was down.", timeout=RECOVERY_MS)
    ana.is_live(RECOVERY_MS)
    ana.sees_message("Written while it was down.", timeout=RECOVERY_MS)
    ana.has_typed("Half a sentence")
    ana.presses("Send")
    linh.sees_message("Half a sentence")
    linh.reloads()
    for text in ("Before.", "Written while it was down.", "Half a sentence"):
        linh.sees_message(text)


@pytest.mark.server("mortal")
@pytest.mark.scenario("new")
def test_a_wire_that_went_dead_without_a_word_is_noticed(visitor: Visitor, portal: Portal, number: int):
    ana = visitor("ana").is_signed_in().forgives_a_lost_connection()
    linh = visitor("linh").is_signed_in().forgives_a_lost_connection()
    ana.opens(number)
    assert portal.line is not None
    portal.line.goes_silent()
    ana.sends("Into the void.")
    ana.sees_message("Into the void.", state="sending")
    linh.opens(number)
    linh.replies("Written meanwhile.")
    ana.sees_message("Into the void.", timeout=RECOVERY_MS)
    ana.sees_message("Written meanwhile.", timeout=RECOVERY_MS)
    linh.sees_message("Into the void.")


@pytest.mark.scenario("new")
def test_dropped_sockets_come_back_by_themselves(ana: Person, linh: Person, portal: Portal, number: int):
    ana.forgives_a_lost_connection()
    linh.forgives_a_lost_connection()
    linh.opens(number)
    ana.opens(number)
    ana.writes("Half a sentence")
    portal.has(drop_sockets=True)
    linh.sends("After the drop.")
    ana.sees_message("After the drop.", timeout=RECOVERY_MS)
    ana.has_typed("Half a sentence")


@pytest.mark.server("pair")
@pytest.mark.scenario("new")
def test_when_a_process_is_killed_the_other_one_goes_on(visitor: Visitor, portal: Portal, number: int):
    ana = visitor("ana").is_signed_in().forgives_a_lost_connection()
    linh = visitor("linh", at=1).is_signed_in()
    linh.opens(number)
    ana.opens(number)
    ana.writes("Half a sentence")
    first, second = portal.servers
    assert portal.line is not None
    portal.line.leads_to(second)
    first.kill()
    linh.replies("Nobody noticed.")
    ana.sees_message("Nobody noticed.", timeout=RECOVERY_MS)
    ana.has_typed("Half a sentence")
    ana.presses("Send")
    linh.sees_message("Half a sentence")
    first.start()
    portal.line.leads_to(first)
