"""What people call the browser that they use."""

import pytest

from tests.domain.accounts.test_sign_ins import FIREFOX, IPHONE
from ticket_portal.domain import browsers


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (FIREFOX, ("Firefox", "Linux")),
        (IPHONE, ("Safari", "iPhone")),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) … Chrome/126.0 Safari/537.36 Edg/126.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (Linux; Android 14) … SamsungBrowser/25.0 Chrome/121 Mobile Safari/537.36",
         ("Samsung Internet", "Android")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) … Chrome/126.0 Safari/537.36", ("Chrome", "macOS")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) … CriOS/126.0 Mobile/15E148 Safari/604.1", ("Chrome", "iPhone")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604", ("Safari", "iPhone")),
        ("Mozilla/5.0 (Windows NT 10.0) … Chrome/140 YaBrowser/25.8 Safari/537", ("Yandex", "Windows")),
        ("curl/8.5.0", ("", "")),
        ("<script>alert(1)</script>", ("", "")),
        ("", ("", "")),
    ],
)  # fmt: skip
def test_a_browser_is_named_by_its_own_words(agent, shown):
    assert browsers.named(agent) == shown


def test_people_read_what_is_known():
    assert browsers.called(FIREFOX) == "Firefox · Linux"
    assert browsers.called("Firefox/1") == "Firefox"
    assert browsers.called("<script>") == ""
