"""Connections of open pages: who is let in, what they hear, what they may say, and when they are cut."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import requests
from flask import Flask
from werkzeug.serving import make_server

from app.extensions import db, live, queue
from app.live.guests import CHECKED_EVERY, MOST_EACH, MOST_SAID
from app.live.websocket import MOST_BYTES
from app.models import LoginSession
from app.models.columns import now
from app.security import origin
from app.services import rooms, users
from app.transaction import transaction
from tests.cast import PASSWORD, Cast, Visitor
from tests.integration.processes import until
from tests.main.test_timelines import Statements
from tests.sockets import Connection, Refused

MOST = 14
SOON = 0.3  # Seconds in which news that are told have arrived, when they arrive at all.


class House:
    """The application on a port of this machine, where pages open connections."""

    def __init__(self, app: Flask, port: int) -> None:
        self.app = app
        self.url = f"http://localhost:{port}"
        self.open: list[Connection] = []

    def enter(self, person: Visitor, **options: Any) -> Connection:
        """Opens a page's connection."""
        cookie = person.client.get_cookie(self.app.config["SIGN_IN_COOKIE_NAME"])
        self.open.append(Connection(self.url, cookie.value if cookie else "", **options))
        return self.open[-1]

    def refusal(self, person: Visitor, **options: Any) -> int:
        """Returns the status with which a page is not let in."""
        with pytest.raises(Refused) as refused:
            self.enter(person, **options)
        return int(refused.value.args[0])

    def tell(self) -> None:
        """Lets the worker do what waits."""
        with self.app.app_context():
            queue.run()


@pytest.fixture
def house(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The application, served as one machine does it."""
    monkeypatch.setattr(app, "wsgi_app", app.wsgi_app)
    kept = dict(vars(live))
    live.serve(app, MOST)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    house = House(app, server.server_port)
    yield house
    for connection in house.open:
        connection.close()
    live.close()
    until(lambda: live.held == 0 and not looking(), 5, "every place is given back")
    server.shutdown()
    thread.join()
    vars(live).update(kept)


def id_of(app: Flask, person: Visitor) -> int:
    """Returns a member's id."""
    with app.app_context():
        user = users.by_name_or_address(person.username)
        assert user
        return user.id


def test_stranger_and_ended_session_are_refused(house: House, cast: Cast, stranger: Visitor) -> None:
    assert house.refusal(stranger) == 401
    bada = cast.member("바다")
    secret = bada.client.get_cookie("hanmadi-in")
    assert secret
    bada.post("/auth/logout")
    bada.client.set_cookie("hanmadi-in", secret.value)
    assert house.refusal(bada) == 401


def test_suspended_member_is_refused(house: House, cast: Cast) -> None:
    bada = cast.member("바다")
    cast.app.test_cli_runner().invoke(args=["users", "suspend", "바다"])
    assert house.refusal(bada) == 401


@pytest.mark.parametrize(
    "foreign", ["", "null", "http://evil.example", "http://localhost", "http://localhost.evil.example:{port}"]
)
def test_page_of_another_site_is_refused(house: House, cast: Cast, foreign: str) -> None:
    house.app.config["EXTERNAL_URL"], kept = "https://hanmadi.example", house.app.config["EXTERNAL_URL"]
    try:
        assert house.refusal(cast.member("바다"), origin=foreign.format(port=house.url.split(":")[2])) == 403
        house.enter(cast.member("하늘"), origin="https://hanmadi.example")
        house.enter(cast.member("별님"))
    finally:
        house.app.config["EXTERNAL_URL"] = kept


def test_in_production_only_the_address_that_people_open_counts(
    house: House, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(house.app.config, "ENVIRONMENT", "production")
    monkeypatch.setitem(house.app.config, "EXTERNAL_URL", "https://hanmadi.example")
    bada = cast.member("바다")
    assert house.refusal(bada) == 403
    house.enter(bada, origin="https://hanmadi.example")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org", "https://example.org"),
        ("https://Example.ORG:443/sub", "https://example.org"),
        ("http://localhost:5000", "http://localhost:5000"),
        ("https://한마디.kr", "https://xn--2z1b52gez3a.kr"),
        ("http://[::1]:5000/", "http://[::1]:5000"),
    ],
)
def test_origin_is_written_as_browsers_write_it(url: str, shown: str) -> None:
    assert origin(url) == shown


def test_what_is_no_websocket_finds_nothing_there(house: House, cast: Cast, stranger: Visitor) -> None:
    for person in (cast.member("바다"), stranger):
        assert person.get("/socket.io/").status_code == 404
        assert person.get("/socket.io/?EIO=4&transport=polling").status_code == 404
        assert person.client.post("/socket.io/?EIO=4&transport=polling").status_code == 405


