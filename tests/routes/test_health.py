"""The health routes: who is alive, who is ready, and what neither says."""

from tests.routes.engineer import ELSEWHERE


def test_a_process_that_lives_says_so_to_everybody(engineer):
    alive = engineer.calls("GET", "/healthz", ip=ELSEWHERE)
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})


def test_a_portal_is_ready_when_its_database_has_this_codes_version(engineer, migrated):
    ready = engineer.calls("GET", "/readyz")

    assert ready.status_code == 200
    assert ready.json() == {
        "status": "ready",
        "database": {"status": "ok"},
        "redis": {"status": "unused"},
        "mail": {"carrier": "mailbox", "due": 0, "oldest_due_seconds": 0, "later": 0, "failed": 0},
        "push": {"key": True, "due": 0, "oldest_due_seconds": 0, "later": 0, "failed": 0},
    }


def test_a_portal_on_an_old_database_is_not_ready(engineer):
    ready = engineer.calls("GET", "/readyz")
    assert (ready.status_code, ready.json()["database"]) == (503, {"status": "not migrated"})


def test_a_redis_that_is_away_makes_it_unready_without_saying_where_it_is(engineer, store, monkeypatch):
    monkeypatch.setattr(engineer.portal.settings, "redis_url", "redis://secret@127.0.0.1:1/0")

    ready = engineer.calls("GET", "/readyz")

    assert (ready.status_code, ready.json()["redis"]) == (503, {"status": "unreachable"})
    assert "secret" not in ready.text


def test_a_database_that_is_away_makes_it_unready_and_leaves_it_alive(engineer, monkeypatch):
    def away(*_args: object) -> None:
        raise OSError("connection refused by db.internal")

    monkeypatch.setattr(engineer.portal.store, "read", away)

    ready = engineer.calls("GET", "/readyz")

    assert (ready.status_code, ready.json()["database"]) == (503, {"status": "unreachable"})
    assert "db.internal" not in ready.text
    assert engineer.calls("GET", "/healthz").status_code == 200
