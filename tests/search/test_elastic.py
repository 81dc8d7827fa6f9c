"""What only Elasticsearch has: a network, a cluster, neighbours, and everything that can go wrong with them."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from app.search.elastic import ElasticEngine, mapping
from app.search.engine import Document, NotReady, SearchDown
from app.search.plan import EVERYTHING, Plan
from app.search.tuning import Tuning
from tests.integration.processes import free_port, until
from tests.search.conftest import INDEXES, NOW, WORDED, answer, fresh_build, plan_of, remove
from tests.servers.proxy import Proxy

pytestmark = pytest.mark.integration

PROGRAM = Path(__file__).parents[1] / "servers" / "elasticsearch" / "elasticsearch"
REST = 2.0  # Seconds for which the breaker stays open.


class Server:
    """A server of the tests' own, which may be paused, emptied and broken."""

    def __init__(self, **settings: str) -> None:
        self.port = _free_ports()
        self._environment = {**os.environ, "ES_PORT": str(self.port), "ES_HEAP": "512m", **settings}

    def run(self, verb: str, **settings: str) -> str:
        """Has the program do something, and returns what it prints."""
        command = [str(PROGRAM), verb]
        return subprocess.run(
            command, env=self._environment | settings, check=True, stdout=subprocess.PIPE, text=True
        ).stdout.strip()

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the server."""
        os.kill(int(self.run("pid")), number)


@pytest.fixture(scope="module")
def server(elasticsearch_url: str) -> Iterator[Server]:
    """A server that asks nobody who they are."""
    server = Server()
    server.run("start")
    yield server
    server.run("wipe")


@pytest.fixture
def victim(server: Server) -> Iterator[ElasticEngine]:
    """An engine with one post, on the server that may be broken."""
    engine = engine_at(f"http://127.0.0.1:{server.port}")
    filled(engine)
    yield engine
    remove(f"http://127.0.0.1:{server.port}", "victim")


@pytest.fixture
def neighbour(elasticsearch_url: str, prefix: str) -> Iterator[ElasticEngine]:
    """An engine on the server that all tests share."""
    yield engine_at(elasticsearch_url, prefix=f"{prefix}-own", patience=10)
    remove(elasticsearch_url, f"{prefix}-own")


def engine_at(url: str, **more: object) -> ElasticEngine:
    """Returns an engine for an address."""
    given: dict[str, object] = {
        "prefix": "victim",
        "indexes": INDEXES,
        "worded": WORDED,
        "write_patience": 20,
        **more,
    }
    return ElasticEngine(url, **given)  # type: ignore[arg-type]


def filled(engine: ElasticEngine) -> None:
    """Makes an index with one post."""
    answer(engine, fresh_build(engine))
    engine.put_many("post", [Document(1, 1, NOW, "한글은 쉽다")])


def found(engine: ElasticEngine) -> list[int]:
    """Returns what a search finds."""
    return [hit.id for hit in engine.search("post", plan_of("한글"), limit=5, now=NOW)]


def answers(engine: ElasticEngine) -> bool:
    """Whether a search is answered."""
    try:
        return found(engine) == [1]
    except SearchDown:
        return False


def seconds_until_down(engine: ElasticEngine, says: str) -> float:
    """Returns how long a reader waits until it is told that there is no answer."""
    began = time.monotonic()
    with pytest.raises(SearchDown, match=says):
        found(engine)
    return time.monotonic() - began


def test_server_that_is_not_there_is_told_and_then_rested_from() -> None:
    engine = engine_at(f"http://ruby:secret@127.0.0.1:{free_port()}")
    assert seconds_until_down(engine, "cannot be reached") < 1
    assert seconds_until_down(engine, "a moment ago") < 0.05
    problem = engine.health().problem or ""
    assert "cannot be reached" in problem and "secret" not in problem
    with pytest.raises(SearchDown, match="cannot be reached"):
        engine.put_many("post", [Document(1, 1, NOW)])
    with pytest.raises(SearchDown, match="cannot be reached"):
        engine.build(Tuning())


def test_silent_server_costs_one_reader_its_patience_and_the_others_nothing(
    server: Server, victim: ElasticEngine
) -> None:
    until(lambda: answers(victim), 5, "the server to have warmed up")
    server.signal(signal.SIGSTOP)
    try:
        assert seconds_until_down(victim, "no answer in time") < 0.9
        assert seconds_until_down(victim, "a moment ago") < 0.05
        began = time.monotonic()
        assert "no answer in time" in (victim.health().problem or "")
        assert time.monotonic() - began < 0.9
    finally:
        server.signal(signal.SIGCONT)
    until(lambda: answers(victim), REST + 5, "readers to be answered again")


def test_slow_network_is_taken_for_silence_until_it_is_fast_again(
    server: Server, victim: ElasticEngine
) -> None:
    with Proxy(server.port) as proxy:
        engine = engine_at(f"http://127.0.0.1:{proxy.port}")
        until(lambda: answers(engine), 5, "the way through the proxy")
        proxy.delay = 2.0
        assert seconds_until_down(engine, "no answer in time") < 0.9
        proxy.delay = 0.4
        assert engine.generation() and engine.revisions("post", 0, 5) == [(1, 1)], "Commands wait for longer."
        proxy.delay = 0.0
        until(lambda: answers(engine), REST + 5, "readers to be answered again")


def test_part_of_an_index_without_its_data_is_an_error_and_not_half_an_answer(
    server: Server, victim: ElasticEngine
) -> None:
    client = Elasticsearch(f"http://127.0.0.1:{server.port}", request_timeout=20)
    (about,) = client.indices.get_mapping(index="victim-post").body.values()
    client.indices.create(
        index="victim-lost",
        aliases={"victim-post": {}},
        mappings={"_meta": about["mappings"]["_meta"]},
        settings={"index.routing.allocation.require._name": "nowhere"},
        wait_for_active_shards=0,
    )
    seconds_until_down(victim, "not available")
    assert "allocation/explain" in (victim.health().problem or "")
    client.indices.delete(index="victim-lost")
    until(lambda: answers(victim), REST + 10, "the whole index")


def test_closed_index_is_told_without_resting_from_the_server(server: Server, victim: ElasticEngine) -> None:
    client = Elasticsearch(f"http://127.0.0.1:{server.port}")
    index = f"victim-post-{victim.generation()}"
    client.indices.close(index=index)
    seconds_until_down(victim, "closed")
    client.indices.open(index=index)
    until(lambda: answers(victim), REST / 2, "the open index")


def test_emptied_server_without_korean_analysis_says_what_to_install(
    server: Server, victim: ElasticEngine
) -> None:
    server.run("wipe")
    server.run("start", ES_NORI="no")
    until(lambda: not _is_away(victim), REST + 5, "the new server")
    with pytest.raises(NotReady, match="no index yet"):
        found(victim)
    with pytest.raises(NotReady, match="no index yet"):
        victim.put_many("post", [Document(1, 1, NOW)])
    with pytest.raises(NotReady, match="no index yet"):
        victim.drop_many("post", [(1, 1)])
    fresh = engine_at(f"http://127.0.0.1:{server.port}")
    with pytest.raises(NotReady, match="analysis-nori"):
        fresh.build(Tuning())
    assert "analysis-nori" in (fresh.health().problem or "")
    assert fresh.generation() is None
    assert not Elasticsearch(f"http://127.0.0.1:{server.port}").indices.get(index="victim*").body


def test_server_that_asks_who_we_are_is_told_in_each_way(elasticsearch_url: str) -> None:
    server = Server(ES_PASSWORD="secret123")
    try:
        server.run("start")
        bare = f"http://127.0.0.1:{server.port}"
        seconds_until_down(engine_at(bare, patience=10), "refuses the user name")
        wrong = engine_at(bare, username="elastic", password="wrong", patience=10)
        # The first who gives a name has the server make its list of names.
        until(lambda: "refuses the user name" in str(wrong.health().problem), 20, "it to be refused")
        right = engine_at(bare, username="elastic", password="secret123", patience=10)
        # Until that list is there, even the right name is one whose list is not available.
        until(lambda: "not available" not in str(right.health().problem), 30, "the list of names to be there")
        filled(right)
        assert found(engine_at(bare.replace("//", "//%65lastic:secret123@"), patience=10)) == [1]
        _use_keys(bare)
    finally:
        server.run("wipe")


def _use_keys(url: str) -> None:
    client = Elasticsearch(url, basic_auth=("elastic", "secret123"), request_timeout=30)
    all_of_ours = {"indices": [{"names": ["victim-*"], "privileges": ["all"]}], "cluster": ["monitor"]}
    theirs = {"indices": [{"names": ["other-*"], "privileges": ["all"]}]}
    ours, other = (
        client.security.create_api_key(name="search", role_descriptors={"search": role})["encoded"]
        for role in (all_of_ours, theirs)
    )
    engine = engine_at(url, api_key=ours, patience=10)
    until(lambda: engine.health().problem is None, 20, "the server to know its keys")
    filled(engine)
    assert found(engine) == [1] and engine.health().problem is None
    seconds_until_down(engine_at(url, api_key=other, patience=10), "lacks a privilege")


@pytest.mark.parametrize(
    ("body", "product", "says"),
    [
        (b"{}", "", "not Elasticsearch"),
        (b"<html>Welcome</html>", "", "is it Elasticsearch"),
        (b"<html>", "Elasticsearch", "cannot be read"),
        (b"{}", "Elasticsearch", "cannot be read"),
        (b"[1]", "Elasticsearch", "cannot be read"),
        (b'{"hits": {"hits": [{}]}}', "Elasticsearch", "cannot be read"),
    ],
)
def test_answer_of_something_else_is_told(body: bytes, product: str, says: str) -> None:
    class Stranger(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("X-Elastic-Product", product)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as stranger:
        threading.Thread(target=stranger.serve_forever, daemon=True).start()
        engine = engine_at(f"http://127.0.0.1:{stranger.server_address[1]}")
        seconds_until_down(engine, says)
        assert engine.health().problem
        stranger.shutdown()


def test_server_without_encryption_is_told(elasticsearch_url: str) -> None:
    engine = engine_at(elasticsearch_url.replace("http://", "https://"))
    seconds_until_down(engine, "check https")


def test_sites_of_one_cluster_leave_each_other_alone(
    neighbour: ElasticEngine, elasticsearch_url: str
) -> None:
    # Two prefixes, of which one begins like the other's indices.
    prefix = neighbour._names.prefix
    other = engine_at(elasticsearch_url, prefix=f"{prefix}-post", patience=10)
    for engine in (neighbour, other, neighbour):
        filled(engine)
    assert found(neighbour) == found(other) == [1]
    begun = fresh_build(other)
    filled(neighbour)
    assert other.build(Tuning(), begun.name).name == begun.name


def test_finished_generation_removes_all_others_and_no_write_brings_them_back(
    neighbour: ElasticEngine, elasticsearch_url: str
) -> None:
    left_over, finished = fresh_build(neighbour), fresh_build(neighbour)
    answer(neighbour, finished)
    for build_ in (left_over, finished):
        with pytest.raises(NotReady):
            build_.put("post", [Document(1, 1, NOW)])
    names = {*Elasticsearch(elasticsearch_url).indices.get(index=f"{neighbour._names.prefix}-*").body}
    names.remove(neighbour._names.marks)
    assert {neighbour._names.generation_of(name) for name in names} == {finished.name}
    assert len(names) == len(INDEXES) + len(WORDED)


def test_index_of_an_older_version_answers_and_asks_to_be_made_anew(
    neighbour: ElasticEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping, "MADE_BY", "an older version")
    filled(neighbour)
    begun = fresh_build(neighbour)
    monkeypatch.undo()
    health = neighbour.health()
    assert health.is_stale and "an older version" in (health.problem or "") and found(neighbour) == [1]
    assert neighbour.build(Tuning(), begun.name).name != begun.name


def test_late_put_does_not_bring_back_what_was_dropped(neighbour: ElasticEngine) -> None:
    filled(neighbour)
    neighbour.drop_many("post", [(1, 3)])
    neighbour.put_many("post", [Document(1, 2, NOW, "한글은 쉽다")])
    assert found(neighbour) == []


def test_what_is_refused_is_counted_and_told(neighbour: ElasticEngine) -> None:
    answer(neighbour, fresh_build(neighbour))
    far = [Document(2**63 + id, 1, NOW, "한글") for id in (1, 2)]
    with pytest.raises(SearchDown, match=r"did not take 2 documents .* first: .+"):
        neighbour.put_many("post", [*far, Document(3, 1, NOW, "한글은 쉽다")])


def test_child_of_a_process_has_sockets_of_its_own(neighbour: ElasticEngine) -> None:
    filled(neighbour)
    assert found(neighbour) == [1]
    parents = neighbour._connection._client
    child = os.fork()
    if child == 0:
        os._exit(0 if found(neighbour) == [1] and neighbour._connection._client is not parents else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert neighbour._connection._client is parents and found(neighbour) == [1]


def test_thousands_of_posts_are_put_at_once_and_all_their_words_counted(neighbour: ElasticEngine) -> None:
    answer(neighbour, fresh_build(neighbour))
    neighbour.put_many("post", [Document(id, 1, NOW + id, f"감자 {id}번") for id in range(1, 2502)])
    assert neighbour.health().documents["post"] == 2501
    assert len(neighbour.search("post", Plan(EVERYTHING), limit=20_000)) == 2501
    assert neighbour.suggest("post", "감", limit=1) == ["감자"]


def _is_away(engine: ElasticEngine) -> bool:
    try:
        found(engine)
    except NotReady:
        return False
    except SearchDown:
        return True
    return False


def _free_ports() -> int:
    """Returns a port of two free ones, as the program uses them; by chance, for several runs look for one at once."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)  # No system gives these away by itself.
        with socket.socket() as one, socket.socket() as other:
            if one.connect_ex(("127.0.0.1", port)) and other.connect_ex(("127.0.0.1", port + 100)):
                return port
