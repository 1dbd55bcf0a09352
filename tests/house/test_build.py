"""What the build changes in Reflex's output, and when it builds again."""

import json
from pathlib import Path
from typing import Any

import pytest
import reflex_base

from ticket_portal.frontend import build
from ticket_portal.frontend.late_scripts import with_late_scripts
from ticket_portal.frontend.own_routes import of_language
from ticket_portal.frontend.plugins import BuildChanged, ClientPatches, InlineStyles, Slim, catalogue_module
from ticket_portal.i18n import pages
from ticket_portal.i18n.catalogues import read_texts


# --- the patches: each stops the build where Reflex generates something else than is known
def test_the_client_is_patched_as_reflex_ships_it():
    patched = ClientPatches().patched(ClientPatches.SOURCE.read_text(encoding="utf-8"))

    assert 'say("A new version of this page is available.")' in patched
    assert "A new version of this app" not in patched


def test_an_unknown_client_stops_the_build():
    with pytest.raises(BuildChanged):
        ClientPatches().patched("export const connect = () => {};")


DOCUMENT = (
    'import reflexGlobalStyles from "$/styles/__reflex_global_styles.css?url"\n'
    'jsx("link",{"as":"style",href:reflexGlobalStyles,rel:"preload"}),'
    'jsx("link",{href:reflexGlobalStyles,rel:"stylesheet"}),jsx(Links,{})'
)


def test_the_stylesheet_is_put_into_the_page():
    document = InlineStyles().inlined(DOCUMENT)

    assert "css?inline" in document
    assert 'jsx("link"' not in document
    assert document.endswith('document.querySelector("style").textContent}}),jsx(Links,{})')


def test_an_unknown_document_stops_the_build():
    with pytest.raises(BuildChanged):
        InlineStyles().inlined("export function Layout() {}")


def test_an_unknown_root_or_configuration_stops_the_build():
    with pytest.raises(BuildChanged):
        Slim().without_namespaces("export default function App() {}")
    with pytest.raises(BuildChanged):
        Slim().with_stand_ins("export default {}")


def test_reflex_still_generates_what_is_left_out():
    templates = Path(reflex_base.__file__).parent / "compiler/templates.py"
    source = templates.read_text(encoding="utf-8")

    assert "// Make contexts and state objects available globally" in source
    assert source.count("alias: [") == source.count("groups: [") == 1


def test_a_catalogue_module_carries_the_rule_and_the_letters():
    module = catalogue_module("uk", {"Get help"})

    assert module.startswith('import { register } from "$/public/js/i18n.js";\nregister("uk"')
    assert "n%10==1" in module
    assert "Отримати допомогу" in module


def test_the_page_of_unknown_addresses_has_its_own_words_alone():
    module, said = catalogue_module("uk", pages.texts_of("not_found")), read_texts("uk", "pages").singles

    assert said["Page not found"] in module
    assert said["We can't find this page"] in module
    assert said["Describe the problem"] not in module


PAGE = (
    '<link rel="modulepreload" href="/assets/manifest-1.js"/><link rel="modulepreload" href="/assets/entry-1.js"/>'
    '<p>Read me</p><script type="module" async="">import "/assets/manifest-1.js";\n'
    'import * as route0 from "/assets/root-1.js";\nimport * as route1 from "/assets/page-1.js";\n'
    'window.__reactRouterRouteModules = {"root":route0,"routes/_index":route1};\n\n'
    'import("/assets/entry-1.js");</script>'
)


def test_a_page_that_is_read_asks_for_its_scripts_after_it_is_painted():
    page = with_late_scripts(PAGE)

    assert "modulepreload" not in page
    assert "<p>Read me</p>" in page
    waiting, asking = page.split("requestAnimationFrame", 1)
    assert "/assets/" not in waiting
    assert asking.index("manifest-1.js") < asking.index('"routes/_index":await import("/assets/page-1.js")')
    assert asking.endswith('import("/assets/entry-1.js");</script>')


def test_an_unknown_page_or_list_of_routes_stops_the_build():
    with pytest.raises(BuildChanged):
        with_late_scripts("<p>Read me</p>")
    with pytest.raises(BuildChanged):
        of_language("export default {}", "uk", "manifest-1-uk.js")


def test_a_page_begins_with_the_routes_of_its_language():
    paths = {
        "root": "",
        "home": None,
        "tickets": "tickets",
        "uk": "uk",
        "uk-tickets": "uk/tickets",
        "404": "*",
    }
    routes = {key: {"id": key, "path": path} for key, path in paths.items()}
    whole = f"window.__reactRouterManifest={json.dumps({'routes': routes, 'url': '/assets/manifest-1.js'})};"

    def kept(locale: str) -> dict[str, Any]:
        text = of_language(whole, locale, f"manifest-1-{locale}.js")
        return json.loads(text.removeprefix("window.__reactRouterManifest=").removesuffix(";"))

    assert list(kept("uk")["routes"]) == ["root", "uk", "uk-tickets", "404"]
    assert list(kept("en")["routes"]) == ["root", "home", "tickets", "404"]
    assert kept("uk")["whole"] == "/assets/manifest-1.js"


# --- when the front end is built
@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/portal.css").write_text("a{}")
    (tmp_path / "ticket_portal/i18n/locales").mkdir(parents=True)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    return tmp_path


def test_a_changed_source_changes_the_fingerprint(sources: Path):
    before = build.fingerprint()
    (sources / "assets/portal.css").write_text("b{}")

    assert build.fingerprint() != before


def test_what_only_the_server_reads_does_not(sources: Path):
    before = build.fingerprint()
    (sources / "ticket_portal/i18n/locales/server.po").write_text("")
    (sources / "ticket_portal/routes/asgi").mkdir(parents=True)
    (sources / "ticket_portal/routes/asgi/edge.py").write_text("")

    assert build.fingerprint() == before
