"""Settings: what is accepted, and the one clear line for what is not."""

import os
import secrets
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from ticket_portal import settings as module
from ticket_portal.settings import Settings, SettingsError, is_weak, load
from ticket_portal.store.private_files import keep_private


@pytest.fixture
def outside(monkeypatch, tmp_path):
    """Set what stands in the environment: `outside(PORTAL_PORT="80")` gives the settings read from it."""
    monkeypatch.chdir(tmp_path)

    def read(**variables: str) -> Settings:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        load.cache_clear()
        return load()

    yield read
    load.cache_clear()


def test_nothing_has_to_be_set_for_development(outside, tmp_path):
    settings = outside()
    assert settings.database == "sqlite:///data/portal.db"
    assert settings.public_url == "http://127.0.0.1:3000"
    assert (settings.mail, settings.test_mode, settings.secure) == ("mailbox", False, False)


def test_a_file_says_the_same_as_the_environment_which_has_the_last_word(outside, tmp_path):
    (tmp_path / ".env").write_text("PORTAL_PORT=4000\nPORTAL_COMPANY=Acme\nOTHER=1\n")
    settings = outside(PORTAL_PORT="5000")
    assert (settings.port, settings.company) == (5000, "Acme")


PRODUCTION = {
    "PORTAL_ENV": "production",
    "PORTAL_SECRET_KEY": "hush-7Qw2ZpX9vLrT4mBnJ8sYdHcF6gAeUoR3iVtNyWx",
    "PORTAL_BASE_URL": "https://support.example.com/",
    "PORTAL_MAIL": "smtp",
    "PORTAL_SMTP_URL": "smtp://mail.internal",
}


def test_production_as_it_should_be(outside):
    settings = outside(**PRODUCTION)
    assert settings.public_url == "https://support.example.com"
    assert settings.secure
    assert settings.origins == ["https://support.example.com"]


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"PORTAL_ENV": "prod"}, "PORTAL_ENV"),
        ({"PORTAL_PORT": "0"}, "PORTAL_PORT"),
        ({"PORTAL_PORT": "70000"}, "PORTAL_PORT"),
        ({"PORTAL_PORT": "http"}, "PORTAL_PORT"),
        ({"PORTAL_BASE_URL": "support.example.com"}, "PORTAL_BASE_URL"),
        ({"PORTAL_BASE_URL": "ftp://support.example.com"}, "PORTAL_BASE_URL"),
        ({"PORTAL_DATABASE_URL": "mysql://localhost/x"}, "PORTAL_DATABASE_URL"),
        ({"PORTAL_MAIL": "pigeon"}, "PORTAL_MAIL"),
        ({"PORTAL_MAIL": "smtp"}, "PORTAL_SMTP_URL"),
        ({"PORTAL_MAIL": "smtp", "PORTAL_SMTP_URL": "localhost:25"}, "PORTAL_SMTP_URL"),
        ({"PORTAL_MAIL": "resend"}, "PORTAL_RESEND_API_KEY"),
        ({"PORTAL_PROCESSES": "2"}, "PORTAL_PROCESSES"),
        ({"PORTAL_CODE_TRIES": "0"}, "PORTAL_CODE_TRIES"),
        ({"PORTAL_LIMIT_CODES_PER_HOUR": "-1"}, "PORTAL_LIMIT_CODES_PER_HOUR"),
        ({"PORTAL_TEST_MODE": "maybe"}, "PORTAL_TEST_MODE"),
        (PRODUCTION | {"PORTAL_SECRET_KEY": ""}, "PORTAL_SECRET_KEY"),
        (PRODUCTION | {"PORTAL_SECRET_KEY": "hush"}, "PORTAL_SECRET_KEY"),
        (PRODUCTION | {"PORTAL_BASE_URL": ""}, "PORTAL_BASE_URL"),
        (PRODUCTION | {"PORTAL_BASE_URL": "http://support.example.com"}, "PORTAL_BASE_URL"),
        (PRODUCTION | {"PORTAL_MAIL": "mailbox"}, "PORTAL_MAIL"),
        (PRODUCTION | {"PORTAL_RESEND_API_URL": "http://mail.example"}, "PORTAL_RESEND_API_URL"),
        (PRODUCTION | {"PORTAL_TEST_MODE": "1"}, "PORTAL_TEST_MODE"),
        ({"PORTAL_REMINDER_DAYS": "3,soon"}, "PORTAL_REMINDER_DAYS"),
        ({"PORTAL_REMINDER_DAYS": "0"}, "PORTAL_REMINDER_DAYS"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_setting(outside, variables, named):
    with pytest.raises(SettingsError) as refused:
        outside(**variables)
    said = str(refused.value)
    assert named in said
    assert "\n" not in said
    assert "hush" not in said


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("help@example.com", "mailto:help@example.com"),
        ("+1 (555) 010-0199", "tel:+15550100199"),
        ("https://example.com/contact?from=support", "https://example.com/contact?from=support"),
        ("", ""),
    ],
)
def test_a_contact_is_followed_by_what_it_is(outside, contact, link):
    settings = outside(PORTAL_CONTACT=f" {contact} ")
    assert (settings.contact, settings.contact_link) == (contact, link)


