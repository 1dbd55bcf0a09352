"""No word is cut off on the narrowest phones (320 px), where words are longest: in Ukrainian and Vietnamese."""

import pytest

from tests.browser.guests import proves, writes_in
from tests.browser.people import Person
from tests.browser.portal import Portal

NARROWEST = {"width": 320, "height": 640}
# What clips: a box that hides what doesn't fit into it, or one whose words reach out of it over what is beside it.
CLIPPED = """() => {
  const shown = (it) => it.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !it.closest(".sr");
  return [...document.querySelectorAll("button, .btn, .tool, .tabs a, .status, .badge, label, h1, h2")]
    .filter((it) => shown(it) && it.clientWidth > 1 && it.scrollWidth > it.clientWidth + 1)
    .map((it) => `${it.tagName.toLowerCase()}.${it.className}: ${it.textContent.trim().slice(0, 60)}`);
}"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LANGUAGES = pytest.mark.parametrize("language", ["uk", "vi"])


def fits(person: Person) -> None:
    """Look for what is clipped on a person's page as it stands."""
    person.page.set_viewport_size(NARROWEST)  # pyright: ignore[reportArgumentType]
    clipped = person.page.evaluate(CLIPPED)
    wider = person.page.evaluate(WIDER)
    assert not clipped, f"{person.page.url}\\n" + "\\n".join(clipped)
    assert wider <= 0, f"{person.page.url} is {wider} px wider than the screen"


@LANGUAGES
@pytest.mark.scenario("demo")
def test_pages_of_a_customer_fit(ana: Person):
    for path in ("/", "/tickets", "/tickets/new", "/get-help", "/updates", "/settings", "/check-message"):
        ana.goes_to(path)
        fits(ana)
    ana.goes_to("/tickets")
    ana.page.get_by_test_id("ticket-row").first.get_by_role("link").click()
    ana.page.get_by_test_id("message").first.wait_for()
    fits(ana)


@LANGUAGES
@pytest.mark.scenario("demo")
def test_pages_of_the_team_fit(linh: Person):
    linh.goes_to("/agent")
    fits(linh)
    linh.page.get_by_test_id("ticket-row").first.get_by_role("link").click()
    linh.page.get_by_test_id("message").first.wait_for()
    fits(linh)


@LANGUAGES
def test_pages_of_a_guest_fit(minh: Person, portal: Portal):
    for path in ("/sign-in", "/sign-up", "/forgot-password", "/find-ticket"):
        minh.goes_to(path)
        fits(minh)
    writes_in(minh, "Не приходить код")
    fits(minh)
    [mail] = portal.mails(minh.address)
    minh.follows_link(mail["link"])
    fits(minh)
    proves(minh, mail["link"])
    fits(minh)


def test_what_is_cut_off_is_found(minh: Person):
    minh.goes_to("/")
    minh.page.get_by_role("main").evaluate(
        """(main) => {
          const button = main.appendChild(document.createElement("button"));
          button.textContent = "Longer than its button";
          Object.assign(button.style, { width: "3rem", whiteSpace: "nowrap", overflow: "hidden" });
        }"""
    )
    with pytest.raises(AssertionError, match="Longer than its button"):
        fits(minh)
