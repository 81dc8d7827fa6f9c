"""Search in a whole site while its parts are down, with the real servers: nothing is lost, doubled or waited for.

STORE_AWAY is for how many seconds the queue's store is away while people write; ``STORE_AWAY=40 pytest -s
tests/integration/test_search.py -k store`` is the long proof.
"""

import os
import signal
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial

import pytest

from tests.integration.processes import started_with, until
from tests.integration.search_site import FIRST, Answer, Cluster, Person, Site, WritersPlace

AWAY = float(os.environ.get("STORE_AWAY", "12"))
SOON = 10.0  # Seconds after the return of a part in which all is found.
PAGE = 1.0  # Seconds that a reader waits at most.
PATIENCE = 0.5  # Seconds that a page waits for an engine that does not answer.
POLITE = 3.0  # Seconds that a process may write without a break: a member's browser waits for five.
SLOWER = 0.3  # Seconds that a writer waits longer at most.

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="Watching processes needs Linux's /proc"),
    pytest.mark.timeout(240),
]
with_elasticsearch = pytest.mark.parametrize("site", ["elasticsearch"], indirect=True)

Fault = Callable[[Cluster], AbstractContextManager[None]]
FAULTS: dict[str, Fault] = {
    "killed": Cluster.killed,
    "paused": Cluster.paused,
    "slow": lambda cluster: cluster.slow(3.0),
    "red": Cluster.red,
}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server that may be broken."""
    if not os.environ.get("TEST_ELASTICSEARCH_URL"):
        if os.environ.get("CI"):
            pytest.fail("CI has to prove Elasticsearch: set TEST_ELASTICSEARCH_URL.")
        pytest.skip("Set TEST_ELASTICSEARCH_URL; tests/servers/elasticsearch/elasticsearch start prints one.")
    cluster = Cluster()
    yield cluster
    cluster.remove()


@pytest.fixture(scope="module", params=["embedded", "elasticsearch"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with each engine, which all tests use one after the other."""
    cluster = request.getfixturevalue("cluster") if request.param == "elasticsearch" else None
    site = Site(tmp_path_factory.mktemp(request.param), cluster)
    try:
        site.open()
        yield site
    finally:
        site.remove()


@pytest.fixture(autouse=True)
def calm(site: Site) -> None:
    """Begins every test with everything found."""
    until(lambda: site.waiting() == 0 and not site.haneul.search(FIRST).is_resting, 60, "the site to be calm")


@pytest.fixture(autouse=True)
def polite(site: Site) -> Iterator[None]:
    """Lets no process keep the others from writing, whatever it waits for itself."""
    place = WritersPlace(site.data / "hanmadi.db")
    yield
    assert place.stop() < POLITE


def write(person: Person, word: str, numbers: range) -> tuple[list[str], list[float]]:
    """Writes posts with a word, and returns their texts and how many seconds each took."""
    texts = [f"{word} 이야기 {number}번째" for number in numbers]
    return texts, [person.publish(text) for text in texts]


def write_for(seconds: float, site: Site, word: str) -> tuple[list[str], list[float], list[float]]:
    """Lets one write and another search; returns the texts, and how long each post and each page took."""
    texts: list[str] = []
    posting: list[float] = []
    pages: list[float] = []
    until_then = time.monotonic() + seconds
    while time.monotonic() < until_then:
        more, took = write(site.bada, word, range(len(texts), len(texts) + 1))
        texts, posting = texts + more, posting + took
        pages.append(site.haneul.search(word).seconds)
        time.sleep(seconds / 18)  # All of them are to stand on one page.
    return texts, posting, pages


def at_once(person: Person, word: str) -> list[Answer]:
    """Opens eight pages of a search at the same moment."""
    with ThreadPoolExecutor(8) as eight:
        return list(eight.map(person.search, [word] * 8))


def longest_page(site: Site) -> float:
    """Returns how many seconds a page may take while a part is down.

    It is one second. On a machine so busy that eight pages at once take more than a quarter of it while all is well, it
    is the engine's patience and twice what they take: what is asked of the site is a ratio then.
    """
    return max(PAGE, PATIENCE + 2 * max(page.seconds for page in at_once(site.haneul, FIRST)))


def more_is_drained(site: Site, before: int) -> bool:
    """Whether fewer rows wait than before."""
    return site.waiting() < before


def seconds_until(found: Callable[[], bool], limit: float, what: str) -> float:
    """Returns how long it takes until something is true."""
    began = time.monotonic()
    until(found, limit, what)
    return time.monotonic() - began


