"""Files in the browser: chosen, dropped, pasted, on their way, refused, seen by the other side."""

from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from tests import samples
from tests.browser.conftest import Visitor
from tests.browser.guests import enters_the_code
from tests.browser.people import Person


def _file(name: str, content: bytes, kind: str = "") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def _chooses(person: Person, *files: FilePayload) -> None:
    with person.page.expect_file_chooser() as chooser:
        person.presses("Attach files")
    chooser.value.set_files(list(files))


def _chosen(person: Person, name: str, form: str = "form") -> Locator:
    return person.page.locator(form).get_by_test_id("attachment").filter(has_text=name)


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_screenshot_goes_with_a_reply(ana: Person, linh: Person, number: int):
    linh.opens(number)
    ana.opens(number)
    _chooses(ana, _file("screen shot.png", samples.picture(), "image/png"))
    expect(_chosen(ana, "screen shot.png")).to_have_attribute("data-state", "ready")
    ana.replies("Here is what I see.")

    message = linh.message("Here is what I see.")
    expect(message.get_by_test_id("attachment")).to_have_count(1)
    thumbnail = message.get_by_role("img", name="screen shot.png")
    expect(thumbnail).to_be_visible()
    thumbnail.click()
    large = linh.page.get_by_role("dialog")
    expect(large.get_by_role("img", name="screen shot.png")).to_be_visible()
    with linh.page.expect_download() as download:
        large.get_by_role("link", name=linh.word("Download")).click()
    assert download.value.suggested_filename == "screen shot.png"
    linh.page.keyboard.press("Escape")
    expect(large).to_be_hidden()


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["vi"])
def test_a_phone_sends_a_photo_alone(visitor: Visitor, linh: Person, number: int):
    ana = visitor("ana", phone=True).is_signed_in()
    ana.opens(number)
    _chooses(ana, _file("IMG_2041.HEIC", samples.picture("HEIF", (300, 420)), "image/heic"))
    expect(_chosen(ana, "IMG_2041.jpg")).to_have_attribute("data-state", "ready")
    target = _chosen(ana, "IMG_2041.jpg").get_by_role("button").bounding_box()
    assert target
    assert min(target["width"], target["height"]) >= 44
    ana.presses("Send")

    linh.opens(number)
    expect(linh.page.get_by_test_id("message").get_by_role("img", name="IMG_2041.jpg")).to_be_visible()
    linh.goes_to("/agent")
    ana.goes_to("/tickets")
    expect(ana.row(number).get_by_text(ana.word("Has attachments"))).to_be_attached()


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", ["en", "uk"])
def test_what_is_refused_leaves_the_message_and_the_other_files(ana: Person, linh: Person, number: int):
    ana.forgives("Failed to load resource")
    ana.opens(number)
    ana.writes("Three files.")
    _chooses(
        ana,
        _file("report.exe", b"MZ"),
        _file("invoice.pdf", b"MZ no pdf", "application/pdf"),
        _file("large.png", bytes(10_000_001), "image/png"),
        _file("empty.txt", b""),
        _file("note.txt", b"Hello", "text/plain"),
    )
    expect(_chosen(ana, "note.txt")).to_have_attribute("data-state", "ready")
    errors = ana.page.get_by_test_id("composer").get_by_test_id("form-error")
    expect(errors).to_have_count(4)
    codes = [error.get_attribute("data-code") for error in errors.all()]
    assert sorted(codes) == ["file_empty", "file_kind", "file_mismatch", "file_too_large"]
    expect(errors.filter(has_text="report.exe")).to_contain_text(
        ana.word(
            "{name} can't be sent. Use JPG, PNG, WEBP, GIF, HEIC, PDF, TXT, CSV or MP4.", name="report.exe"
        )
    )
    errors.filter(has_text="empty.txt").get_by_role("button").click()
    expect(errors).to_have_count(3)
    expect(ana.field("Your reply")).to_have_value("Three files.")

    ana.presses("Send")
    ana.sees_message("Three files.")
    expect(errors).to_have_count(0)
    linh.opens(number)
    with linh.page.expect_download() as download:
        linh.message("Three files.").get_by_test_id("attachment").click()
    assert download.value.suggested_filename == "note.txt"


