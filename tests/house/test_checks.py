"""What `make check` and `make test` run: one table, of which a failure counts where it should."""

import re
import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECK = runpy.run_path(str(ROOT / ".ci/check.py"))
CHECKS, Check = CHECK["CHECKS"], CHECK["Check"]
PASSES, FAILS = [sys.executable, "-c", ""], [sys.executable, "-c", "raise SystemExit(1)"]


@pytest.mark.parametrize("aside", [False, True])
def test_each_check_that_fails_is_named_and_hides_no_other(aside: bool, capfd):
    chosen = {
        "first": Check(FAILS, aside=aside),
        "second": Check(PASSES, aside=aside),
        "third": Check(FAILS, aside=aside),
    }
    assert CHECK["_run_all"](chosen) == ["first", "third"]
    assert re.findall(r"── (\w+): (\w+),", capfd.readouterr().out) == [
        ("first", "FAILED"),
        ("second", "ok"),
        ("third", "FAILED"),
    ]


def test_a_warning_is_shown(capfd):
    CHECK["_run_all"]({"texts": Check(FAILS, warns=True)})
    assert "── texts: WARNING" in capfd.readouterr().out


def test_untranslated_texts_are_a_warning_in_the_quick_run_and_an_error_in_the_whole_one():
    assert [name for name, check in CHECKS.items() if check.warns] == ["texts"]
    assert CHECKS["texts"].quick
    assert CHECK["COMPLETE"] in CHECKS["quick tests"].command
    assert CHECK["COMPLETE"] not in CHECKS["tests"].command
    file, _, name = CHECK["COMPLETE"].partition("::")
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


def test_only_what_takes_long_is_left_to_the_whole_run():
    assert {name for name, check in CHECKS.items() if not check.quick} == {"front end", "tests", "scenes"}
    assert {name for name, check in CHECKS.items() if not check.full} == {"texts", "quick tests"}


def test_an_unknown_check_is_refused(capsys):
    assert CHECK["main"](["--quick", "everything"]) == 2
    assert "There are: format, lint" in capsys.readouterr().out