@with_elasticsearch
@pytest.mark.parametrize(
    ("fault", "word"), list(zip(FAULTS, ("수박", "참외", "산딸기", "석류"), strict=True))
)
def test_people_write_and_search_on_while_elasticsearch_is_down(site: Site, fault: str, word: str) -> None:
    assert site.cluster
    before, usual = write(site.bada, word, range(3))
    until(lambda: site.finds(word, before), SOON, "what was written before to be found")
    longest = longest_page(site)
    with FAULTS[fault](site.cluster):
        first = site.haneul.search(word)
        texts, posting = write(site.bada, word, range(3, 10))
        pages = [first, *at_once(site.haneul, word)]
        with ThreadPoolExecutor(4) as four:
            hints = list(four.map(site.haneul.suggestions, [word] * 4))
        end = time.monotonic() + 6  # The worker tries meanwhile.
        while time.monotonic() < end:
            time.sleep(1)
            texts += write(site.bada, word, range(len(texts) + 3, len(texts) + 4))[0]
            pages.append(site.haneul.search(word))
        last = pages[-1].posts(word)
    back = seconds_until(lambda: site.finds(word, before + texts), SOON, "all to be found")
    slowest = max(page.seconds for page in pages)
    print(
        f"Elasticsearch {fault}: first page {first.seconds:.2f} s, slowest {slowest:.2f} of {longest:.2f} s, "
        f"suggestions {max(hint.seconds for hint in hints):.2f} s; a post {statistics.median(posting):.3f} s, slowest "
        f"{max(posting):.3f} s, before {statistics.median(usual):.3f} s; all found {back:.1f} s after the return."
    )
    assert all(page.is_resting for page in pages)
    assert set(first.posts(word)) == set(before) and sorted(last) == sorted(before + texts)
    assert slowest < longest and max(hint.seconds for hint in hints) < longest
    assert statistics.median(posting) < statistics.median(usual) + SLOWER


@with_elasticsearch
def test_elasticsearch_that_answers_just_in_time_costs_a_page_no_more_than_a_second(site: Site) -> None:
    assert site.cluster
    longest = longest_page(site)
    seconds, asked = [], []
    with site.cluster.slow(0.4):
        for word in (FIRST, "호랑이 담배", "tkdcn", "없는말들", "", "코끼리 냉장고", FIRST):
            if not word:
                time.sleep(6)  # Until what the process knows of the index is too old to be believed.
                continue
            before = site.cluster.late
            seconds.append(site.haneul.search(word).seconds)
            asked.append(site.cluster.late - before)
    print(
        f"Elasticsearch 0.4 s late: pages took {', '.join(f'{one:.2f}' for one in seconds)} s, asking {asked}."
    )
    assert max(asked) <= 2
    assert max(seconds) < longest


@with_elasticsearch
def test_emptied_elasticsearch_is_filled_again_by_itself(site: Site) -> None:
    assert site.cluster
    texts, _ = write(site.bada, "으름덩굴", range(3))
    until(lambda: site.finds("으름덩굴", texts), SOON, "what was written before to be found")
    site.cluster.empty()
    assert site.haneul.search("으름덩굴").is_resting
    texts += write(site.bada, "으름덩굴", range(3, 6))[0]
    back = seconds_until(lambda: site.finds("으름덩굴", texts), 60, "the index to be made anew")
    print(f"Elasticsearch emptied: all {site.count('post')} posts found again {back:.1f} s later.")
    # Whoever asked for the index while it was made has it made once more.
    until(lambda: not site.count("search_rebuild"), 60, "the site to be done with it")
    site.is_whole()


def test_what_is_written_while_the_store_is_away_is_found_soon_after(site: Site) -> None:
    usual = write(site.bada, "왕머루", range(3))[1]
    until(lambda: site.finds("왕머루", [f"왕머루 이야기 {number}번째" for number in range(3)]), SOON, "them")
    longest = longest_page(site)
    site.store.kill()
    texts, posting, pages = write_for(AWAY, site, "돌배나무")
    site.store.start()
    back = seconds_until(lambda: site.finds("돌배나무", texts), SOON, "all to be found")
    print(
        f"Store killed for {AWAY:.0f} s ({site.engine}): a post {statistics.median(posting):.3f} s, slowest "
        f"{max(posting):.3f} s, before {statistics.median(usual):.3f} s; slowest page {max(pages):.2f} s; "
        f"all {len(texts)} found {back:.1f} s after its return."
    )
    assert statistics.median(posting) < statistics.median(usual) + SLOWER and max(pages) < longest


