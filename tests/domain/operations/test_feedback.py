"""Whether an article helped: once per browser, counted, without anything that should not be kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from ticket_portal.domain.errors import CardFound, Invalid, TooLong, TooMany
from ticket_portal.domain.operations import feedback
from ticket_portal.domain.operations.feedback import Count, FeedbackForm, Missing
from ticket_portal.store.tables import Feedback

YES = FeedbackForm("alerts", "en", helpful=True)
NO = FeedbackForm("alerts", "en", helpful=False)


def test_a_browser_counts_once_however_often_it_says_so(work):
    for _ in range(3):
        feedback.rate(work, YES, "one", "ip")
    feedback.rate(work, YES, "two", "ip")
    feedback.rate(work, NO, "three", "ip")

    assert feedback.counts(work) == [Count("alerts", "en", yes=2, no=1)]


def test_the_newer_word_counts(work, clock):
    feedback.rate(work, YES, "one", "ip")
    clock.advance(minutes=1)
    feedback.rate(work, replace(NO, missing="How long does it take?"), "one", "ip")

    assert feedback.counts(work) == [Count("alerts", "en", yes=0, no=1)]
    [row] = work.session.exec(select(Feedback)).all()
    assert row.at == work.now
    feedback.rate(work, YES, "one", "ip")
    assert feedback.missing(work) == []


def test_articles_and_languages_are_counted_apart(work):
    feedback.rate(work, YES, "one", "ip")
    feedback.rate(work, replace(YES, article="stay-safe"), "one", "ip")
    feedback.rate(work, replace(NO, language="uk"), "two", "ip")

    assert feedback.counts(work) == [
        Count("alerts", "en", 1, 0), Count("alerts", "uk", 0, 1), Count("stay-safe", "en", 1, 0),
    ]  # fmt: skip


def test_what_was_missing_is_read_newest_first(work, clock):
    feedback.rate(work, replace(NO, missing="The time"), "one", "ip")
    clock.advance(minutes=1)
    feedback.rate(work, replace(NO, language="vi", missing="Ảnh"), "two", "ip")
    feedback.rate(work, NO, "three", "ip")

    assert feedback.missing(work) == [Missing("alerts", "vi", "Ảnh"), Missing("alerts", "en", "The time")]


def test_one_place_says_so_many_times_an_hour_and_no_more(work, clock):
    most = work.settings.limit_feedback_per_ip_per_hour
    for n in range(most):
        feedback.rate(work, YES, f"browser {n}", "ip")
    with pytest.raises(TooMany):
        feedback.rate(work, YES, "one more", "ip")
    feedback.rate(work, YES, "elsewhere", "another ip")
    assert feedback.counts(work) == [Count("alerts", "en", most + 1, 0)]

    clock.advance(hours=1)
    feedback.rate(work, YES, "one more", "ip")


def test_a_form_is_checked():
    assert FeedbackForm.parse("alerts", "uk", "yes", "left over") == FeedbackForm(
        "alerts", "uk", helpful=True
    )
    assert FeedbackForm.parse("alerts", "xx", "no", " \0Why? ") == replace(NO, missing="Why?")
    for article, helpful in (("nothing", "yes"), ("../../etc/passwd", "yes"), ("alerts", ""), ("", "no")):
        with pytest.raises(Invalid):
            FeedbackForm.parse(article, "en", helpful, "")
    with pytest.raises(TooLong):
        FeedbackForm.parse("alerts", "en", "no", "x" * (feedback.LONGEST_MISSING + 1))


def test_it_is_no_place_for_a_secret(work):
    form = FeedbackForm.parse("alerts", "en", "no", "my card is 4111 1111 1111 1111")
    with pytest.raises(CardFound):
        feedback.rate(work, form, "one", "ip")
    assert not work.session.exec(select(Feedback)).all()


def test_it_is_deleted_after_a_year_and_not_before(work, clock):
    feedback.rate(work, YES, "one", "ip")
    clock.advance(days=364)
    feedback.rate(work, YES, "two", "ip")
    feedback.sweep(work)
    assert len(work.session.exec(select(Feedback)).all()) == 2
    clock.advance(days=2)
    feedback.sweep(work)
    assert [row.browser_hash for row in work.session.exec(select(Feedback))] == ["two"]
    assert timedelta(days=365) == feedback.RETENTION