@pytest.mark.scenario("new")
def test_five_files_are_enough(ana: Person, number: int):
    ana.opens(number)
    ana.sees("Up to {files} files, {most} MB each (videos {video} MB)", files=5, most=10, video=50)
    _chooses(ana, *(_file(f"{n}.txt", b"Hello") for n in range(6)))
    expect(ana.page.get_by_test_id("composer").get_by_test_id("attachment")).to_have_count(5)
    ana.sees_error("too_many_files")


@pytest.mark.scenario("new")
def test_files_are_dropped_and_pasted(ana: Person, number: int):
    ana.opens(number)
    give = """(form, [how, name]) => {
        const data = new DataTransfer();
        data.items.add(new File(["Hello"], name, { type: "text/plain" }));
        form.dispatchEvent(
            how === "paste"
                ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
                : new DragEvent(how, { dataTransfer: data, bubbles: true, cancelable: true }),
        );
    }"""
    composer = ana.page.get_by_test_id("composer")
    composer.evaluate(give, ["dragover", "a.txt"])
    ana.sees("Drop files here")
    composer.evaluate(give, ["drop", "dropped.txt"])
    expect(_chosen(ana, "dropped.txt")).to_have_attribute("data-state", "ready")
    composer.evaluate(give, ["paste", "pasted.txt"])
    expect(_chosen(ana, "pasted.txt")).to_have_attribute("data-state", "ready")
    composer.get_by_role("button", name=ana.word("Remove {name}", name="dropped.txt")).click()
    expect(composer.get_by_test_id("attachment")).to_have_count(1)


def _holds_uploads_up(person: Person) -> list:
    """Keep what is sent on its way, until the scene lets it arrive."""
    held: list = []
    person.page.route("**/files?*", lambda route: held.append(route))  # noqa: PLW0108
    return held


@pytest.mark.scenario("new")
def test_a_message_waits_for_its_files(ana: Person, linh: Person, number: int):
    linh.opens(number)
    ana.opens(number)
    held = _holds_uploads_up(ana)
    with ana.page.expect_request("**/files?*"):
        _chooses(ana, _file("slow.txt", b"Hello"), _file("never.txt", b"Hello"))
    ana.sends("It is on its way.")
    ana.sees_message("It is on its way.", state="sending")
    expect(ana.field("Your reply")).to_have_value("")
    linh.sees_no_message("It is on its way.")
    message = ana.message("It is on its way.")
    message.get_by_role("button", name=ana.word("Remove {name}", name="never.txt")).click()
    held[0].continue_()

    linh.sees_message("It is on its way.")
    expect(linh.message("It is on its way.").get_by_test_id("attachment")).to_have_count(1)
    ana.sees_message("It is on its way.")


@pytest.mark.scenario("new")
def test_files_survive_a_reload_and_another_language(ana: Person, linh: Person, number: int):
    ana.opens(number)
    _chooses(ana, _file("ready.txt", b"Hello"))
    expect(_chosen(ana, "ready.txt")).to_have_attribute("data-state", "ready")
    _holds_uploads_up(ana)
    with ana.page.expect_request("**/files?*"):
        _chooses(ana, _file("slow.txt", b"Hello, slowly"))
    expect(_chosen(ana, "slow.txt")).to_have_attribute("data-state", "sending")
    ana.page.unroute("**/files?*")

    ana.language = "fr"
    ana.goes_to(f"/tickets/{number}")
    for name in ("ready.txt", "slow.txt"):
        expect(_chosen(ana, name)).to_have_attribute("data-state", "ready")
    ana.replies("Les voilà.")
    linh.opens(number)
    expect(linh.message("Les voilà.").get_by_test_id("attachment")).to_have_count(2)


