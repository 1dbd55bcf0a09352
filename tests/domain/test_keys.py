"""Tokens, codes and seals."""

import base64

import pytest
from cryptography.fernet import InvalidToken

from ticket_portal.domain import keys


def test_a_token_is_256_bits_that_stand_in_an_address():
    made = {keys.new_token() for _ in range(50)}

    assert len(made) == 50
    assert {len(base64.urlsafe_b64decode(token + "=")) for token in made} == {32}
    assert all(token.replace("-", "").replace("_", "").isalnum() for token in made)


def test_what_is_kept_of_a_token_does_not_contain_it():
    token = keys.new_token()
    assert token not in keys.token_hash(token)
    assert keys.token_hash(token) == keys.token_hash(token) != keys.token_hash(keys.new_token())


def test_a_token_that_cannot_be_encoded_is_just_an_unknown_one():
    assert keys.token_hash("\ud800" * 43) != keys.token_hash(keys.new_token())


def test_a_code_has_six_digits_and_keeps_its_zeros(monkeypatch):
    monkeypatch.setattr(keys.secrets, "randbelow", lambda _most: 42)
    assert keys.new_code() == "000042"


def test_codes_are_spread_evenly():
    codes = [keys.new_code() for _ in range(3000)]
    assert {len(code) for code in codes} == {6}
    assert all(code.isdigit() for code in codes)
    assert {code[0] for code in codes} == set("0123456789")


def test_a_codes_hmac_depends_on_all_it_is_bound_to(settings):
    whole = keys.code_hmac(settings, "guest:1", "a@example.com", "browser", "123456")
    others = {
        keys.code_hmac(settings, "guest:2", "a@example.com", "browser", "123456"),
        keys.code_hmac(settings, "guest:1", "b@example.com", "browser", "123456"),
        keys.code_hmac(settings, "guest:1", "a@example.com", "another", "123456"),
        keys.code_hmac(settings, "guest:1", "a@example.com", "browser", "123457"),
    }
    assert len(others | {whole}) == 5


def test_a_seal_opens_only_with_the_same_secret(settings):
    sealed = keys.seal(settings, {"code": "123456"})
    assert b"123456" not in sealed
    assert keys.unseal(settings, sealed) == {"code": "123456"}

    other = settings.model_copy(update={"secret_key": type(settings.secret_key)("another secret")})
    other.__dict__.pop("secret", None)
    with pytest.raises(InvalidToken):
        keys.unseal(other, sealed)


def test_a_limited_subject_is_kept_without_its_name(settings):
    assert "ana@example.com" not in keys.subject_hash(settings, "ana@example.com")
    assert keys.subject_hash(settings, "a", "b") != keys.subject_hash(settings, "ab")
    assert keys.subject_hash(settings, 12) == keys.subject_hash(settings, "12")


def test_a_signature_is_for_one_purpose(settings):
    assert keys.signature(settings, "mute", "12345") != keys.signature(settings, "other", "12345")
