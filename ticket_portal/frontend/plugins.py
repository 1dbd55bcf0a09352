"""What the build adds to Reflex's, and leaves out of it.

Added: catalogues, prerendered shells, the stylesheet in the page, two client patches. Left out: what serves only
components that are sent as code. Each changes text that Reflex generates, so each checks its result after the build:
an upgrade of Reflex stops the build instead of quietly losing a language, a first paint or an address.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import reflex_base
from reflex.plugins import Plugin

from ticket_portal.frontend.site import SITE
from ticket_portal.i18n import articles, pages
from ticket_portal.i18n.catalogues import msg, read_texts
from ticket_portal.i18n.locales import DEFAULT, LOCALES, TRANSLATED, localized
from ticket_portal.i18n.recovery_words import LISTS, words

SAMPLE = "_"
"""Begins the sample value of a route's argument: `/tickets/_number`. No number or token begins with it."""

NOT_FOUND = "/_404"
"""Where the page of unknown addresses is prerendered, in each language."""


class BuildChanged(SystemExit):
    """Reflex generates something else than this portal was built on."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The front end build lost {what}. Did Reflex change? See ticket_portal/frontend/plugins.py."
        )


def replaced(text: str, old: str, new: str, what: str) -> str:
    """The text with the one occurrence of `old` replaced. Raises BuildChanged where there is not exactly one."""
    if text.count(old) != 1:
        raise BuildChanged(what)
    return text.replace(old, new)


def bundled(static: Path) -> list[str]:
    """The scripts that were built."""
    return [file.read_text(encoding="utf-8") for file in (static / "assets").glob("*.js")]


def json_text(value: object) -> str:
    """JSON as it stands in a module, letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Catalogues(Plugin):
    """Writes one catalogue module per page and language; a page's route imports its own."""

    def get_static_assets(self, **context: Any) -> list[tuple[Path, str | bytes]]:
        """The modules `utils/catalogues/<page>/<language>.js`, and the list of languages."""
        folder = Path("utils/catalogues")
        names = f"export const DEFAULT = {json_text(DEFAULT)};\nexport const TRANSLATED = {json_text(TRANSLATED)};\n"
        return [
            (folder / "locales.js", names),
            *(
                (folder / page / f"{locale}.js", catalogue_module(locale, texts, _of_articles(page, locale)))
                for page, texts in ((name, pages.texts_of(name)) for name in pages.names())
                for locale in LOCALES
            ),
        ]

    def post_build(self, **context: Any) -> None:
        """Each language's page says its own language and no other one's."""
        for locale in LOCALES:
            page = context["static_dir"] / localized(locale, "/")[1:] / "index.html"
            if not page.is_file() or f'<html lang="{locale}"' not in page.read_text(encoding="utf-8"):
                raise BuildChanged(f"the language of the page /{locale}")


def _of_articles(page: str, locale: str) -> dict[str, str]:
    """What a page says of the help articles, if it lists them."""
    return articles.card_texts(locale, SITE.values) if pages.shows(page, "help/articles") else {}


def catalogue_module(locale: str, texts: set[str], more: Mapping[str, str] | None = None) -> str:
    """The JavaScript module that registers a language's texts: those named, and `more`."""
    found = read_texts(locale, "pages")
    messages = {k: v for k, v in {**found.singles, **found.plurals}.items() if k in texts}
    named = _by_short_names(messages | dict(more or {}))
    return (
        'import { register } from "$/public/js/i18n.js";\n'
        f"register({json_text(locale)}, {{ plural: (n) => {found.plural_rule}, messages: {json_text(named)} }});\n"
    )


def _by_short_names(messages: Mapping[str, object]) -> dict[str, object]:
    named = {short_name(text): said for text, said in messages.items()}
    if len(named) < len(messages):
        raise SystemExit("Two texts have the same short name: word one of them differently.")
    return named