@pytest.mark.scenario("guest-ticket")
def test_a_guest_who_leaves_takes_no_file_of_the_account_along(ana: Person, situation: dict[str, Any]):
    ana.submits_a_ticket("Mine", "It began on Monday.")
    ana.composer_is_ready()
    number = ana.number
    _holds_uploads_up(ana)
    with ana.page.expect_request("**/files?*"):
        _chooses(ana, _file("slow.txt", b"Hello, slowly"))
    ana.page.unroute("**/files?*")

    ana.follows_link(situation["link"])
    ana.address = situation["email"]
    ana.presses("Send code")
    enters_the_code(ana)
    ana.composer_is_ready()
    _holds_uploads_up(ana)
    with ana.page.expect_request("**/files?*"):
        _chooses(ana, _file("guest.txt", b"Hello, as a guest"))
    ana.presses("Leave")
    ana.is_at("/")
    ana.page.unroute("**/files?*")
    ana.opens(number)
    expect(_chosen(ana, "slow.txt")).to_have_attribute("data-state", "ready")
    left = ana.page.evaluate("async () => (await indexedDB.databases()).map(({ name }) => name)")
    assert len(left) == 1, "the guest's own are gone"


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_guest_adds_a_picture_to_a_new_ticket(minh: Person, linh: Person):
    minh.goes_to("/tickets/new")
    _chooses(minh, _file("card.png", samples.picture(), "image/png"))
    expect(_chosen(minh, "card.png")).to_have_attribute("data-state", "ready")
    minh.reloads()
    expect(_chosen(minh, "card.png")).to_have_attribute("data-state", "ready")
    minh.types("Email", minh.address)
    minh.types("Subject", "My card was declined")
    minh.types("Describe the problem", "See the picture.")
    minh.presses("Submit ticket")
    minh.sees_heading("We received your ticket")

    linh.goes_to("/agent")
    linh.chooses("My card was declined")
    expect(linh.message("See the picture.").get_by_role("img", name="card.png")).to_be_visible()
    minh.presses("Submit another ticket")
    expect(minh.heading("Submit a ticket")).to_be_focused()
    expect(minh.button("Attach files")).to_be_enabled()
    expect(minh.page.get_by_test_id("attachment")).to_have_count(0)


@pytest.mark.scenario("new")
def test_a_note_with_a_file_stays_with_the_team(ana: Person, linh: Person, number: int):
    ana.opens(number)
    linh.opens(number)
    _chooses(linh, _file("plan.txt", b"Hello"))
    linh.notes("For us.")
    attachment = linh.message("For us.").get_by_test_id("attachment")
    expect(attachment).to_have_count(1)
    address = attachment.get_by_role("link").get_attribute("href")
    assert ana.context.request.get(ana.portal.url + address).status == 404
    assert linh.context.request.get(linh.portal.url + address).status == 200
    linh.page.get_by_role("radio", name=linh.word("Public reply")).check(force=True)
    linh.replies("For everybody.")
    ana.sees_message("For everybody.")
    ana.sees_no_message("For us.")
    assert "plan.txt" not in ana.page.content()


@pytest.mark.scenario("new")
def test_a_file_that_is_gone_from_a_new_ticket_says_so_and_the_ticket_goes_without_it(minh: Person):
    """As after two hours, in which strangers' files are kept."""
    minh.forgives("Failed to load resource")
    minh.goes_to("/tickets/new")
    with minh.page.expect_response("**/files?**") as sent:
        _chooses(minh, _file("card.png", samples.picture(), "image/png"))
    expect(_chosen(minh, "card.png")).to_have_attribute("data-state", "ready")
    deleted = "id => fetch(`/files/${id}`, { method: 'DELETE' }).then((answer) => answer.status)"
    assert minh.page.evaluate(deleted, sent.value.json()["id"]) == 204
    minh.types("Email", minh.address)
    minh.types("Subject", "My card was declined")
    minh.types("Describe the problem", "See the picture.")
    minh.presses("Submit ticket")

    minh.sees("A file in this message is no longer available. Attach it again. What you wrote is saved.")
    gone = minh.page.get_by_test_id("form-error").filter(has_text="card.png")
    expect(gone).to_have_attribute("data-code", "file_gone")
    minh.presses("Submit ticket")
    minh.sees_heading("We received your ticket")
