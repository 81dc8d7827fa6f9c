"""Members who write from right to left, everywhere: what stands around their words keeps its order."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Message, Notification, Post, User
from tests import letters
from tests.cast import PASSWORD, Cast, Visitor
from tests.copies import Copy
from tests.directions import RIGHT_TO_LEFT, Directions, loose
from tests.letters import CAUSES
from tests.servers.translator import Translator

NAMES = ("سلمى", "נועם", "دانا", "ريم", "יעל")
"""Who reads, a friend, somebody muted, somebody blocked, and somebody who has blocked the reader."""
CALLED = "\u202eأحمد \u2067(علي)\u2069\u2069 ١٢"
BODY = "\u202eمرحبا يا @{friend} في #وسم\u2069 https://مثال.example/طريق\n\u2067שלום!"
QUERIES = (
    "search?q=مرحبا",
    "search?q=from:أحمد",
    "search?q=from:غريب مرحبا",
    "search?q=lang:مرحبا -مرحبا",
    "search?q=لا_شيء",
    "search?q=سلم&tab=people",
    "search?q=وسم&tab=tags",
    "search?q=لا_شيء&tab=tags",
    "search?q=\u202eمرحبا\u2069",
    "search?q=لاشيء\u202e \u2069غريب \u2067مفقود",
    "search/suggestions?q=سل",
    "search/suggestions?q=وس",
    "messages?q=سل",
    "messages?q=لا",
    "notifications?tab=replies",
    "notifications?tab=likes",
    "notifications?tab=follows",
    "tags/لا_شيء",
)
LONG = "مرحبا " * 100
SCRIPT = {"HX-Request": "true"}
NUMBERED = {"posts": Post.id, "messages": Message.id, "news": Notification.id}


class Members:
    """The members, with what each has written about themselves and to the others.

    Args:
        cast: makes them.
    """

    def __init__(self, cast: Cast) -> None:
        self.all = [cast.member(name) for name in NAMES]
        self.reader, self.friend, *_ = self.all
        body = BODY.format(friend=NAMES[1])
        about = {"about_me": BODY, "location": "دبي\u202e", "link": "https://مثال.example/طريق"}
        for number, person in enumerate(self.all):
            named = {"display_name": CALLED if number < 3 else ""}
            assert person.post("/settings/profile", **named, **about).status_code == 303
        post = cast.post(self.reader, body)
        for person in self.all[1:]:
            reply = cast.post(person, body, parent=post)
            cast.post(self.reader, body, parent=reply)
            cast.post(person, body + NAMES[0])
            person.post(f"/posts/{post}/like")
            person.post(f"/@{NAMES[0]}/follow")
            self.reader.post(f"/posts/{reply}/like")
            for sender, recipient in ((person, self.reader), (self.reader, person)):
                sender.post(f"/messages/{recipient.username}", body=body)
        self.friend.post(f"/messages/{NAMES[0]}", body=body)
        self.reader.post(f"/@{NAMES[1]}/follow")
        self.reader.letters()
        with cast.app.app_context():
            self.ids = {path: list(db.session.scalars(sa.select(id))) for path, id in NUMBERED.items()}

    def id_of(self, person: Visitor) -> int:
        """Returns the id of a member."""
        with self.reader.app.app_context():
            return db.session.query(User).filter(User.username == person.username).one().id


@pytest.mark.parametrize(
    ("html", "wrong"),
    [
        ("<p>한 <i>أحمد</i></p>", 1),
        ("<p dir='auto'>أحمد<br>שלום</p>أحمد", 1),
        ("<bdi>أحمد\u2069</bdi>", 1),
        ("<p>한 \u2068أحمد\u202e\u2069</p>", 4),
        ("<a title='أحمد' dir='auto'><bdi><b>أحمد</b></bdi></a>", 1),
        ("<p>한 \u2068أحمد\u2069</p><input dir='auto' value='שלום'>", 0),
    ],
)
def test_check_sees_what_is_not_isolated(html: str, wrong: int) -> None:
    assert len(Directions(html).loose) == wrong


@pytest.fixture
def members(cast: Cast) -> Members:
    """The members."""
    return Members(cast)


def check(answer: TestResponse, where: str) -> int:
    """Fails on what turns its surroundings, and returns how many runs of right-to-left letters there are."""
    if answer.mimetype != "text/html":
        assert not list(loose(answer.text)), where
        return 0
    found = Directions(answer.text)
    assert not found.loose, f"{where}:\n" + "\n".join(found.loose)
    return len(found.seen)


def silence(members: Members) -> list[TestResponse]:
    """Puts the people apart, and returns what is answered on the way."""
    *_, muted, blocked, blocker = members.all
    blocker.post(f"/@{NAMES[0]}/block")
    reader = members.reader
    reader.post(f"/@{muted.username}/mute")
    said = [reader.get("/")]
    reader.post(f"/@{blocked.username}/block")
    return [*said, reader.get("/")]


def paths(app: Flask, members: Members) -> list[str]:
    """Returns the addresses of all pages, for all people and with the ids of all that there is."""
    values: dict[str, list[Any]] = {
        "username": list(NAMES),
        "name": ["وسم"],
        "timeline": ["home", "explore"],
    }
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or re.match(r"/(?:api|static|socket|healthz|readyz)", rule.rule):
            continue
        kinds: list[dict[str, Any]] = [{}]
        values["id"] = members.ids.get(rule.rule.split("/")[1], [1])
        for argument in sorted(rule.arguments & values.keys()):
            kinds = [{**kind, argument: value} for kind in kinds for value in values[argument]]
        build = app.url_map.bind("localhost").build
        found += [build(rule.endpoint, kind) for kind in kinds if rule.arguments <= kind.keys()]
    return found


def test_every_page_keeps_its_order(app: Flask, members: Members) -> None:
    reader, shown = members.reader, {}
    for answer in silence(members):
        check(answer, "/")
    for path in [*paths(app, members), *(f"/{query}" for query in QUERIES)]:
        shown[path] = check(reader.get(path), path)
        check(reader.get(path, headers=SCRIPT), f"{path}, for a script")
        check(Visitor(app).get(path), f"{path}, for strangers")
    assert len(shown) > 150 and sum(count > 0 for count in shown.values()) > 60


def test_every_refused_form_keeps_its_order(members: Members) -> None:
    reader, friend = members.reader, NAMES[1]
    post, other = members.ids["posts"][0], members.id_of(members.all[2])
    forms: dict[str, dict[str, Any]] = {
        "/posts": {"body": LONG},
        f"/posts/{post}/replies": {"body": LONG},
        f"/posts/{post}/edit": {"body": LONG},
        f"/messages/{friend}": {"body": LONG * 2},
        "/settings/profile": {"display_name": LONG, "about_me": LONG, "location": LONG, "link": "مرحبا"},
        "/settings/account/username": {"username": "مرحبا يا", "password": "كلمة"},
        "/settings/tokens": {"name": CALLED, "scopes": ["read"], "days": "90", "password": PASSWORD},
        f"/@{friend}/mute": {"person": other},
        f"/@{friend}/block": {"person": other},
        "/auth/login": {"name": "مرحبا", "password": "كلمة"},
    }
    for path, fields in forms.items():
        for answer in (reader.post(path, **fields), Visitor(reader.app).post(path, **fields)):
            check(answer, path)
    for path in (f"/@{friend}/follow", f"/@{friend}/unfollow", f"/posts/{post}/like", f"/@{friend}/mute"):
        check(reader.live(path), path)
    check(reader.get("/settings/tokens"), "tokens")


def test_name_in_a_sentence_of_a_refusal_is_isolated(members: Members) -> None:
    reader, friend = members.reader, members.friend
    person = members.id_of(friend)
    assert friend.post("/settings/account/username", username="تالا", password=PASSWORD).status_code == 303
    for answer in (reader.post, reader.live):
        said = answer(f"/@{friend.username}/mute", person=person)
        assert said.status_code == 409 and RIGHT_TO_LEFT.search(said.text)
        check(said, "renamed")


def test_translation_keeps_its_order(translating: Translator, cast: Cast) -> None:
    reader, post = (
        cast.member(NAMES[0]),
        cast.post(cast.member(NAMES[1]), "The sea was calm today, שלום, and the sky was high"),
    )
    reader.live(f"/posts/{post}/translation")
    reader.letters()
    for path in (f"/posts/{post}?translation=1", f"/posts/{post}/translation"):
        said = reader.get(path, headers=SCRIPT if path.endswith("translation") else {})
        assert "Papago" in said.text and check(said, path)
    assert translating.asked


@pytest.mark.parametrize("cause", sorted(CAUSES))
def test_every_letter_keeps_its_order(cast: Cast, monkeypatch: pytest.MonkeyPatch, cause: str) -> None:
    monkeypatch.setitem(letters.NAMES, "ko", NAMES[:4])
    monkeypatch.setitem(letters.SAID, "ko", (BODY, BODY, BODY))
    letter = CAUSES[cause](cast, "ko")
    said = Directions(letter.html)
    assert not said.loose, said.loose
    assert not [*loose(letter.subject), *loose(letter.text)], letter.text
    assert len(said.seen) == len(RIGHT_TO_LEFT.findall(letter.text)) or cause == "notifications"


def test_every_page_of_an_export_keeps_its_order(members: Members, cast: Cast) -> None:
    silence(members)
    task = cast.export(members.reader)
    copy = Copy(members.reader.get(f"/settings/exports/{task}/file").data)
    pages = {name: content.decode() for name, content in copy.files.items() if name.endswith(".html")}
    found = {name: Directions(html) for name, html in pages.items()}
    assert {name: page.loose for name, page in found.items() if page.loose} == {}
    assert len(found) > 10 and all(page.seen for page in found.values())
    assert not list(loose(copy.files["README.txt"].decode()))