@pytest.mark.parametrize("site", ["embedded"], indirect=True)
def test_store_that_never_answers_makes_nobody_wait_for_long(site: Site) -> None:
    usual, longest = write(site.bada, "산뽕나무", range(3))[1], longest_page(site)
    site.store.pause()
    try:
        texts, posting, pages = write_for(6, site, "노각나무")
    finally:
        site.store.go_on()
    back = seconds_until(lambda: site.finds("노각나무", texts), SOON, "all to be found")
    print(
        f"Store paused for 6 s: a post {statistics.median(posting):.3f} s, slowest {max(posting):.3f} s; "
        f"slowest page {max(pages):.2f} s; all {len(texts)} found {back:.1f} s after its return."
    )
    # Both the queue and the limits ask it, each once in a while.
    assert max(posting) < 2 * SLOWER + max(0.3, 2 * max(usual)) and max(pages) < longest


@pytest.mark.parametrize(("how", "word"), [("deleted", "가막살나무"), ("suspended", "층꽃나무")])
def test_what_nobody_may_see_leaves_the_index_and_every_suggestion_in_one_drain(
    site: Site, how: str, word: str
) -> None:
    name, text = f"nuri{how}", f"{word} 아래에서 쉬어요 #{word}길"
    nuri = site.member(name)
    nuri.publish(text)

    def suggested() -> list[bool]:
        return [
            rest in site.haneul.suggestions(typed).page
            for typed, rest in (
                (word[:2], f"</b>{word[2:]}<"),
                (f"#{word[:2]}", f"</b>{word[2:]}길<"),
                (name, f"/@{name}"),
            )
        ]

    until(lambda: site.finds(word, [text]) and all(suggested()), SOON, "the post, its words and its author")
    if how == "deleted":
        ((id,),) = site.rows("SELECT max(id) FROM post")
        assert nuri.send(f"/posts/{id}/delete").status == 303
    else:
        site.flask("users", "suspend", name)
    # Each row is brought to the engine once, and then struck off.
    gone = seconds_until(lambda: site.waiting() == 0, SOON, "the outbox to be empty")
    print(f"Post {how} ({site.engine}): out of the index after {gone:.1f} s.")
    site.is_whole()
    left = [False, False, how == "deleted"]
    until(
        lambda: site.finds(word, []) and suggested() == left, SOON, "an answer without it, and no suggestion"
    )


def test_workers_killed_in_the_middle_of_a_drain_lose_and_double_nothing(site: Site) -> None:
    site.stop_workers()
    site.flask("data", "generate", "--users", "30", "--posts", "4000", "--follows", "3", "--seed", "3")
    began = time.monotonic()
    kills: list[tuple[int, int]] = []
    site.signal_workers(signal.SIGCONT)
    while len(kills) < 3 and (before := site.waiting()):
        until(partial(more_is_drained, site, before), 60, "the next part to be in the index")
        time.sleep(0.1)  # The part after that is on its way.
        if waiting := site.waiting():
            kills.append((site.signal_workers(signal.SIGKILL), waiting))
    until(lambda: site.waiting() == 0, 100, "the outbox to be empty")
    told = ", ".join(f"{processes} processes with {waiting} rows waiting" for processes, waiting in kills)
    print(f"Killed ({site.engine}): {told}; the outbox was empty after {time.monotonic() - began:.1f} s.")
    assert len(kills) > 1 and max(processes for processes, _ in kills) > 2, "A job was killed with them."
    site.is_whole()


def test_rebuild_that_was_killed_leaves_the_old_index_and_is_finished_by_the_next(site: Site) -> None:
    # A few more than are copied at once, so that a part of them can be in the new index.
    site.flask("data", "generate", "--users", "50", "--posts", "4400", "--follows", "3", "--seed", "4")
    drained = seconds_until(lambda: site.waiting() == 0, 100, "the outbox to be empty")
    rebuild = site.begin("search", "rebuild")
    until(
        lambda: site.count("search_rebuild", "last_id > 0") or rebuild.poll() is not None, 60, "a part of it"
    )
    for pid, command in started_with(site.data).items():
        if "search rebuild" in command:
            os.kill(pid, signal.SIGKILL)
    assert rebuild.wait(10) == -signal.SIGKILL
    ((place,),) = site.rows("SELECT index_name || ' ' || last_id FROM search_rebuild")
    assert site.finds(FIRST, [FIRST]), "The old index answers."
    texts, _ = write(site.bada, "다래", range(5))
    until(lambda: site.finds("다래", texts), SOON, "what is written meanwhile to be found")
    with sqlite3.connect(site.data / "hanmadi.db", timeout=10) as database:  # A minute passes.
        database.execute("UPDATE search_rebuild SET busy_until = datetime('now', '-1 minute')")
    began = time.monotonic()
    assert "The new index answers" in site.flask("search", "rebuild")
    took = time.monotonic() - began
    print(
        f"4,400 posts drained in {drained:.1f} s ({site.engine}); "
        f"rebuild killed at {place}, the next took {took:.1f} s."
    )
    assert site.finds("다래", texts)
    site.is_whole()
