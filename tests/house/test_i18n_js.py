"""The language runtime of the browser, run in Node over the real catalogue modules."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests import javascript
from ticket_portal.frontend.build import ROOT
from ticket_portal.frontend.plugins import Catalogues, catalogue_module, short_name
from ticket_portal.i18n.catalogues import in_context

SCRIPT = """
import { useClock, setClockOffset, setTimeZone } from "$/public/js/clock.js";
import { useI18n, register } from "$/public/js/i18n.js";
import { localeOf } from "$/public/js/language.js";
import { useDays } from "$/public/js/updates.js";
const at = (pathname, search = "") => { globalThis.place = { pathname, search }; return useI18n(); };
const soon = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();
setTimeZone("Asia/Ho_Chi_Minh");
answer(await (async () => { %s })());
"""


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return javascript.lay_out(tmp_path_factory.mktemp("runtime"), [Catalogues()])


def run(runtime: Path, code: str) -> Any:
    return javascript.run(runtime, SCRIPT % code)


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
        "just now",
        "just now",
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


MONDAY_AT_10 = 'Date.now = () => Date.parse("2026-11-23T03:00:00Z");'  # 10:00 in Ho Chi Minh City


def test_days_are_those_of_the_readers_calendar(runtime: Path):
    """Elapsed hours cut into days said "yesterday" of Saturday noon, and "last week" of 13 days ago."""
    moments = {
        "2026-11-21T05:00:00Z": "2 days ago",  # Saturday noon, 46 hours before
        "2026-11-22T02:59:00Z": "yesterday",  # Sunday 9:59
        "2026-11-22T03:01:00Z": "23 hours ago",
        "2026-11-20T16:59:00Z": "3 days ago",  # Friday 23:59
        "2026-11-20T17:01:00Z": "2 days ago",  # Saturday 0:01
        "2026-11-10T03:00:00Z": "13 days ago",
        "2026-10-24T03:00:00Z": "30 days ago",
        "2026-10-23T03:00:00Z": "Oct 23, 2026",
    }
    assert run(
        runtime,
        f"""{MONDAY_AT_10}
        return {json.dumps(list(moments))}.map((moment) => at("/").rel(moment, useClock()));""",
    ) == list(moments.values())


def test_a_day_with_25_hours_is_not_called_now(runtime: Path):
    """24.5 hours lie between these two, and both are November 1 in New York, where the clocks went back."""
    assert (
        run(
            runtime,
            """setTimeZone("America/New_York"); Date.now = () => Date.parse("2026-11-02T04:45:00Z");
            return at("/").rel("2026-11-01T04:15:00Z", useClock());""",
        )
        == "yesterday"
    )


@pytest.mark.parametrize(
    ("locale", "just_now", "long_ago", "today", "day", "written"),
    [
        ("en", "just now", "on May 2, 2020", "Today", "Saturday, May 2, 2020", "May 2, 2020, 3:00 AM"),
        (
            "es",
            "hace un momento",
            "el 2 de mayo de 2020",
            "Hoy",
            "Sábado, 2 de mayo de 2020",
            "2 may 2020, 3:00",
        ),
        ("fr", "à l’instant", "le 2 mai 2020", "Aujourd’hui", "Samedi 2 mai 2020", "2 mai 2020, 03:00"),
        ("id", "baru saja", "pada 2 Mei 2020", "Hari ini", "Sabtu, 02 Mei 2020", "2 Mei 2020, 03.00"),
        ("uk", "щойно", "2 травня 2020 р.", "Сьогодні", "Субота, 2 травня 2020 р.", "2 трав. 2020 р., 03:00"),
        ("vi", "vừa xong", "ngày 02/05/2020", "Hôm nay", "Thứ Bảy, 02/05/2020", "03:00 02/05/2020"),
    ],
)
def test_times_are_said_as_people_say_them(
    runtime: Path, locale: str, just_now: str, long_ago: str, today: str, day: str, written: str
):
    """In sentences with a preposition, alone above a day's messages with a capital, in Vietnamese in digits."""
    path = "/" if locale == "en" else f"/{locale}"
    assert run(
        runtime,
        f"""await import("$/utils/catalogues/home/{locale}.js");
        const i18n = at("{path}"), clock = useClock(), then = "2020-05-01T20:00:00Z";
        return [i18n.rel(soon(-5), clock), i18n.relIn(soon(-5), clock), i18n.relIn(then, clock),
                i18n.day(soon(0), clock), i18n.day(then, clock), i18n.dateTime(then, clock)]
               .map((text) => text.replaceAll(/[\\u202f\\u00a0]/g, " "));""",
    ) == [just_now, just_now, long_ago, today, day, written]


def test_one_english_text_may_have_two_translations(runtime: Path):
    module = catalogue_module("uk", {"Closed", in_context("Closed", "tickets")})
    javascript.put(runtime, "both.js", module)
    assert run(
        runtime,
        """await import("./both.js");
        const id = "tickets\\u0004Closed", unknown = "tickets\\u0004Not there {x}";
        return [at("/uk").t("Closed"), at("/uk").t(id), at("/").t(id), at("/uk").t(unknown, { x: 1 })];""",
    ) == ["Закрито", "Закриті", "Closed", "Not there 1"]


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
        const shown = useDays({{ rows, more: [{{ at: "nonsense" }}] }});
        setTimeZone("UTC");
        return [shown, useDays({{ rows, more: [] }})].map((all) => all.map((row) => row.new_day));""",
    ) == [[True, True, False, False, True], [True, False, False, True]]


def test_each_word_that_a_component_asks_for_is_there(runtime: Path):
    source = (ROOT / "ticket_portal/components/words.py").read_text(encoding="utf-8")
    asked = {*re.findall(r'_call\(\s*"(\w+)"', source), *re.findall(r'"i18n\.(\w+)"', source)}

    assert len(asked) > 10
    assert asked == set(run(runtime, 'return Object.keys(at("/"));'))
