"""Says what an error of Elasticsearch means, in words that help whoever runs it."""

from __future__ import annotations

from typing import Any

from elasticsearch import (
    ApiError,
    BadRequestError,
    ConnectionError,
    ConnectionTimeout,
    NotFoundError,
    SSLError,
    TransportError,
    UnsupportedProductError,
)

from app.search.engine import NotReady, SearchDown

NO_INDEX = "no index yet: flask search rebuild makes one"
NO_NORI = (
    "Elasticsearch lacks Korean analysis: run elasticsearch-plugin install analysis-nori on every node, "
    "restart the nodes, then flask search rebuild"
)

AWAY = (TransportError, ApiError, LookupError, TypeError, AttributeError)
"""What means that there is no answer. The last three: it came, but is none that Elasticsearch would give."""
WELL = (NotFoundError, BadRequestError)
"""What a server says that is well."""

_BY_STATUS = {
    400: "it cannot answer this; if another version of the site made the index, flask search rebuild",
    401: "it refuses the user name and password, or the API key",
    403: "the account lacks a privilege; it needs all of them on the site's own indices, and monitor on the cluster",
    413: "it does not take requests of this size; raise http.max_content_length",
    429: "it is overloaded and refuses work for now",
    503: "a part of the index is not available; GET _cluster/allocation/explain says why",
}


def meaning(error: BaseException) -> str:
    """Returns what an error means for whoever runs the server."""
    match error:
        case ConnectionTimeout():
            return "no answer in time; it is overloaded, paused, or behind a firewall"
        case SSLError():
            return f"no safe way there; check https, the host name and the CA file ({_innermost(error)})"
        case ConnectionError():
            return f"it cannot be reached; is it running, and is the address right? ({_innermost(error)})"
        case UnsupportedProductError():
            return "what answers there is not Elasticsearch; check the address"
        case ApiError(status_code=status):
            told = _BY_STATUS.get(status, "it answers with an error")
            return f"{told} (status {status}: {_reason(error.body)})"
    return f"its answer cannot be read; is it Elasticsearch, version 9? ({type(error).__name__}: {error})"


def down(where: str, error: BaseException) -> SearchDown:
    """Returns what the engine raises for an error.

    Args:
        where: the server's address, without secrets.
        error: as the client raised it.
    """
    if isinstance(error, NotFoundError) and _kind(error.body) == "index_not_found_exception":
        return NotReady(NO_INDEX)
    return SearchDown(f"Elasticsearch at {where} failed: {meaning(error)}")


def part_down(where: str, answer: dict[str, Any]) -> SearchDown:
    """Returns what the engine raises when one of several things it asked for at once failed.

    Args:
        where: the server's address, without secrets.
        answer: the answer to the one.
    """
    if _kind(answer) == "index_not_found_exception":
        return NotReady(NO_INDEX)
    return SearchDown(f"Elasticsearch at {where} failed: {_reason(answer)}")


def _kind(body: Any) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("type", "")) if isinstance(error, dict) else ""


def _reason(body: Any) -> str:
    error = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(error, dict):
        return str(error)[:300]
    causes = error.get("root_cause") or [error]
    return str(causes[0].get("reason") or error.get("reason") or error)[:300]


def _innermost(error: TransportError) -> str:
    return str(error.errors[0] if error.errors else error.message)[:300]
