"""The form for a new ticket."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person


@pytest.mark.scenario("new")
def test_the_topic_changes_the_tips_and_reaches_the_team(ana: Person, linh: Person):
    ana.goes_to("/tickets/new")
    ana.page.get_by_label("Topic").select_option("card")
    ana.sees("Give only the last four digits of the card, never the full number.")
    ana.types("Subject", "Declined")
    ana.types("Describe the problem", "At the bakery.")
    ana.presses("Submit ticket")
    ana.sees_heading("Declined")
    linh.goes_to("/agent")
    linh.chooses("Declined")
    expect(linh.page.get_by_role("complementary")).to_contain_text("Card")


def test_a_form_sent_twice_is_one_ticket(ana: Person, linh: Person):
    linh.goes_to("/agent")
    ana.goes_to("/tickets/new")
    ana.types("Subject", "Only one ticket")
    ana.types("Describe the problem", "However often I click.")
    ana.button("Submit ticket").dblclick()
    ana.sees_ticket("Only one ticket")
    linh.sees_in_list("Only one ticket", "Received")
    ana.goes_to("/tickets")
    expect(ana.row("Only one ticket")).to_have_count(1)
