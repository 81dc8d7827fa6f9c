"""Setting a new password after the old one was forgotten."""

import re
from urllib.parse import urlsplit

from tests.cast import PASSWORD, Cast, Visitor, lasting

NEW = "새로 정한 긴 비밀번호"


def link_for(visitor: Visitor, address: str = "bada@example.com") -> str:
    visitor.post("/auth/forgot", email=address)
    found = re.search(r"http://localhost(/auth/reset/open\S+)", visitor.letters()[0].text)
    assert found
    return found[1]


def test_link_sets_a_new_password_once_and_ends_every_session(cast: Cast, stranger: Visitor) -> None:
    bada = cast.member("바다", email="bada@example.com")
    link = link_for(stranger)
    assert stranger.get(link).location == "/auth/reset"
    assert stranger.get("/auth/reset").status_code == 200
    assert stranger.post("/auth/reset", password=NEW).location == "/auth/login"

    assert bada.get("/settings/profile").status_code == 303
    assert stranger.post("/auth/login", name="바다", password=PASSWORD).status_code == 422
    assert stranger.post("/auth/login", name="바다", password=NEW).status_code == 303
    again = Visitor(stranger.app)
    again.get(link)
    assert again.post("/auth/reset", password=NEW + "!").status_code == 410
    assert "비밀번호" in stranger.letters()[0].subject


def test_unknown_address_gets_the_same_answer_and_no_letter(cast: Cast, stranger: Visitor) -> None:
    cast.member("바다", email="bada@example.com")
    known = stranger.post("/auth/forgot", email="bada@example.com")
    unknown = stranger.post("/auth/forgot", email="nobody@example.com")
    assert known.status_code == unknown.status_code == 200
    assert lasting(known.text, "bada@example.com") == lasting(unknown.text, "nobody@example.com")
    assert [letter.to for letter in stranger.letters()] == ["bada@example.com"]


def test_newer_link_makes_the_older_one_void(cast: Cast, stranger: Visitor) -> None:
    cast.member("바다", email="bada@example.com")
    old = link_for(stranger)
    new = link_for(stranger)
    stranger.get(old)
    assert stranger.post("/auth/reset", password=NEW).status_code == 410
    stranger.get(new)
    assert stranger.post("/auth/reset", password=NEW).status_code == 303


def test_link_is_built_from_the_configured_address_and_not_from_the_host_header(
    cast: Cast, stranger: Visitor
) -> None:
    cast.member("바다", email="bada@example.com")
    stranger.client.post("/auth/forgot", data={"email": "bada@example.com"}, headers={"Host": "evil.example"})
    letter = stranger.letters()[0]
    hosts = {urlsplit(url).hostname for url in re.findall(r"http\S+", letter.text)}
    assert hosts == {"localhost"}


def test_forged_token_is_refused(stranger: Visitor) -> None:
    stranger.get("/auth/reset/open?token=eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIiwiYXVkIjoicmVzZXQifQ.")
    assert stranger.get("/auth/reset").status_code == 410
