"""Six languages: the contract's labels, word for word, and a switch that loses nothing."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.people import Person
from tests.browser.reader import named

# From docs/contract.md#labels, not from the catalogues: those must agree with it.
CONTRACT = """
Help | Ayuda | Aide | Bantuan | Допомога | Trợ giúp
My tickets | Mis tickets | Mes tickets | Tiket Saya | Мої звернення | Ticket của tôi
Menu | Menú | Menu | Menu | Меню | Menu
Get help | Obtener ayuda | Obtenir de l'aide | Dapatkan Bantuan | Отримати допомогу | Nhận trợ giúp
Check your tickets | Comprueba tus tickets | Consulter mes tickets | Periksa Tiket Anda | Перегляньте свої звернення \
    | Kiểm tra ticket
Ticket details | Detalles del ticket | Détails du ticket | Detail Tiket | Деталі звернення | Chi tiết ticket
Submit a ticket | Enviar un ticket | Soumettre un ticket | Kirim tiket | Надіслати звернення | Gửi ticket
Send | Enviar | Envoyer | Kirim | Надіслати | Gửi
"""
LABELS = {
    row[0]: row for line in CONTRACT.strip().splitlines() if (row := [w.strip() for w in line.split("|")])
}
LANGUAGES = ("en", "es", "fr", "id", "uk", "vi")


@pytest.mark.scenario("new")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_labels_are_those_of_the_contract(visitor: Visitor, language: str, number: int):
    says = {english: row[LANGUAGES.index(language)] for english, row in LABELS.items()}
    ana = visitor("ana").is_signed_in()
    ana.goes_to("/")
    ana.page.get_by_role("button", name=named(says["Help"])).click()
    expect(ana.page.get_by_role("link", name=named(says["Submit a ticket"])).first).to_be_visible()
    ana.page.get_by_role("link", name=named(says["My tickets"])).first.click()
    expect(ana.page.get_by_role("heading", name=named(says["My tickets"]), level=1)).to_be_visible()
    ana.chooses_ticket(number)
    expect(ana.page).to_have_title(re.compile(says["Ticket details"].replace("'", "['’]")))
    crumbs = ana.page.get_by_role("navigation").filter(has_text=says["Ticket details"])
    expect(crumbs.get_by_role("link", name=named(says["My tickets"]))).to_be_visible()
    expect(ana.page.get_by_role("button", name=named(says["Send"]))).to_be_enabled()
    expect(ana.page.locator("html")).to_have_attribute("lang", language)

    on_the_phone = visitor("ana", phone=True).is_signed_in()
    on_the_phone.goes_to("/")
    on_the_phone.page.get_by_role("button", name=named(says["Menu"])).tap()
    on_the_phone.page.get_by_role("button", name=named(says["Get help"])).tap()
    expect(on_the_phone.page.get_by_role("link", name=named(says["Submit a ticket"])).first).to_be_visible()
    on_the_phone.page.get_by_role("link", name=named(says["Check your tickets"])).first.tap()
    expect(on_the_phone.page.get_by_role("heading", name=named(says["My tickets"]), level=1)).to_be_visible()


@pytest.mark.scenario("new")
def test_another_language_keeps_the_page_and_the_text(ana: Person, number: int):
    ana.opens(number)
    ana.writes("Half a sentence")
    ana.page.get_by_role("contentinfo").get_by_role("link", name="Українська").click()
    ana.language = "uk"
    ana.is_at(f"/tickets/{number}")
    ana.composer_is_ready()
    ana.has_typed("Half a sentence")
    expect(ana.page.locator("html")).to_have_attribute("lang", "uk")
    ana.page.goto(ana.portal.url + "/")
    ana.is_at("/")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_another_language_keeps_what_is_looked_for_without_the_list_of_routes(ana: Person):
    ana.forgives("net::ERR_", "Failed to load resource")
    of_one = tuple(f"-{language}.js" for language in LANGUAGES)
    ana.page.route(
        lambda address: "/assets/manifest-" in address and not address.endswith(of_one),
        lambda route: route.abort(),
    )
    ana.goes_to("/tickets?q=card")
    with ana.page.expect_event("requestfailed"):
        ana.page.get_by_role("contentinfo").get_by_role("link", name="Українська").click()
    expect(ana.page).to_have_url(f"{ana.portal.url}/uk/tickets?q=card")
    ana.is_live()
    expect(ana.page.get_by_role("searchbox")).to_have_value("card")
    expect(ana.page.locator("html")).to_have_attribute("lang", "uk")


def test_another_language_keeps_a_new_ticket(minh: Person):
    minh.goes_to("/tickets/new")
    minh.types("Subject", "Half a subject")
    minh.types("Describe the problem", "Half a sentence")
    minh.page.get_by_role("contentinfo").get_by_role("link", name="Español").click()
    minh.language = "es"
    minh.is_at("/tickets/new")
    minh.sees_heading("Submit a ticket")
    minh.has_typed("Half a subject", "Subject")
    minh.has_typed("Half a sentence", "Describe the problem")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_address_says_so_in_its_language(minh: Person):
    minh.forgives("status of 404")
    answer = minh.goes_to("/no/such/page")
    assert answer.status == 404
    minh.sees_heading("We can't find this page")
    expect(minh.page.get_by_role("heading", level=1)).to_have_count(1)
    expect(minh.page.locator("html")).to_have_attribute("lang", minh.language)


def test_the_bare_address_speaks_the_readers_language(visitor: Visitor):
    oksana = visitor("minh", "uk")
    oksana.page.goto(oksana.portal.url + "/")
    oksana.is_at("/")
    expect(oksana.page.locator("html")).to_have_attribute("lang", "uk")
    oksana.page.goto(oksana.portal.url + "/ua/sign-in")
    oksana.is_at("/sign-in")


def test_no_word_of_the_first_sentence_is_torn(visitor: Visitor):
    """French writes "e-mail": with a hyphen at which no line ends."""
    minh = visitor("minh", "fr")
    minh.goes_to("/")
    sentence = minh.page.locator(".hero p").first
    expect(sentence).to_contain_text("e\u2011mail")
    for width in range(320, 480, 20):
        minh.page.set_viewport_size({"width": width, "height": 800})
        lines = sentence.evaluate(
            """(it) => {
              const text = it.firstChild;
              const range = document.createRange();
              const at = text.data.indexOf("mail") - 2;
              range.setStart(text, at);
              range.setEnd(text, at + 6);
              return new Set([...range.getClientRects()].map((box) => box.top)).size;
            }"""
        )
        assert lines == 1, width
