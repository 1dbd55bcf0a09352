"""What several rules' tests begin with."""

import pytest

from tests.cast import mails


@pytest.fixture
def confirmations_are_out(request: pytest.FixtureRequest) -> None:
    """What a test opens is confirmed at once; the test is about what comes after."""
    for name in ("ticket", "guest_ticket"):
        if name in request.fixturenames:
            request.getfixturevalue(name)
            mails(request.getfixturevalue("work"))
