"""Documents and words as an index takes them, and how they get there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from app.search import analysis
from app.search.elastic import failures
from app.search.engine import Document, NotReady, SearchDown
from app.search.morphemes import OwnWords

Action = dict[str, Any]

_CHUNK, _CHUNK_BYTES = 1000, 5 * 1024 * 1024
_TRIES = 3  # How often what a busy server refuses is sent again.


def put(document: Document, own: OwnWords) -> Action:
    """Returns what keeps a document, unless a newer revision stands there.

    Args:
        document: a row.
        own: the site's own words.
    """
    reading = analysis.Reading(document.text, own)
    suggested = reading.words
    fields: dict[str, Any] = {
        "id": document.id,
        "place": document.place,
        "weight": document.weight,
        "body": reading.text,
        "run": " ".join(reading.bigrams),
        "part": " ".join(reading.parts),
        "verb": " ".join(reading.verbs),
        "word": _sorted(suggested),
        "initials": _sorted(reading.initials),
        "start": _sorted(analysis.starts(document.names)),
        "keystrokes": _sorted(analysis.keystrokes(document.names)),
        "terms": _sorted(sendable(term) for term in document.terms),
    }
    kept = {name: value for name, value in fields.items() if value or name in ("id", "place", "weight")}
    return {"_op_type": "index", **_versioned(document.id, document.revision), "_source": kept}


def words(actions: Iterable[Action]) -> set[str]:
    """Returns the words of documents that are to be put."""
    return {word for action in actions for word in action["_source"].get("word", ())}


def send_drops(client: Elasticsearch, alias: str, gone: Iterable[tuple[int, int]]) -> None:
    """Takes documents out of an index, unless newer revisions stand there; what is gone can be dropped again.

    Args:
        client: as ``Connection.working`` gives it.
        alias: of the index.
        gone: ids and revisions.

    Raises:
        NotReady: there is no such alias.
        SearchDown: not all of them were taken.
    """
    # Of a deletion, Elasticsearch does not heed that it requires an alias: it would make an index of that name.
    if not client.indices.exists_alias(name=alias):
        raise NotReady(failures.NO_INDEX)
    send(client, alias, ({"_op_type": "delete", **_versioned(id, revision)} for id, revision in gone))


def put_word(word: str, weight: int) -> Action:
    """Returns what keeps a word that is worth a suggestion.

    Args:
        word: one of ``Reading.words``.
        weight: how many documents have it.
    """
    fields = {
        "word": word,
        "weight": weight,
        "start": _sorted(analysis.starts((word,))),
        "keystrokes": _sorted(analysis.keystrokes((word,))),
    }
    return {"_op_type": "index", "_id": word, "_source": fields}


def send(client: Elasticsearch, alias: str, actions: Iterable[Action]) -> None:
    """Lets an index take actions; a newer revision that stands there stays.

    Args:
        client: as ``Connection.working`` gives it.
        alias: of the index.
        actions: as the functions above return them.

    Raises:
        NotReady: there is no such alias.
        SearchDown: not all of them were taken.
    """
    refused = list(_refused(client, alias, actions))
    if any(error.get("type") == "index_not_found_exception" for error in refused):
        raise NotReady(failures.NO_INDEX)
    if refused:
        reason = refused[0].get("reason", refused[0])
        raise SearchDown(
            f"Elasticsearch did not take {len(refused)} documents of {alias}; the first: {reason}"
        )


def sendable(text: str) -> str:
    """Returns a text without the lone surrogates that cannot be sent."""
    return text.encode("utf-8", "replace").decode()


def _refused(client: Elasticsearch, alias: str, actions: Iterable[Action]) -> Iterator[dict[str, Any]]:
    answers = streaming_bulk(
        client,
        actions,
        chunk_size=_CHUNK,
        max_chunk_bytes=_CHUNK_BYTES,
        raise_on_error=False,
        max_retries=_TRIES,
        initial_backoff=0.5,
        index=alias,
        require_alias=True,
    )
    for taken, answer in answers:
        ((_, item),) = answer.items()
        if not taken and item["status"] != 409 and "error" in item:
            yield item["error"]


def _versioned(id: int, revision: int) -> Action:
    return {"_id": str(id), "version": revision, "version_type": "external_gte"}


def _sorted(tokens: Iterable[str]) -> list[str]:
    return sorted(set(tokens))
