"""Each module of JavaScript has its reason in the record of what stays."""

import re

from ticket_portal.frontend.build import ROOT

RECORD = ROOT / "docs/decisions/0008-what-stays-in-javascript.md"


def test_every_module_says_why_it_is_one():
    rows = re.findall(r"^\| (`.+?`) \| (.+?) \|", RECORD.read_text(encoding="utf-8"), re.MULTILINE)
    named = [name for names, _reason in rows for name in re.findall(r"`([^`]+)`", names)]
    modules = {
        f.relative_to(ROOT / "assets/js").with_suffix("").as_posix()
        for f in (ROOT / "assets/js").rglob("*.js")
    }

    assert sorted(named) == sorted({*modules, "frontend/sw.js", "offline.js"})
    assert all(len(reason) > 10 for _names, reason in rows)
