"""The search outbox in its rarer moments: too little time, another index meanwhile, many changes at the end."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.extensions import search
from app.models.keyset import FIRST
from app.search.engine import Document
from app.services import outbox, rebuilds, reconcile
from app.services import search as searching
from app.tasks import search as tasks
from tests.cast import Cast
from tests.services.conftest import STRANGER, site, work


def test_drain_ends_with_its_time_and_the_next_goes_on(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "BATCH", 2)
    bada = cast.member("바다")
    for number in range(4):
        cast.post(bada, f"{number}번째 글")
    with app.app_context():
        assert outbox.drain(-1) == 2 and outbox.backlog().rows == 3
        assert outbox.drain(10) == 3 and outbox.backlog().rows == 0 and outbox.backlog().since is None


def test_while_one_worker_drains_another_leaves_it_to_that_one(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "BATCH", 2)
    bada = cast.member("바다")
    drained: list[int] = []

    def late(seconds: float, sign: Callable[[], object]) -> int:
        drained.append(outbox_drain(seconds, sign))
        if len(drained) == 1:
            cast.post(bada, "막 끝날 때 쓴 글")
            tasks.drain()  # The other worker, which this change has called.
            assert outbox.backlog().rows == 1
        return drained[-1]

    outbox_drain = outbox.drain
    monkeypatch.setattr(outbox, "drain", late)
    for number in range(4):
        cast.post(bada, f"{number}번째 글")
    with app.app_context():
        tasks.drain()
        assert drained == [5, 1] and outbox.backlog().rows == 0


def test_many_changes_at_the_end_of_a_rebuild_are_caught_up_with(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, engine_with: Callable[..., None], tmp_path: Path
) -> None:
    engine_with(SEARCH_PATH=tmp_path / "search")
    monkeypatch.setattr(rebuilds, "FEW", 0)
    monkeypatch.setattr(outbox, "BATCH", 2)
    bada = cast.member("바다")
    ids = [cast.post(bada, f"{number}번째 감자") for number in range(6)]

    def write(index: str, done: int, rows: int) -> None:
        if index == "user" and done == 0:
            for id in ids[:4]:
                bada.post(f"/posts/{id}/edit", body=f"{id} 고구마")
            bada.post(f"/posts/{ids[5]}/delete")

    with app.app_context():
        assert rebuilds.advance(100, write)
    with site(app):
        assert len(searching.posts("고구마", STRANGER, FIRST).page) == 4
        assert [post.id for post in searching.posts("감자", STRANGER, FIRST).page] == [ids[4]]
    work(app)
    with app.app_context():
        assert not reconcile.compare("post").count and outbox.backlog().rows == 0


def test_comparison_goes_through_table_and_index_piece_by_piece(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "PIECE", 2)
    bada = cast.member("바다")
    ids = [cast.post(bada, f"{number}번째 글") for number in range(7)]
    work(app)
    seen: list[int] = []
    with app.app_context():
        search.engine.drop_many("post", [(id, 9) for id in ids[:3]])
        search.engine.put_many("post", [Document(ids[-1] + extra, 1, 0, "유령") for extra in range(1, 6)])
        found = reconcile.compare("post", seen.append)
        assert sorted(found.missing) == ids[:3] and found.count == 8
        assert sum(seen) == 7
        reconcile.repair("post", found)
        outbox.drain(10)
        assert not reconcile.compare("post").count
