"""What others see of a member: a name that is there, an address that leads where it says, and no stranger's words."""

import json
import zipfile
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa

from app import links, mailboxes
from app.extensions import db
from app.models import User
from app.transaction import transaction
from tests.cast import PASSWORD, Cast, Visitor

INVISIBLE = [
    *(
        "\u3164",
        "\u200b",
        "\u2800",
        "\u2060",
        "\u115f\u1160",
        "\uffa0",
        "\u00ad",
        "\u034f",
        "\ufe0f",
        "\u180e",
    ),
    *(
        "\U000e0041\U000e007f",
        "\u0301",
        "\u0301\u20dd",
        "\u200d\u2063",
        "\U0001d159",
        "\u3000 \u2007",
        "\ufffc",
    ),
]
DECEIVING = [
    *(
        "https://naver.com@evil.example/",
        "https://naver.com:80@evil.example/",
        "https://naver.com∕login.evil.example",
    ),
    *(
        "https://naver.com／a.evil.example",
        "https://evil.example/\u202egnp.a",
        "https://evil.example\\@naver.com",
    ),
    *(
        "javascript:alert(1)",
        "https://localhost/",
        "https://naver.com https://evil.example",
        "https:///evil.example",
    ),
    *("https://evil.example/\u2066a", "https://ev\u200bil.example", "https://evil.example/\u200f"),
]


def stored(cast: Cast, username: str, **values: str) -> None:
    """Stores what the forms refuse, as an older version may have."""
    with cast.app.app_context(), transaction():
        pairs = ", ".join(f"{name} = :{name}" for name in values)
        change = sa.text(f'UPDATE "user" SET {pairs} WHERE username = :username')
        db.session.execute(change, {**values, "username": username})


def shown(cast: Cast, username: str) -> Any:
    answer: Any = cast.app.test_client().get(f"/api/users/{username}")
    return answer.json


@pytest.mark.parametrize("name", INVISIBLE)
def test_username_stands_in_for_a_name_that_nobody_sees(cast: Cast, name: str) -> None:
    bada = cast.member("바다")
    assert bada.post("/settings/profile", display_name=name, about_me=name, location=name).status_code == 303
    assert shown(cast, "바다")["display_name"] == ""
    stored(cast, "바다", display_name=name, about_me=name, location=name)
    assert shown(cast, "바다")["display_name"] == shown(cast, "바다")["about_me"] == ""
    assert (
        "<h1" in bada.get("/@바다").text
        and "바다" in bada.get("/@바다").text.split("<h1")[1].split("</h1>")[0]
    )


def test_username_stands_in_in_letters_and_exports(cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    stored(cast, "바다", display_name="\u3164")
    stored(cast, "하늘", display_name="\u2800")
    cast.message(haneul, bada)
    assert bada.post("/auth/forgot", email=kept_email(cast, "바다")).status_code == 200
    assert "바다" in bada.letters()[0].text and "\u3164" not in bada.letters()[0].text
    answer = bada.get(f"/settings/exports/{cast.export(bada)}/file")
    with zipfile.ZipFile(BytesIO(answer.data)) as files:
        for file in files.namelist():
            assert not {"\u3164", "\u2800"} & set(files.read(file).decode("utf-8", "replace")), file


@pytest.mark.parametrize("address", DECEIVING)
def test_address_that_deceives_is_refused_and_not_shown(cast: Cast, address: str) -> None:
    bada = cast.member("바다")
    assert not links.is_whole(address)
    answer = bada.post("/settings/profile", display_name="바다", link=address)
    if answer.status_code == 303:  # What turns the text around is taken out before the address is read.
        assert links.is_whole(shown(cast, "바다")["link"])
    stored(cast, "바다", link=address)
    assert shown(cast, "바다")["link"] == "" and "evil.example" not in bada.get("/@바다").text


@pytest.mark.parametrize(
    ("address", "label", "href"),
    [
        ("https://nаver.com/a", "xn--nver-53d.com/a", "https://xn--nver-53d.com/a"),
        ("https://한글.kr/글", "한글.kr/글", "https://xn--bj0bj06e.kr/%EA%B8%80"),
        ("HTTPS://Example.com", "example.com", "https://example.com"),
    ],
)
def test_address_is_shown_by_its_real_host(cast: Cast, address: str, label: str, href: str) -> None:
    bada = cast.member("바다")
    assert bada.post("/settings/profile", link=address).status_code == 303
    page = bada.get("/@바다").text
    assert f'href="{href}"' in page and f"<bdi>{label}</bdi>".lower() in page.lower()
    assert "nаver" not in page and "nаver" not in json.dumps(shown(cast, "바다"), ensure_ascii=False)


BAIT = "Prize https://evil.example/win"


def test_letters_to_unproved_addresses_hold_no_word_of_a_stranger(cast: Cast) -> None:
    newcomer = Visitor(cast.app)
    sign_up = {"username": "PrizeForYou", "email": "victim@example.com", "password": PASSWORD}
    assert newcomer.post("/auth/signup", **sign_up).status_code == 303
    newcomer.post("/settings/profile", display_name=BAIT, about_me=BAIT, location=BAIT)
    newcomer.post("/auth/confirm/resend")
    assert newcomer.letters()[0].to == "victim@example.com"
    newcomer.post("/settings/account/password", current=PASSWORD, password=PASSWORD + "!")
    newcomer.post("/settings/account/email", email="other@example.com", password=PASSWORD + "!")
    member = cast.member("PrizeForAll", display_name=BAIT)
    member.post("/settings/account/email", email="third@example.com", password=PASSWORD)
    letters = member.letters()
    assert {letter.to for letter in letters} >= {
        "victim@example.com",
        "other@example.com",
        "third@example.com",
    }
    for letter in letters:
        said = letter.subject + letter.text + letter.html
        assert "Prize" not in said and "evil" not in said, letter.subject


def kept_email(cast: Cast, username: str) -> str:
    with cast.app.app_context():
        return mailboxes.shown(
            db.session.scalar(sa.select(User.email).where(User.username == username)) or ""
        )
