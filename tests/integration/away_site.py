"""A site whose store is away for a while, people who go on using it, and what becomes of each thing they cause."""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import requests
import websocket

from app.tasks import mail, users
from tests.integration.away_report import Effect, Report
from tests.integration.live_site import Member, OneMachine
from tests.integration.processes import StoreProcess, queue_at, until

LIMIT = 90.0  # Seconds after the return in which everything has to be done.
WORDS = (
    "왕머루",
    "돌배나무",
    "노각나무",
    "팥배나무",
    "물푸레나무",
    "때죽나무",
    "쪽동백",
    "산딸나무",
    "고로쇠",
)
A_WORDS_POSTS = 10  # They stand on one page of results.
NEWS = ("notification", "badges", "message", "task", "post")
PAGES = {
    "a page": "/",
    "the notifications": "/notifications",
    "the messages": "/messages",
    "a search": "/search?q=이야기",
    "the badges": "/news",
}
Row = tuple[Any, ...]


class Page:
    """An open page of a member, which notes what it is told.

    Attributes:
        heard: when, and of what kind.
    """

    def __init__(self, member: Member) -> None:
        self.heard: list[tuple[float, str]] = []
        self._connection = member.open()
        self._over = threading.Event()
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def since(self, moment: float, *kinds: str) -> list[float]:
        """Returns how many seconds after a moment it was told of one of the kinds."""
        return [when - moment for when, kind in self.heard if when >= moment and kind in kinds]

    def close(self) -> None:
        """Leaves."""
        self._over.set()
        self._listening.join()
        self._connection.close()

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                news = self._connection.hear(0.2, but=())
            except (websocket.WebSocketException, OSError):
                self.heard.append((time.monotonic(), "cut"))
                return
            if news:
                self.heard.append((time.monotonic(), news[0]))


class AwaySite(OneMachine):
    """What ``./boot.sh`` runs, web processes, workers and scheduler, with a store that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.store = StoreProcess(folder)
        self.store.start()
        super().__init__(folder, REDIS_URL=self.store.url, RATELIMIT_ENABLED="0")
        self.report = Report(0)

    def stop(self) -> None:
        """Leaves nothing of it."""
        super().stop()
        self.store.kill()

    def forget(self) -> None:
        """Takes from the store, while it is away, all that it has kept."""
        for file in (self.folder / "store").rglob("*"):
            if file.is_file():
                file.unlink()

    def rows(self, statement: str, *values: object) -> list[Row]:
        """Asks the database."""
        with closing(sqlite3.connect(self.data / "hanmadi.db", timeout=10)) as database:
            return list(database.execute(statement, values))

    def change(self, statement: str, *values: object) -> None:
        """Changes the database, as time would."""
        with closing(sqlite3.connect(self.data / "hanmadi.db", timeout=10)) as database, database:
            database.execute(statement, values)

    def number(self, statement: str, *values: object) -> int:
        """Asks the database for a number."""
        ((found,),) = self.rows(statement, *values)
        return int(found)

    def letters(self, to: str) -> int:
        """Returns how many letters to somebody have been sent."""
        ((address,),) = self.rows("SELECT email FROM user WHERE username = ?", to)
        folder = self.data / "mail"
        return sum(f"To: {address}" in letter.read_text() for letter in folder.glob("*.eml"))

    def timed(self, what: str, ask: Callable[[], requests.Response], *wanted: int) -> requests.Response:
        """Notes how long a request takes, whose answer has one of the statuses."""
        began = time.monotonic()
        answer = ask()
        self.report.took[what].append(time.monotonic() - began)
        assert answer.status_code in wanted, (what, answer.status_code, answer.text)
        return answer


def outage(site: AwaySite, seconds: float, forgets: bool = False) -> Report:
    """Takes the store away while people use the site, brings it back, and returns what became of everything.

    Args:
        site: the site.
        seconds: for how long the store is away.
        forgets: whether it comes back empty.
    """
    assert 0 < seconds < len(WORDS) * A_WORDS_POSTS - 5, "There are no more words to search for."
    site.report = report = Report(seconds)
    people = {name: site.member(name) for name in ("바다", "하늘", "산들", "들", "강", "별")}
    wish = {"on_site": ["reply", "mention"], "by_mail": ["reply", "mention"]}
    assert people["산들"].post("/settings/notifications", **wish).status_code == 303
    # Their letters and pages are to be Korean.
    site.change("UPDATE user SET locale = 'ko'")
    usual = site.post_of("바다", "둥근 달이 떴어요")
    until(lambda: found(site, "둥근") == 1, 60, "the site to be at work")
    site.change("UPDATE user SET last_seen_at = datetime('now', '-2 hours')")
    site.change("UPDATE login_session SET seen_at = datetime('now', '-2 hours')")
    page = Page(people["바다"])
    try:
        site.store.kill()
        killed = time.monotonic()
        use(site, people, seconds)
        report.effects += [*stored(site), badge(site)]
        lost = page.since(killed, *NEWS)
        if forgets:
            site.forget()
        site.store.start()
        back = time.monotonic()
        report.effects += owed(site, back)
        report.effects += live(site, page, back, usual, lost)
    finally:
        page.close()
    report.effects += [*seen(site, people["별"]), notices(site)]
    return report


def use(site: AwaySite, people: dict[str, Member], seconds: float) -> None:
    """Lets people use the site for so many seconds, each thing about once a second."""
    began, turn = time.monotonic(), 0
    to = {"email": address(site, "강")}
    site.timed("asking for a letter", lambda: people["강"].post("/auth/forgot", **to), 200)
    site.timed("starting an export", lambda: people["들"].post("/settings/exports"), 303)
    site.timed("a page", lambda: people["별"].get("/"), 200)
    for name in ("하늘", "산들", "들"):
        site.timed("following", partial(people[name].post, "/@바다/follow"), 303)
    while (since := time.monotonic() - began) < seconds:
        one_turn(site, people, turn)
        turn += 1
        time.sleep(max(0.0, min(seconds, since + 1) - (time.monotonic() - began)))


def one_turn(site: AwaySite, people: dict[str, Member], turn: int) -> None:
    """Lets one write, another like, answer and send a message, and both look at their pages."""
    bada, haneul = people["바다"], people["하늘"]
    word = WORDS[turn // A_WORDS_POSTS % len(WORDS)]
    site.timed("a post", partial(bada.post, "/posts", body=f"{word} 이야기 {turn}"), 303)
    post = site.number("SELECT max(id) FROM post WHERE parent_id IS NULL")
    site.timed("a like", partial(haneul.post, f"/posts/{post}/like"), 303)
    site.timed("a reply", partial(haneul.post, f"/posts/{post}/replies", body=f"그러게요 @산들 {turn}"), 303)
    message = {"body": f"쪽지 {turn}", "key": f"message-{turn:04}"}
    site.timed("a message", partial(haneul.post, "/messages/바다", **message), 303)
    for what, path in PAGES.items():
        site.timed(what, partial(bada.get, path), 200)


def address(site: AwaySite, name: str) -> str:
    """Returns a member's e-mail address."""
    ((found,),) = site.rows("SELECT email FROM user WHERE username = ?", name)
    return str(found)


