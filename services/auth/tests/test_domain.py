from datetime import UTC, datetime, timedelta

import pytest

from auth.domain import (
    LOGIN_WAITS,
    REUSE_GRACE,
    SESSION_MAX,
    EmailAddress,
    InvalidRegistration,
    RefreshToken,
    Registration,
    Session,
)
from auth.passwords import load_policy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
POLICY = load_policy()


def check(**said: str) -> Registration:
    return Registration.check(
        **{
            "email": "ada@example.com",
            "password": "a sentence to remember",
            "name": "Ada",
            "locale": "",
            "policy": POLICY,
            **said,
        }
    )


def fields_of(**said: str) -> list[str]:
    with pytest.raises(InvalidRegistration) as refused:
        check(**said)
    return [name for name, _ in refused.value.fields]


def test_case_and_form_make_no_second_address():
    assert EmailAddress.parse(" Ada@Example.COM ").key == EmailAddress.parse("ada@example.com").key
    assert EmailAddress.parse("josé@example.com").key == EmailAddress.parse("josé@example.com").key


def test_an_address_is_shown_as_it_was_written():
    assert EmailAddress.parse("Ada@example.com").text == "Ada@example.com"


def test_tags_and_dots_are_the_hosts_business():
    assert EmailAddress.parse("a.da+x@example.com").key != EmailAddress.parse("ada@example.com").key


@pytest.mark.parametrize("text", ["", "ada", "ada@", "@x.de", "a b@x.de", "a@b@c.de", "a@host"])
def test_what_is_no_address_is_refused(text):
    assert fields_of(email=text) == ["email"]


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "123456789",
        "x" * 129,
        "Password1234",
        "qwertyuiop",
        "aaaaaaaaaaaa",
        "abababababab",
        "ada@example.com",
    ],
)
def test_a_password_that_guessers_try_first_is_refused(password):
    assert fields_of(password=password) == ["password"]


@pytest.mark.parametrize(
    "password",
    ["tr0ub4dor&3", "correct horse 9", "пароль длинный", "only lower case words", "x9-q" * 32],
)
def test_length_is_enough_and_composition_is_free(password):
    assert check(password=password).password == password


def test_everything_that_is_wrong_is_said_at_once():
    assert fields_of(email="x", password="x", name=" ", locale="!") == [
        "email",
        "name",
        "password",
        "locale",
    ]


def test_a_name_without_visible_characters_is_refused():
    assert fields_of(name="a\x07b") == ["name"]


def session(life: timedelta) -> Session:
    return Session.start(id_="s", user_id="u", now=NOW, life=life, user_agent="x" * 900)


def test_a_session_lives_on_while_it_is_refreshed_but_not_for_ever():
    begun = session(timedelta(days=7))
    assert begun.expires_at == NOW + timedelta(days=7)
    later = begun.refreshed(now=NOW + timedelta(days=6), life=timedelta(days=7))
    assert later.expires_at == NOW + timedelta(days=13)
    last = begun.refreshed(now=NOW + timedelta(days=29), life=timedelta(days=7))
    assert last.expires_at == NOW + SESSION_MAX
    assert not last.is_alive(NOW + SESSION_MAX)


def test_a_long_user_agent_is_cut():
    assert len(session(timedelta(days=1)).user_agent) == 200


def test_a_token_used_again_is_stolen_only_after_the_grace():
    used = RefreshToken("d", "s", "u", NOW, NOW + timedelta(days=7), used_at=NOW)
    assert not used.is_stolen(NOW + REUSE_GRACE)
    assert used.is_stolen(NOW + REUSE_GRACE + timedelta(seconds=1))


def test_a_guesser_gets_about_a_hundred_tries_a_day():
    elapsed, tries = 0, 0
    while elapsed < 24 * 3600:
        elapsed += LOGIN_WAITS[min(tries + 1, len(LOGIN_WAITS) - 1)]
        tries += 1
    assert tries < 120