@pytest.mark.parametrize(
    "contact",
    [
        "javascript:alert(1)@example.com",
        "javascript://example.com/%0aalert(1)",
        "http://example.com",
        "https://",
        'https://example.com/"onclick="x',
        "a@example.com?bcc=b@example.com",
        "call us",
    ],
)
def test_a_contact_that_no_page_may_link_to_is_refused(outside, contact):
    with pytest.raises(SettingsError, match="PORTAL_CONTACT"):
        outside(PORTAL_CONTACT=contact)


@pytest.mark.parametrize(
    "key",
    [
        "x",
        "Short-but-random-7Qw2ZpX9vLrT4m",
        "a" * 64,
        "abc123" * 8,
        "0123456789abcdefghijklmnopqrstuvwxyz",
        "please-change-this-before-you-go-live",
        "My-very-long-Secret-key-for-production",
        "CorrectHorse-Password-Battery-Staple-9",
    ],
)
def test_a_key_that_can_be_guessed_is_refused_in_production(outside, key):
    with pytest.raises(SettingsError, match="PORTAL_SECRET_KEY"):
        outside(**PRODUCTION | {"PORTAL_SECRET_KEY": key})


@pytest.mark.parametrize("make", [secrets.token_urlsafe, secrets.token_hex])
def test_random_keys_are_taken(make):
    assert not any(is_weak(make(32)) for _ in range(200))


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:3000", "http://localhost:3000", "http://[::1]:3000"])
def test_production_may_be_tried_on_this_machine_without_tls(outside, base_url):
    assert not outside(**PRODUCTION | {"PORTAL_BASE_URL": base_url}).secure


def test_what_is_kept_is_this_users_alone(outside, tmp_path):
    """Also what was there before, made with another mask; what is not ours stays as it is."""
    settings = outside(PORTAL_DATA_DIR=str(tmp_path / "data"))
    before = os.umask(0o022)
    try:
        settings.data_dir.mkdir()
        ours = [settings.data_dir / name for name in ("portal.db", "portal.db-wal", "secret.key")]
        other = settings.data_dir / "notes.txt"
        for path in (*ours, other):
            path.write_text("hashes")
        assert keep_private(settings) == [settings.data_dir, ours[2], *ours[:2]]
        assert keep_private(settings) == []
        (made := settings.data_dir / "export.zip").write_text("made later")
        (settings.data_dir / "files").mkdir()
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (*ours, made)} == {0o600}
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((settings.data_dir / "files").stat().st_mode) == 0o700
    assert stat.S_IMODE(other.stat().st_mode) == 0o644


def test_reminders_come_in_order_and_before_the_closing(outside):
    assert outside().reminders == (3, 7)
    assert outside(PORTAL_REMINDER_DAYS="10, 2,2", PORTAL_CLOSE_WAITING_DAYS="10").reminders == (2,)
    assert outside(PORTAL_REMINDER_DAYS="").reminders == ()


def test_two_mistakes_are_two_lines(outside):
    with pytest.raises(SettingsError) as refused:
        outside(PORTAL_PORT="0", PORTAL_MAIL="pigeon")
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_by_any_of_its_names(outside, scheme):
    settings = outside(PORTAL_DATABASE_URL=f"{scheme}://me:pw@db/portal", PORTAL_PROCESSES="4")
    assert settings.database == "postgresql+psycopg://me:pw@db/portal"


def test_secrets_do_not_show_when_settings_are_printed(outside):
    settings = outside(
        PORTAL_SECRET_KEY="hush", PORTAL_RESEND_API_KEY="re_hush", PORTAL_TEST_TOKEN="tok_hush"
    )
    assert "hush" not in repr(settings) + str(settings)


def test_development_makes_its_own_secret_once_for_its_owners_eyes(outside, tmp_path):
    settings = outside(PORTAL_DATA_DIR=str(tmp_path / "data"))
    file = tmp_path / "data" / "secret.key"
    assert len(settings.secret) > 40
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    load.cache_clear()
    assert load().secret == settings.secret


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path):
    def start(_: int) -> bytes:
        return Settings(_env_file=None, data_dir=tmp_path / "data").secret  # pyright: ignore[reportCallIssue]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(16)))) == 1
    assert [f.name for f in (tmp_path / "data").iterdir()] == ["secret.key"]


def test_browsers_may_come_by_each_name_of_this_machine_in_development_only(outside):
    assert outside(PORTAL_PORT="4000").origins == [
        "http://127.0.0.1:4000", "http://127.0.0.1:4000", "http://localhost:4000",
    ]  # fmt: skip
    assert outside(**PRODUCTION).origins == ["https://support.example.com"]


def test_the_settings_are_read_once(outside):
    assert outside() is module.load()