def found(site: AwaySite, word: str) -> int:
    """Returns how many posts with a word somebody finds, or -1 while search is resting."""
    text = site.member("산들").get(f"/search?q={word}").text
    return -1 if "검색이 쉬고 있어요" in text else text.count('<article class="post')


def stored(site: AwaySite) -> list[Effect]:
    """Compares what is in the database with what people did, before the store is back."""
    took = site.report.took
    rows = {
        "posts": ("post WHERE parent_id IS NULL AND body LIKE '%이야기%'", "a post"),
        "replies": ("post WHERE parent_id IS NOT NULL", "a reply"),
        "likes": ('"like"', "a like"),
        "follows": ("follow", "following"),
        "messages": ("message", "a message"),
    }
    effects = [
        all_of(f"{name}, rows", site.number(f"SELECT count(*) FROM {where}"), len(took[what]))
        for name, (where, what) in rows.items()
    ]
    wanted = {"like": len(took["a like"]), "reply": len(took["a reply"]), "message": 1, "follow": 1}
    ours = "FROM notification JOIN user ON user.id = user_id WHERE username = '바다' AND kind = ?"
    for kind, count in wanted.items():
        there = site.number(f"SELECT count(*) {ours}", kind)
        effects.append(all_of(f"notifications, {kind}", there, count))
    return effects


def all_of(name: str, there: int, wanted: int) -> Effect:
    """Returns the effect of what is stored at once."""
    return Effect(name, f"{there} of {wanted} stored", "at once, while it was away", there == wanted)


def badge(site: AwaySite) -> Effect:
    """Compares the numbers that a page is given while the store is away with what is unread."""
    told = site.member("바다").get("/news").json()
    mine = "FROM user JOIN {} ON user.id = user_id WHERE username = '바다'"
    unread = site.number(f"SELECT count(*) {mine.format('notification')} AND kind <> 'message'")
    waiting = site.number(f"SELECT unread_count {mine.format('participation')}")
    right = told == {"notifications": min(unread, 100), "messages": waiting}
    numbers = f"{told['notifications']} notifications, {told['messages']} messages"
    return Effect("badge numbers", numbers, "at once, while it was away", right)


