import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from viper.errors import BadInput
from viper.web.owners import COOKIE, Owners

OWNERS = Owners("a secret of the tests only")


def _connection(cookie: str | None = None, **scope: object) -> HTTPConnection:
    headers = [(b"cookie", f"{COOKIE}={cookie}".encode())] if cookie else []
    return HTTPConnection({"type": "http", "headers": headers, **scope})


def test_a_cookie_names_its_owner_after_a_restart() -> None:
    cookie = OWNERS.issue()
    owner = OWNERS.read(cookie)
    assert owner is not None
    assert Owners("a secret of the tests only").read(cookie) == owner
    assert OWNERS.read(OWNERS.issue()) != owner


def test_a_cookie_signed_with_another_secret_names_nobody() -> None:
    assert OWNERS.read(Owners("another secret altogether").issue()) is None


@given(position=st.integers(0, 98), letter=st.sampled_from("0123456789abcdefé."))
def test_a_changed_cookie_names_nobody(position: int, letter: str) -> None:
    cookie = OWNERS.sign("b-" + "0" * 32)
    changed = cookie[:position] + letter + cookie[position + 1 :]
    assert OWNERS.read(changed) == ("b-" + "0" * 32 if changed == cookie else None)


@pytest.mark.parametrize("cookie", [None, "", ".", "b-1", "b-1.", ".0000"])
def test_no_cookie_names_nobody(cookie: str | None) -> None:
    assert OWNERS.read(cookie) is None


def test_a_program_without_a_cookie_is_one_for_its_session() -> None:
    first = OWNERS.of_event(_connection(), "abc")
    assert first == OWNERS.of_event(_connection(), "abc")
    assert first != OWNERS.of_event(_connection(), "abd")
    assert OWNERS.of(_connection()) is None


def test_a_forged_cookie_gives_no_more_than_none() -> None:
    victim = "b-" + "0" * 32
    assert OWNERS.of_event(_connection(victim + ".0"), "abc") != victim


def test_an_account_is_an_owner_and_nobody_else_is() -> None:
    owners = Owners("a secret of the tests only", auth="huggingface")
    signed_in = {"oauth_info": {"userinfo": {"sub": "42"}}}
    assert owners.of_event(_connection(session=signed_in), "abc") == "hf-42"
    with pytest.raises(BadInput, match="sign in"):
        owners.of_event(_connection(owners.issue(), session={}), "abc")
