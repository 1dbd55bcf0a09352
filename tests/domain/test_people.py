"""Who is looking, and in which language."""

from ticket_portal.domain.people import Viewer, language


def test_the_portal_speaks_english_where_it_speaks_nothing_else():
    assert [language(c) for c in ("es", "uk", "ua", "", "tlh", "../etc")] == [
        "es",
        "uk",
        "en",
        "en",
        "en",
        "en",
    ]


def test_what_the_browser_keeps_is_kept_per_person():
    people = [
        Viewer(),
        Viewer(role="customer", account_id=1, address="a@example.com"),
        Viewer(role="customer", account_id=2, address="b@example.com"),
        Viewer(role="guest", address="a@example.com"),
    ]
    assert len({p.key for p in people}) == len(people)
    assert not any("example" in p.key for p in people)
