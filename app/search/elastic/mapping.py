"""How an index keeps what is searched for."""

from __future__ import annotations

from typing import Any

from app.search import analysis
from app.search.tuning import Tuning

# What ``analysis.lemmas`` leaves out as well: particles, endings, suffixes, auxiliaries and signs. Lucene 10 knows the
# fine tags only.
_LEFT_OUT = (
    *"EP EF EC ETN ETM JKS JKC JKG JKO JKB JKV JKQ JX JC".split(),
    *"SP SSC SSO SC SE SF SY XSA XSN XSV VCP VCN VX MAJ NNBC NA VSV".split(),
)
_CHAIN = "content nori_readingform lowercase possessive english remove_duplicates".split()

LAYOUT = 3
"""Counts the changes of this file; an index of another layout is built anew."""
MADE_BY = f"nori, rules {analysis.VERSION}, layout {LAYOUT}"

_NUMBER = {"type": "long"}
_ORDER = {"type": "long", "index": False}  # Only sorted by.
_TOKENS = {
    "type": "keyword",
    "doc_values": False,
    "ignore_above": 1000,
}  # Only asked for, by the whole token.
_MANY_TOKENS = {"type": "text", "analyzer": "blanks", "index_options": "docs", "norms": False}
"""The same in one text: some fifty fields of a document each take far longer."""
_COUNTED = {"type": "keyword", "ignore_above": 1000}

_WHILE_FILLED = {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"}
WHEN_IT_ANSWERS: dict[str, Any] = {"index": {"auto_expand_replicas": "0-1", "refresh_interval": None}}
"""The settings of an index that is no longer filled; one server keeps one copy, several keep two."""


def of_documents(tuning: Tuning, generation: str) -> dict[str, Any]:
    """Returns settings and mappings of an index of documents.

    Args:
        tuning: the site's own words.
        generation: to which it will belong.
    """
    settings = {
        **_WHILE_FILLED,
        "gc_deletes": "1h",  # So long a late older revision cannot bring back what was dropped.
        "analysis": _analysis(tuning),
    }
    fields = {
        "id": _NUMBER,
        "place": _NUMBER,
        "weight": _ORDER,
        "body": {"type": "text", "analyzer": "mixed", "search_analyzer": "apart"},
        "run": {"type": "text", "analyzer": "blanks"},
        "part": _MANY_TOKENS,
        "verb": _MANY_TOKENS,
        "word": _COUNTED,
        "initials": _TOKENS,
        "start": _TOKENS,
        "keystrokes": _TOKENS,
        "terms": _TOKENS,
    }
    meta = {"generation": generation, "made_by": MADE_BY, "tuning": tuning.as_json()}
    return {"settings": {"index": settings}, "mappings": _mappings(fields) | {"_meta": meta}}


def of_marks() -> dict[str, Any]:
    """Returns the settings of the index that keeps the generations' marks, which nobody searches."""
    return {
        "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
        "mappings": {"dynamic": False},
    }


def of_words() -> dict[str, Any]:
    """Returns settings and mappings of an index of words."""
    settings = {**_WHILE_FILLED, "sort.field": "weight", "sort.order": "desc"}
    fields = {
        "word": {"type": "keyword", "index": False},
        "weight": _ORDER,
        "start": _TOKENS,
        "keystrokes": _TOKENS,
    }
    return {"settings": {"index": settings}, "mappings": _mappings(fields)}


def _mappings(fields: dict[str, Any]) -> dict[str, Any]:
    # The database keeps the texts; the index gives back numbers and words alone.
    return {"dynamic": "strict", "_source": {"enabled": False}, "properties": fields}


def _analysis(tuning: Tuning) -> dict[str, Any]:
    return {
        "tokenizer": {"mixed": _nori("mixed", tuning), "apart": _nori("discard", tuning)},
        "filter": {
            "content": {"type": "nori_part_of_speech", "stoptags": _LEFT_OUT},
            "possessive": {"type": "stemmer", "language": "possessive_english"},
            "english": {"type": "stemmer", "language": "english"},
        },
        "analyzer": {
            "mixed": {"type": "custom", "tokenizer": "mixed", "filter": _CHAIN},
            "apart": {"type": "custom", "tokenizer": "apart", "filter": _CHAIN},
            "blanks": {"type": "custom", "tokenizer": "whitespace"},
        },
    }


def _nori(mode: str, tuning: Tuning) -> dict[str, Any]:
    tokenizer: dict[str, Any] = {
        "type": "nori_tokenizer",
        "decompound_mode": mode,
        "discard_punctuation": True,
    }
    if tuning.words:
        tokenizer["lenient"] = True  # A word that stands twice is no reason to refuse all of them.
        tokenizer["user_dictionary_rules"] = [" ".join(word) for word in tuning.words]
    return tokenizer