def test_half_a_handshake_becomes_no_connection(house: House, cast: Cast) -> None:
    cookie = cast.member("바다").client.get_cookie("hanmadi-in")
    assert cookie
    whole = {
        "Cookie": f"hanmadi-in={cookie.value}",
        "Origin": house.url,
        "Upgrade": "websocket",
        "Connection": "keep-alive, Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    path = f"{house.url}/socket.io/?EIO=4&transport=websocket"
    for name in ("Upgrade", "Connection", "Sec-WebSocket-Version", "Sec-WebSocket-Key"):
        half = {**whole, name: "" if name == "Upgrade" else "8"}
        if name == "Sec-WebSocket-Key":
            del half[name]
        assert requests.get(path, headers=half, timeout=5).status_code in (400, 404), name
    # One that asks for something else than the protocol of our pages is answered, and has no place afterwards.
    for query in ("EIO=3&transport=websocket", "EIO=4&transport=polling", "transport=websocket"):
        answer = requests.get(f"{house.url}/socket.io/?{query}", headers=whole, timeout=5)
        assert answer.status_code == 400, query
    assert live.held == 0


def test_member_hears_their_own_news_and_nobody_elses(house: House, cast: Cast) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    first, second, other = house.enter(bada), house.enter(cast.browser(bada)), house.enter(haneul)
    id = cast.post(bada)
    haneul.post(f"/posts/{id}/like")
    house.tell()
    heard = first.hear()
    assert heard and heard[0] == "notification" and set(heard[1]) == {"id"}
    assert second.hear() == heard
    assert other.hear(SOON) is None


def test_timelines_hear_the_posts_they_would_show(house: House, cast: Cast) -> None:
    bada, haneul, byeol = cast.member("바다"), cast.member("하늘"), cast.member("별님")
    bada.post("/@하늘/follow")
    home, explore, neither = (house.enter(bada) for _ in range(3))
    house.tell()
    home.say("watch", {"timeline": "home"})
    explore.say("watch", {"timeline": "explore"})
    time.sleep(SOON)

    followed, strange = cast.post(haneul, "팔로우한 사람의 글"), cast.post(byeol, "모르는 사람의 글")
    cast.post(haneul, "답글은 대화에 있어요", parent=followed)
    house.tell()
    assert home.hear() == ("post", {"id": followed}) and home.hear(SOON) is None
    assert [explore.hear(), explore.hear()] == [("post", {"id": followed}), ("post", {"id": strange})]
    assert explore.hear(SOON) is None and neither.hear(SOON) is None

    home.say("watch", {"timeline": "explore"})
    explore.say("watch", {"timeline": "home"})
    time.sleep(SOON)
    strange = cast.post(byeol, "또 모르는 사람의 글")
    house.tell()
    assert home.hear() == ("post", {"id": strange}) and explore.hear(SOON) is None


@pytest.mark.parametrize(("actor", "deed"), [("바다", "block"), ("하늘", "block"), ("바다", "mute")])
def test_open_page_hears_nothing_of_whom_its_timeline_leaves_out(
    house: House, cast: Cast, actor: str, deed: str
) -> None:
    people = {name: cast.member(name) for name in ("바다", "하늘", "별님")}
    bada, haneul, byeol = people.values()
    bada.post("/@하늘/follow")
    home, explore, other = house.enter(bada), house.enter(bada), house.enter(byeol)
    house.tell()
    for page, timeline in ((home, "home"), (explore, "explore"), (other, "explore")):
        page.say("watch", {"timeline": timeline})
    time.sleep(SOON)
    people[actor].post(f"/@{({'바다', '하늘'} - {actor}).pop()}/{deed}")
    house.tell()
    while (heard := home.hear(SOON)) or (heard := explore.hear(SOON)):
        assert heard[0] == "badges"
    id = cast.post(haneul, "차단 뒤의 글")
    house.tell()
    assert other.hear() == ("post", {"id": id})
    assert home.hear(SOON) is None and explore.hear(SOON) is None


@pytest.mark.parametrize(
    "wish",
    [[], [None], ["home"], [{}], [{"timeline": ["home"]}], [{"timeline": "member:1"}], [1], [[[[[]]]]]],
)
def test_strange_wish_is_heard_out_and_brings_nothing(house: House, cast: Cast, wish: list[Any]) -> None:
    bada = cast.member("바다")
    page = house.enter(bada)
    page.say("watch", *wish)
    live.tell("posts", "post", id=1)
    live.tell("home", "post", id=1)
    assert page.hear(SOON) is None
    live.tell(f"member:{id_of(house.app, bada)}", "badges")
    assert page.hear() == ("badges", {})


@pytest.mark.parametrize(
    "said",
    [
        ['2["join","member:1"]'],
        ['2["connect"]'],
        ['2["watch",{"timeline":"' + "x" * MOST_BYTES + '"}]'],
        ['51-["watch",{"_placeholder":true,"num":0}]'],
        ["2{{{"],
        ["9"],
        [""],
        ['2["watch",{}]'] * (MOST_SAID + 1),
        ['2["watch",1,2,3]'],
    ],
    ids=["unknown", "reserved", "long", "binary", "rubbish", "kind", "empty", "flood", "too much"],
)
def test_who_says_anything_else_is_cut(house: House, cast: Cast, said: list[str]) -> None:
    page, other = house.enter(cast.member("바다")), house.enter(cast.member("하늘"))
    for message in said:
        try:
            page.send(message)
        except OSError:
            break  # It is cut already.
    assert page.lasts(5) is not None
    assert other.lasts(SOON) is None


def test_pages_of_one_member_and_of_all_are_limited(house: House, cast: Cast) -> None:
    bada, haneul, byeol = cast.member("바다"), cast.member("하늘"), cast.member("별님")
    first = [house.enter(bada) for _ in range(MOST_EACH)][0]
    assert house.refusal(bada) == 503
    for _ in range(MOST - MOST_EACH):
        house.enter(haneul)
    assert house.refusal(byeol) == 503
    first.close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            house.enter(byeol)
            return
        except Refused:
            time.sleep(0.05)
    pytest.fail("A place that was left is not given to anybody.")


def sign_out(bada: Visitor) -> None:
    bada.post("/auth/logout")


def end_from_elsewhere(bada: Visitor) -> None:
    Cast(bada.app).browser(bada).post("/settings/sessions/end-others")


def change_password(bada: Visitor) -> None:
    other = Cast(bada.app).browser(bada)
    fields = {"current": PASSWORD, "password": "다른 대나무 숲에서 두 마디"}
    assert other.post("/settings/account/password", **fields).status_code == 303


def suspend(bada: Visitor) -> None:
    bada.app.test_cli_runner().invoke(args=["users", "suspend", bada.username])


def run_out(bada: Visitor) -> None:
    with bada.app.app_context(), transaction():
        db.session.query(LoginSession).update({LoginSession.expires_at: now()})


@pytest.mark.parametrize("end", [sign_out, end_from_elsewhere, change_password, suspend, run_out])
def test_connection_is_cut_within_a_second_of_its_session(
    house: House, cast: Cast, end: Callable[[Visitor], None]
) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    pages = [house.enter(bada), house.enter(bada)]
    other = house.enter(haneul) if end is not run_out else None
    end(bada)
    took = [page.lasts(3) for page in pages]
    print(took)
    assert all(seconds is not None and seconds < 1 for seconds in took)
    assert house.refusal(bada) == 401
    assert other is None or other.lasts(SOON) is None


def test_open_connections_hold_none_of_the_database_and_cost_one_statement_a_look(
    house: House, cast: Cast
) -> None:
    bada, haneul = cast.member("바다"), cast.member("하늘")
    pages = [house.enter(bada), house.enter(bada), house.enter(haneul)]
    for page in pages:
        page.say("watch", {"timeline": "home"})
        page.say("watch", {"timeline": "explore"})
        until(partial(hears_of_posts, page), 10, "what the page wishes is done")
    with house.app.app_context():
        pool = db.engine.pool
    # Now and then somebody asks which sessions have ended, and gives it back.
    until(lambda: pool.checkedout() == 0, 5, "nothing is held")  # type: ignore[attr-defined]
    began = time.monotonic()
    with Statements() as statements:
        until(lambda: len(statements.seen) >= 3, 10, "it is looked three times")
    assert time.monotonic() - began >= 2 * CHECKED_EVERY, statements.seen
    assert len(set(statements.seen)) == 1 and "login_session" in statements.seen[0]
    for page in pages:
        page.close()
    until(lambda: not looking(), 5, "nobody looks any more")
    with Statements() as statements:
        time.sleep(CHECKED_EVERY * 1.5)
    assert statements.seen == []


def hears_of_posts(page: Connection) -> bool:
    """Returns whether a page hears what everybody writes."""
    live.tell(rooms.EVERYBODYS_POSTS, "post", id=1)
    return page.hear(SOON) is not None


def looking() -> bool:
    """Returns whether anything looks for sessions that have ended."""
    return "live-tickets" in {thread.name for thread in threading.enumerate()}


def test_stopping_process_cuts_everybody_and_lets_nobody_in(house: House, cast: Cast) -> None:
    bada = cast.member("바다")
    page = house.enter(bada)
    live.close()
    assert page.lasts(2) is not None
    assert house.refusal(bada) == 503
    assert bada.get("/").status_code == 200
