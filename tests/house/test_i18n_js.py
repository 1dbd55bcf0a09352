"""The language runtime of the browser (assets/js/i18n.js), run in Node over the real catalogue modules."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ticket_portal.frontend import environment
from ticket_portal.frontend.build import ROOT
from ticket_portal.frontend.plugins import Catalogues, short_name

# What the runtime takes from React, for one render in the browser (or, with SERVER, while prerendering).
REACT = """
export const useEffect = () => {};
export const useMemo = (make) => make();
export const useSyncExternalStore = (subscribe, here, there) => (globalThis.SERVER ? there() : here());
"""
ROUTER = """
export const useLocation = () => globalThis.place;
export const useParams = () => globalThis.params ?? {};
"""
_IMPORT = re.compile(r'from "(?:\$/[\w/]*/)?([\w-]+)(?:\.js)?"')
SCRIPT = """
import { useI18n, useClock, setClockOffset, setTimeZone, localeOf, register } from "./i18n.mjs";
import { useDays } from "./updates.mjs";
const at = (pathname, search = "") => { globalThis.place = { pathname, search }; return useI18n(); };
const soon = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();
setTimeZone("Asia/Ho_Chi_Minh");
console.log(JSON.stringify(await (async () => { %s })()));
"""


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runtime")
    modules = {path.name: str(text) for path, text in Catalogues().get_static_assets()}
    for name in ("i18n.js", "days.js", "updates.js"):
        modules[name] = (ROOT / "assets/js" / name).read_text(encoding="utf-8")
    modules |= {"react.js": REACT, "react-router.js": ROUTER}
    for name, text in modules.items():
        (folder / name).with_suffix(".mjs").write_text(
            _IMPORT.sub(r'from "./\1.mjs"', text), encoding="utf-8"
        )
    return folder


def run(runtime: Path, code: str) -> Any:
    (runtime / "main.mjs").write_text(SCRIPT % code, encoding="utf-8")
    variables = environment.for_build()
    node = shutil.which("node", path=variables["PATH"])
    assert node
    done = subprocess.run(
        [node, "main.mjs"], cwd=runtime, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_addresses_keep_the_readers_language(runtime: Path):
    assert run(
        runtime,
        """const es = at("/es/tickets/7/", "?page=2"), en = at("/tickets");
        return [es.href("/"), es.href("/tickets"), es.to("uk"), es.to("en"), en.href("/"), en.to("fr"),
                at("/").to("vi"), localeOf("/id"), localeOf("/idea"), localeOf("/")];""",
    ) == [
        "/es",
        "/es/tickets",
        "/uk/tickets/7?page=2",
        "/tickets/7?page=2",
        "/",
        "/fr/tickets",
        "/vi",
        "id",
        "en",
        "en",
    ]


def test_a_prerendered_shell_names_no_sample_address_and_no_time(runtime: Path):
    assert run(
        runtime,
        """globalThis.SERVER = true; globalThis.params = { number: "_number" };
        const i18n = at("/es/tickets/_number");
        return [i18n.to("uk"), i18n.rel(soon(-60), useClock()), i18n.dateTime(soon(0), useClock())];""",
    ) == ["/uk", "", ""]


def test_texts_are_filled_and_counted(runtime: Path):
    assert run(
        runtime,
        """register("uk", {
          plural: (n) => n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2,
          messages: { "GREETING": "Вітаємо, {name}", "FILES": ["{n} файл", "{n} файли", "{n} файлів"] },
        });
        const uk = at("/uk"), en = at("/");
        return [uk.t("Hello {name}", { name: "<b>" }), uk.t("Not there {x}", {}), uk.tn("1 file", "{n} files", 22),
                uk.tn("1 file", "{n} files", 11), uk.tn("1 day", "{n} days", 2), en.tn("1 file", "{n} files", 1),
                en.tn("1 file", "{n} files", 1200)];""".replace(
            "GREETING", short_name("Hello {name}")
        ).replace("FILES", short_name("1 file")),
    ) == ["Вітаємо, <b>", "Not there {x}", "22 файли", "11 файлів", "2 days", "1 file", "1,200 files"]


def test_times_are_the_readers(runtime: Path):
    assert run(
        runtime,
        """const en = at("/"), uk = at("/uk"), clock = useClock();
        return [en.rel(soon(-20), clock), en.rel(soon(20), clock), en.rel(soon(-301), clock),
                uk.rel(soon(-7205), clock), en.rel("2020-05-01T20:00:00Z", clock), en.rel("nonsense", clock),
                en.rel("", clock),
                en.dateTime("2020-05-01T20:00:00+00:00", clock), en.utc("2020-05-01T20:00:00Z", clock),
                en.day(soon(0), clock), uk.day(soon(-86400), clock), en.day("2020-05-01T20:00:00Z", clock)]
               .map((text) => text.replaceAll("\\u202f", " "));""",
    ) == [
        "now",
        "now",
        "5 minutes ago",
        "2 години тому",
        "May 2, 2020",
        "",
        "",
        "May 2, 2020, 3:00 AM",
        "May 1, 2020, 8:00 PM UTC",
        "Today",
        "Учора",
        "Saturday, May 2, 2020",
    ]


def test_times_follow_a_clock_that_runs_ahead(runtime: Path):
    assert run(
        runtime,
        """const en = at("/"), before = useClock(), moment = soon(0);
        setClockOffset(7200); const after = useClock(); setClockOffset(7200);
        return [en.rel(moment, after), after > before, useClock() === after];""",
    ) == ["2 hours ago", True, True]


def test_an_unknown_time_zone_changes_nothing(runtime: Path):
    assert run(
        runtime, """setTimeZone("Mars/Base"); return at("/").day("2020-05-01T20:00:00Z", useClock());"""
    ) == ("Saturday, May 2, 2020")


def test_a_day_begins_where_it_does_in_the_readers_zone(runtime: Path):
    """23:00 and 1:00 in Ho Chi Minh City, which are one day in UTC, and 6:00 and 8:00, which are not."""
    moments = ["2026-11-22T16:00:00Z", "2026-11-22T18:00:00Z", "2026-11-22T23:00:00Z", "2026-11-23T01:00:00Z"]

    assert run(
        runtime,
        f"""const rows = {json.dumps([{"at": moment} for moment in moments])};
        const shown = useDays(rows, [{{ at: "nonsense" }}]);
        setTimeZone("UTC");
        return [shown, useDays(rows, [])].map((all) => all.map((row) => row.new_day));""",
    ) == [[True, True, False, False, True], [True, False, False, True]]