def owed(site: AwaySite, back: float) -> list[Effect]:
    """Waits until what is mirrored and owed is done, and returns when it was."""
    posts = len(site.report.took["a post"])
    words = WORDS[: -(-posts // A_WORDS_POSTS)]
    counts: dict[str, tuple[Callable[[], int], int]] = {
        "search, posts found": (lambda: sum(found(site, word) for word in words), posts),
        "letter with a link": (lambda: site.letters("강"), 1),
        "export begun": (lambda: site.number("SELECT count(*) FROM task WHERE state <> 'queued'"), 1),
        "export ready": (lambda: len(list((site.data / "exports").glob("*.zip"))), 1),
        "letter about the export": (lambda: site.letters("들"), 1),
    }
    when: dict[str, float] = {}
    while len(when) < len(counts) and time.monotonic() < back + LIMIT:
        for name in counts.keys() - when.keys():
            count, wanted = counts[name]
            if count() == wanted:
                when[name] = time.monotonic() - back
        time.sleep(0.05)
    time.sleep(2)  # Whatever would come twice has come.
    effects = [
        Effect(
            name,
            f"{(there := count())} of {wanted}",
            f"{when[name]:.1f} s after its return" if name in when else "never",
            there == wanted and name in when,
        )
        for name, (count, wanted) in counts.items()
    ]
    left = site.number("SELECT count(*) FROM errand")
    return [*effects, Effect("owed, and not done", str(left), "", left == 0)]


def live(site: AwaySite, page: Page, back: float, post: int, lost: list[float]) -> list[Effect]:
    """Looks whether an open page was told to catch up, and is told of what happens now."""
    until(lambda: page.since(back, "catch-up"), 10, "the open page to be told to catch up")
    caught = page.since(back, "catch-up")
    happened = time.monotonic()
    assert site.member("하늘").post(f"/posts/{post}/like").status_code == 303
    until(lambda: page.since(happened, "notification"), 20, "the open page to be told")
    told = page.since(happened, "notification")
    return [
        Effect("live news of that time", f"{len(lost)} told, the others lost", "never; the page asks", True),
        Effect(
            "open page told to catch up",
            f"{len(caught)} times",
            f"{caught[0]:.1f} s after its return" if caught else "never",
            bool(caught),
        ),
        Effect(
            "live news from then on", f"{len(told)} of 1", f"{told[0]:.2f} s after the like", len(told) == 1
        ),
    ]


def seen(site: AwaySite, member: Member) -> list[Effect]:
    """Looks when it was written down that somebody was there who only came while the store was away."""
    recent = "SELECT count(*) FROM user WHERE username = '별' AND last_seen_at > datetime('now', '-1 hour')"
    lost = not site.number(recent)
    came = time.monotonic()
    assert member.get("/").status_code == 200
    queue_at(site.store.url).enqueue(users.note_seen)
    until(lambda: site.number(recent), 20, "the next visit to be written down")
    return [
        Effect("last seen, at that time", "lost" if lost else "written down", "never", lost),
        Effect(
            "last seen, the next time",
            "written down",
            f"{time.monotonic() - came:.1f} s after the clock's next turn (every minute)",
            True,
        ),
    ]


def notices(site: AwaySite) -> Effect:
    """Lets the notifications of somebody who was not there grow old, and the clock's turn for letters come."""
    ours = "user_id = (SELECT id FROM user WHERE username = '산들')"
    unread = site.number(f"SELECT count(*) FROM notification WHERE {ours}")
    site.change(f"UPDATE notification SET updated_at = datetime('now', '-15 minutes') WHERE {ours}")
    site.change("UPDATE user SET last_seen_at = datetime('now', '-2 hours') WHERE username = '산들'")
    asked, queue = time.monotonic(), queue_at(site.store.url)
    for _ in range(2):
        queue.enqueue(mail.tell_unread)
    until(lambda: site.letters("산들"), 30, "the letter about notifications")
    took = time.monotonic() - asked
    time.sleep(2)
    return Effect(
        "letter about notifications",
        f"{site.letters('산들')} of 1, about {unread}",
        f"{took:.1f} s after the clock's next turn (every 10 minutes)",
        site.letters("산들") == 1 and unread == len(site.report.took["a reply"]),
    )