def short_name(text: str) -> str:
    """A text's name in the browser's catalogues: FNV-1a, 32 bits, over UTF-16, as assets/js/i18n.js has it."""
    units = memoryview(text.encode("utf-16-le")).cast("H")
    hashed = 0x811C9DC5
    for unit in units:
        hashed = (hashed ^ unit) * 0x01000193 & 0xFFFFFFFF
    digits, rest = "", hashed % 36**5
    while rest or not digits:
        rest, digit = divmod(rest, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


class RecoveryWords(Plugin):
    """Writes the words of recovery phrases for assets/js/shield.js, which loads them only when a text needs it."""

    def get_static_assets(self, **context: Any) -> list[tuple[Path, str | bytes]]:
        """The module `utils/recovery_words.js`."""
        lists = [" ".join(words(name)) for name in LISTS]
        return [(Path("utils/recovery_words.js"), f"export default {json_text(lists)};\n")]

    def post_build(self, **context: Any) -> None:
        """The words are in a file of their own, which no page loads by itself."""
        with_words = [
            file.name
            for file in (context["static_dir"] / "assets").glob("*.js")
            if "abandon ability" in file.read_text(encoding="utf-8")
        ]
        pages = context["static_dir"].rglob("*.html")
        if len(with_words) != 1 or any(with_words[0] in page.read_text(encoding="utf-8") for page in pages):
            raise BuildChanged("the recovery words in a file of their own")


class Shells(Plugin):
    """Prerenders one sample page per address with an argument, and the page of unknown addresses per language.

    The edge (routes/asgi/edge.py) answers `/es/tickets/12345` with the page made for `/es/tickets/_number`.
    """

    paths: tuple[str, ...] = ()

    def pre_compile(self, **context: Any) -> None:
        """Add the sample addresses to what React Router prerenders."""
        routes = [page.route for page in context["unevaluated_pages"] if "[" in page.route]
        samples = ["/" + re.sub(r"\[(\w+)\]", rf"{SAMPLE}\1", route).lstrip("/") for route in routes]
        self.paths = (*samples, *(localized(locale, NOT_FOUND) for locale in LOCALES))
        wanted = f'"prerender": ({{ getStaticPaths }}) => [...getStaticPaths(), ...{json_text(self.paths)}]'

        def prerender(config: str) -> str:
            return replaced(config, '"prerender": true', wanted, "prerendering")

        context["add_modify_task"]("react-router.config.js", prerender)

    def post_build(self, **context: Any) -> None:
        """Every sample page is there."""
        for path in self.paths:
            if not (context["static_dir"] / path[1:] / "index.html").is_file():
                raise BuildChanged(f"the prerendered page {path}")


class InlineStyles(Plugin):
    """Puts the stylesheet into the page: the first paint waits for one answer only."""

    # In the browser it is read back from the page, so that the scripts do not carry all of it a second time.
    _STYLE = (
        'jsx("style",{dangerouslySetInnerHTML:{__html:import.meta.env.SSR'
        '?reflexGlobalStyles:document.querySelector("style").textContent}}),'
    )
    _LINK = re.compile(r'jsx\("link",\{[^{}]*href:reflexGlobalStyles[^{}]*\},?\),?')

    def pre_compile(self, **context: Any) -> None:
        """Replace the stylesheet's links by the stylesheet, in the React tree (else hydration would differ)."""
        context["add_modify_task"]("app/_document.js", self.inlined)

    def inlined(self, document: str) -> str:
        """The document module with the stylesheet in it. Raises BuildChanged where it is another one."""
        *preloads, stylesheet = self._LINK.findall(document) or [""]
        if not stylesheet:
            raise BuildChanged("the stylesheet's link")
        for link in preloads:
            document = document.replace(link, "")
        document = replaced(
            document,
            "__reflex_global_styles.css?url",
            "__reflex_global_styles.css?inline",
            "the stylesheet's import",
        )
        return document.replace(stylesheet, self._STYLE)

    def post_build(self, **context: Any) -> None:
        """The page carries its styles and links none."""
        page = (context["static_dir"] / "index.html").read_text(encoding="utf-8")
        if "<style" not in page or 'rel="stylesheet"' in page:
            raise BuildChanged("the stylesheet in the page")
        if any("__reflex_base" in text for text in bundled(context["static_dir"])):
            raise BuildChanged("the stylesheet out of the scripts")


class ClientPatches(Plugin):
    """Four changes to Reflex's client, made on its pristine source at each build.

    - Its notice of a new version is fixed English; it speaks the reader's language here.
    - It bakes the back end's port into the build; here the built client talks to where the page came from.
    - It can run code that the server sends. The page's policy forbids that, and its mere possibility keeps every
      name in the file from being shortened.
    - It tells the server of updates that it could not show, in words that end up in the log. Anybody could send such
      words; they stay in the browser's console, and the server closes a socket that brings them.
    """

    SOURCE = Path(reflex_base.__file__).parent / ".templates/web/utils/state.js"
    NEW_VERSION = msg("A new version of this page is available.")
    RELOAD = msg("Reload")
    _PORT = re.compile(r"\.port ?= ?window\.location\.port")
    _EVAL = re.compile(r"\beval\(")
    _REPORT = re.compile(r"socket\.current\??\.emit\(CLIENT_ERROR_EVENT, ")
    _NO_CODE = 'const noCode = () => { throw new EvalError("The server sends no code."); };\n'

    def get_static_assets(self, **context: Any) -> list[tuple[Path, str | bytes]]:
        """The patched client."""
        return [(Path("utils/state.js"), self.patched(self.SOURCE.read_text(encoding="utf-8")))]

    def patched(self, client: str) -> str:
        """The client's source with these changes. Raises BuildChanged where it is not the one that is known."""
        for text, translated in (
            ('"A new version of this app is available."', f"say({json_text(self.NEW_VERSION)})"),
            ('textContent = "Reload"', f"textContent = say({json_text(self.RELOAD)})"),
            (
                "endpoint.hostname = frontend_hostname;",
                "endpoint.hostname = frontend_hostname; if (!import.meta.hot) endpoint.port = window.location.port;",
            ),
            (
                'endpoint.port = ""; // Assume websocket is on https port via load balancer.',
                'if (import.meta.hot) endpoint.port = "";',
            ),
        ):
            client = replaced(client, text, translated, f"the client's line {text}")
        client, reports = self._REPORT.subn("(() => {})(", client)
        if reports != 2:
            raise BuildChanged("the places where the client reports its errors")
        client, places = self._EVAL.subn("noCode(", client)
        if places != 5:
            raise BuildChanged("the places where code would run")
        return 'import { say } from "$/public/js/i18n.js";\n' + self._NO_CODE + client

    def post_build(self, **context: Any) -> None:
        """What people read and where the client connects is ours, in what was bundled too."""
        bundled = [
            file.read_text(encoding="utf-8") for file in (context["static_dir"] / "assets").glob("*.js")
        ]
        if any("A new version of this app" in text for text in bundled):
            raise BuildChanged("the translated notice of a new version")
        if not any(self._PORT.search(text) for text in bundled):
            raise BuildChanged("the address that the client connects to")
        if any(self._EVAL.search(text) for text in bundled):
            raise BuildChanged("the client that runs no code")


class Slim(Plugin):
    """Leaves out of the bundle what this portal has no use for: 28 KB of compressed JavaScript on every first visit.

    - Reflex keeps whole libraries in `window.__reflex` for components that the server sends as code. The portal's
      Content-Security-Policy forbids such code.
    - Elements are made by Emotion, for style properties in Python. The portal styles by class names alone, so that
      React's own function does.
    - State in cookies, themes, uploads by Reflex, properties merged in depth, transports but the websocket, routes
      that are found out on the way, data that routes load, profilers: the portal has none of them.
    - What every page loads is one file, and what every conversation loads another: compressed together they are
      smaller.
    """

    STAND_INS: ClassVar = {
        '"@emotion/react"': 'export { createElement as jsx, Fragment } from "react";',
        '"universal-cookie"': "export default class { get() {} set() {} remove() {} }",
        '"mergician"': "export const mergician = (...all) => Object.assign({}, ...all);",
        '"$/utils/helpers/upload"': "export const uploadFiles = () => {};",
        # Engine.IO's list of transports, by the name it has inside of that package.
        r"/^\.\/transports\/index\.js$/": (
            'import { WS } from "../node_modules/engine.io-client/build/esm/transports/websocket.js";\n'
            "export const transports = { websocket: WS };"
        ),
        r"/^.*\/polling-xhr(\.node)?\.js$/": "export class XHR {}",
        # Light or dark is the system's choice here (assets/portal.css); Reflex's provider would only repeat it.
        '"$/utils/react-theme"': "export const ThemeProvider = ({ children }) => children;",
        # Parts of React Router: routes that a server tells while people browse (here a page begins with those of its
        # language, see own_routes.py), and hooks for profilers.
        r"/^.*\/fog-of-war\.js$/": (
            "const nothing = () => undefined;\n"
            'export { addOthers as getPatchRoutesOnNavigationFunction } from "$/public/js/routes.js";\n'
            "export { nothing as getManifestPath, nothing as getPartialManifest, nothing as getPathsWithAncestors };\n"
            "export { nothing as handleClientVersionMismatch };\n"
            "export { nothing as isFogOfWarEnabled, nothing as useFogOFWarDiscovery };"
        ),
        # No page has data that React Router would load: what the prerendered page hands over is always this.
        r"/^.*\/ssr\/single-fetch\.js$/": (
            "const nothing = () => undefined;\n"
            "const value = { loaderData: {}, actionData: null, errors: null };\n"
            "export const decodeViaTurboStream = async () => ({ value, done: Promise.resolve() });\n"
            "export const SingleFetchRedirectSymbol = Symbol(), NO_BODY_STATUS_CODES = new Set();\n"
            "export { nothing as getTurboStreamSingleFetchDataStrategy, nothing as getSingleFetchDataStrategyImpl };\n"
            "export { nothing as StreamTransfer, nothing as singleFetchUrl, nothing as stripIndexParam };"
        ),
        r"/^.*\/instrumentation\.js$/": (
            "const nothing = () => undefined;\n"
            "export { nothing as consumeInstrumentationClientResultMetaReceiver };\n"
            "export { nothing as getRouteInstrumentationUpdates, nothing as instrumentClientSideRouter };\n"
            "export { nothing as instrumentHandler, nothing as instrumentationResultMetaContext };"
        ),
    }
    _NAMESPACE = re.compile(r'^import \* as (\w+) from "[^"]+";\n', re.MULTILINE)
    _EFFECT = re.compile(r"useEffect\(\(\) => \{\s*// Make contexts.*?\}, \[\]\);", re.DOTALL)
    _THEME = re.compile(r'jsx\("script",\{\},"\\n// Only run in browser environment(?:[^"\\]|\\.)*"\),')
    _STYLED = re.compile(r"[{,]css:")
    _ALIAS = "alias: ["
    _GROUPS = "groups: ["
    # Paths below assets/js and components; a house test looks whether each is there.
    SHARED_MODULES = "i18n|language|dates|clock|route_focus|routes|frame|forms|connection|keep"
    SHARED_COMPONENTS = "frame|routing|crash"
    TICKET_MODULES = (
        r"conversation\/(composer|copying|lines|reading|scrolling|typing)|details\/checklists|outbox|drafts|uploads|guard"
        "|resolution|answered_form|push_offer|days|focus"
    )
    _LIBRARIES = r"/node_modules\/(react|scheduler|@?socket\.io|engine\.io)|\/utils\/(state|context)"
    _TOGETHER: ClassVar = {
        "shared": (
            # What loads the later parts is every page's: the bundler would put it where it is used first.
            rf"{_LIBRARIES}|vite\/preload-helper|\/public\/js\/({SHARED_MODULES})\.js|\/components\/({SHARED_COMPONENTS})\.jsx/"
        ),
        "ticket": rf"/\/public\/js\/({TICKET_MODULES})\.js|\/utils\/rules\/(files|people)\.js/",
    }

    def get_static_assets(self, **context: Any) -> list[tuple[Path, str | bytes]]:
        """The modules that stand in for what is left out."""
        return [
            (Path(f"utils/stand_in_{n}.js"), f"{source}\n")
            for n, source in enumerate(self.STAND_INS.values())
        ]

    def pre_compile(self, **context: Any) -> None:
        """Change the root of the app and the bundler's configuration."""
        context["add_modify_task"]("app/root.jsx", self.without_namespaces)
        context["add_modify_task"]("app/_document.js", self.without_theme)
        context["add_modify_task"]("vite.config.js", self.with_stand_ins)

    def without_namespaces(self, root: str) -> str:
        """The root module without `window.__reflex`."""
        root, effects = self._EFFECT.subn("", root)
        if effects != 1:
            raise BuildChanged("the place of window.__reflex")
        return self._NAMESPACE.sub("", root)

    def without_theme(self, document: str) -> str:
        """The document module without the script that puts a theme's name on the page."""
        document, scripts = self._THEME.subn("", document)
        if scripts != 1:
            raise BuildChanged("the theme's script")
        return document

    def with_stand_ins(self, config: str) -> str:
        """The bundler's configuration with the stand-ins, and with what is loaded together in one file."""
        stand_ins = "".join(
            f"\n      {{ find: {name},"
            f' replacement: fileURLToPath(new URL("./utils/stand_in_{n}.js", import.meta.url)) }},'
            for n, name in enumerate(self.STAND_INS)
        )
        config = replaced(config, self._ALIAS, self._ALIAS + stand_ins, "the bundler's aliases")
        together = "".join(
            f'\n            {{ test: {modules}, name: "{name}" }},'
            for name, modules in self._TOGETHER.items()
        )
        return replaced(config, self._GROUPS, self._GROUPS + together, "the bundler's groups")

    def post_build(self, **context: Any) -> None:
        """No style property is left without Emotion, and no library is bundled whole."""
        web = context["static_dir"].parents[1]
        if '"cookies": {}' not in (web / "utils/context.jsx").read_text(encoding="utf-8"):
            raise SystemExit("A state is kept in a cookie (rx.Cookie): its library is left out of the build.")
        for folder in ("app", "app_components", "utils/components"):
            for module in (web / folder).rglob("*.jsx"):
                if self._STYLED.search(module.read_text(encoding="utf-8")):
                    raise SystemExit(
                        f"{module.name} has style properties: use class names and assets/portal.css."
                    )
        bundled = [
            file.read_text(encoding="utf-8") for file in (context["static_dir"] / "assets").glob("*.js")
        ]
        if any("__reflex=" in text or "__emotion" in text or "new WebTransport" in text for text in bundled):
            raise BuildChanged("what keeps the bundle small")
