"""The open conversation: where it opens, what stands still, who types, what is copied."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.reader import named


@pytest.mark.scenario("five-hundred-messages")
def test_it_opens_at_the_end_and_at_the_first_unread(ana: Person, linh: Person, budi: Person, number: int):
    ana.opens(number)
    expect(ana.page.locator("[data-first-unread]")).to_have_count(0)
    expect(
        ana.message("Message 500 of 500.").or_(ana.page.get_by_test_id("message").last)
    ).to_be_in_viewport()
    ana.goes_to("/tickets")

    linh.opens(number)
    for n in range(1, 36):
        linh.replies(f"News {n}.")
    ana.opens(number)
    expect(ana.page.locator("[data-first-unread]")).to_be_in_viewport()
    expect(ana.message("News 1.").first).to_be_in_viewport()
    expect(ana.message("News 35.")).not_to_be_in_viewport()

    # What was read is not new the next time.
    ana.goes_to("/tickets")
    ana.opens(number)
    expect(ana.page.locator("[data-first-unread]")).to_have_count(0)
    expect(ana.message("News 35.")).to_be_in_viewport()


@pytest.mark.scenario("five-hundred-messages")
@pytest.mark.parametrize("phone", [False, True])
def test_earlier_messages_come_without_a_jump(visitor: Visitor, number: int, phone: bool):
    ana = visitor("ana", phone=phone).is_signed_in()
    ana.opens(number)
    messages = ana.page.get_by_test_id("message")
    for _ in range(3):
        count = messages.count()
        ana.button("Show earlier messages").scroll_into_view_if_needed()
        first = messages.first.element_handle()
        ana.page.wait_for_timeout(100)
        before = first.bounding_box()
        ana.presses("Show earlier messages")
        expect(messages).not_to_have_count(count)
        ana.page.wait_for_timeout(100)
        after = first.bounding_box()
        assert before is not None
        assert after is not None
        assert abs(after["y"] - before["y"]) < 3


@pytest.mark.scenario("five-hundred-messages")
def test_what_is_read_stands_still_while_more_comes(ana: Person, linh: Person, number: int):
    linh.opens(number)
    ana.opens(number)
    messages = ana.page.get_by_test_id("message")
    messages.nth(5).scroll_into_view_if_needed()
    ana.page.wait_for_timeout(100)
    before = messages.nth(5).bounding_box()
    for n in range(1, 6):
        linh.replies(f"News {n}.")
    pill = ana.page.get_by_role("button", name="5 new messages")
    expect(pill).to_be_visible()
    assert messages.nth(5).bounding_box() == before
    for n in range(1, 6):
        expect(ana.message(f"News {n}.")).to_have_count(1)
    pill.click()
    expect(ana.message("News 5.")).to_be_in_viewport()

    # After a reload, and after the connection was gone, everything is there once.
    ana.reloads()
    for n in range(1, 6):
        expect(ana.message(f"News {n}.")).to_have_count(1)


@pytest.mark.scenario("waiting")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_others_see_that_somebody_types(ana: Person, linh: Person, number: int):
    ana.opens(number)
    linh.opens(number)
    linh.page.get_by_role("radio", name=named("Internal note")).check(force=True)
    linh.field("Your reply").press_sequentially("Between us", delay=20)
    linh.field("Your reply").fill("")
    ana.field("Your reply").press_sequentially("It was Tron", delay=20)
    linh.sees("{name} is typing…", name="Ana")
    expect(ana.page.get_by_text(ana.word("{name} is typing…", name="Linh"))).to_have_count(0)
    expect(ana.page.get_by_text(ana.word("{name} is typing…", name="Ana"))).to_have_count(0)
    ana.presses("Send")
    linh.sees_message("It was Tron")
    expect(linh.page.get_by_text("Ana is typing…")).to_have_count(0)

    linh.page.get_by_role("radio", name=named("Public reply")).check(force=True)
    linh.field("Your reply").press_sequentially("Thank you", delay=20)
    ana.sees("{name} is typing…", name="Linh")
    expect(ana.page.get_by_text(ana.word("{name} is typing…", name="Linh"))).to_have_count(0, timeout=12_000)


@pytest.mark.server("pair")
@pytest.mark.scenario("waiting")
def test_typing_is_seen_across_processes(visitor: Visitor, number: int):
    ana = visitor("ana").is_signed_in()
    linh = visitor("linh", "en", at=1).is_signed_in()
    ana.opens(number)
    linh.opens(number)
    linh.field("Your reply").press_sequentially("Thank you", delay=20)
    ana.sees("{name} is typing…", name="Linh")


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["en", "uk"])
def test_a_chip_copies_itself(ana: Person, linh: Person, number: int):
    txid = "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060"
    linh.opens(number)
    linh.replies(f"We found {txid}, credited now.")
    ana.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ana.opens(number)
    chip = ana.page.get_by_role("button", name=txid)
    expect(chip).to_have_accessible_description(ana.word("Copy"))
    chip.focus()
    chip.press("Enter")
    ana.sees("Copied")
    assert ana.page.evaluate("navigator.clipboard.readText()") == txid
    expect(ana.page.get_by_text(ana.word("Copied"))).to_have_count(0)


@pytest.mark.scenario("five-hundred-messages")
def test_typing_does_not_stutter_with_all_five_hundred_messages(ana: Person, number: int):
    ana.opens(number)
    messages = ana.page.get_by_test_id("message")
    while ana.button("Show earlier messages").count():
        count = messages.count()
        ana.button("Show earlier messages").click()
        expect(messages).not_to_have_count(count)
    expect(messages).to_have_count(500)
    ana.page.evaluate(
        """() => { window.longest = 0; new PerformanceObserver((list) => list.getEntries().forEach((task) => {
            window.longest = Math.max(window.longest, task.duration) })).observe({ entryTypes: ["longtask"] }) }"""
    )
    ana.field("Your reply").press_sequentially("Everything arrived, thank you.", delay=30)
    expect(ana.field("Your reply")).to_have_value("Everything arrived, thank you.")
    print("longest task", ana.page.evaluate("window.longest"))


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_button_stands_beside_the_paper_clip_on_the_smallest_screen(
    visitor: Visitor, number: int, language: str
):
    ana = visitor("ana", language, phone=True).is_signed_in()
    ana.page.set_viewport_size({"width": 320, "height": 640})
    ana.opens(number)
    clip, send = ana.button("Attach files").bounding_box(), ana.button("Send").bounding_box()
    assert clip
    assert send
    assert clip["y"] < send["y"] + send["height"] / 2 < clip["y"] + clip["height"]
    assert send["x"] + send["width"] <= 320
