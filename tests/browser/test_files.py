"""Files in the browser: chosen, dropped, pasted, on their way, refused, seen by the other side."""

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from tests import samples
from tests.browser.conftest import Visitor
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
