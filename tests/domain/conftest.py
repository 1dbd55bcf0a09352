"""What several rules' tests begin with."""

import pytest

from tests.cast import WRONG_CODE, mails
from ticket_portal.domain import keys


@pytest.fixture
def confirmations_are_out(request: pytest.FixtureRequest) -> None:
    """What a test opens is confirmed at once; the test is about what comes after."""
    for name in ("ticket", "guest_ticket"):
        if name in request.fixturenames:
            request.getfixturevalue(name)
            mails(request.getfixturevalue("work"))


@pytest.fixture(autouse=True)
def no_code_is_the_wrong_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes are random, all but the one that tests enter to be wrong."""
    new_code = keys.new_code
    monkeypatch.setattr(
        keys, "new_code", lambda: next(code for code in iter(new_code, "") if code != WRONG_CODE)
    )
