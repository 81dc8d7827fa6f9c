"""Says a plan in Elasticsearch's language."""

from __future__ import annotations

import math
from typing import Any

from app.search import analysis
from app.search.engine import Hit, Order, place_at
from app.search.normal import normalise
from app.search.plan import (
    GRAMS,
    HALF_LIFE,
    RECENCY,
    Enough,
    Every,
    HasWord,
    Initials,
    Lemmas,
    Name,
    No,
    Node,
    Part,
    Plan,
    Run,
    Some,
    Start,
    Term,
    Terms,
    Verb,
    Within,
)

Clause = dict[str, Any]

MOST_HITS = 10_000
"""How many Elasticsearch returns at once at most."""
MOST_TERMS = 65_536
"""How many values Elasticsearch takes in one clause (``index.max_terms_count``)."""
_NOTHING: Clause = {"match_none": {}}


def clause(node: Node) -> Clause:
    """Returns a node of a plan as a query."""
    match node:
        case Every(nodes=nodes):
            return {"bool": {"filter": [clause(one) for one in nodes]}} if nodes else {"match_all": {}}
        case Some(nodes=nodes):
            return _some([clause(one) for one in nodes], 1)
        case No(node=inner):
            return {"bool": {"must_not": [clause(inner)]}}
        case Within():
            return _within(node)
        case Lemmas(text=text):
            return _lemmas(analysis.Reading(text))
        case Verb(lemma=lemma):
            return _term("verb", lemma)
        case Run(text=text):
            return _run(analysis.bigrams(text))
        case Enough(text=text, share=share):
            grams = sorted(set(analysis.bigrams(text)))
            return _some([_term("run", gram) for gram in grams], math.ceil(share * len(grams)))
    return _token(node)


def _lemmas(reading: analysis.Reading) -> Clause:
    """Returns what stands together.

    The words are those that MeCab finds: of a word on its own nori makes something else now and then, 나 of 날다. And
    as nori keeps stems alone and does not tell 재다 from 재, verbs are asked for as such, too.
    """
    lemmas = [lemma for _, lemma in reading.lemmas]
    verbs = [_term("verb", verb) for verb in sorted(reading.verbs)]
    if len(verbs) == len(lemmas) == 1:
        return verbs[0]
    contiguous = [place - number for number, (place, _) in enumerate(reading.lemmas)]
    if len(set(contiguous)) == 1 and not any(map(str.isascii, lemmas)):
        stems = " ".join(lemma[:-1] if lemma in reading.verbs else lemma for lemma in lemmas)
        together: Clause = {"match_phrase": {"body": {"query": stems, "analyzer": "blanks"}}}
    else:
        together = {"match_phrase": {"body": reading.text}}
    return {"bool": {"filter": [together, *verbs]}} if verbs else together


def _token(node: Part | Initials | Start | Term | Terms | Name | HasWord) -> Clause:
    match node:
        case Part(token=token):
            return _term("part", token)
        case Initials(text=text):
            return _term("initials", text)
        case Start(text=text):
            return _term("start", analysis.start(text))
        case Term(value=value):
            return _term("terms", value)
        case Terms(values=values):
            return {"terms": {"terms": list(values)[:MOST_TERMS]}}
        case Name(text=text):
            return _term("keystrokes", analysis.keys(text))
        case HasWord(word=word):
            return _term("word", word)


def ranked(plan: Plan, now: int) -> Clause:
    """Returns the query that scores what a plan finds.

    Args:
        plan: what to find.
        now: the second from which age is counted.
    """
    should: list[Clause] = [
        {"constant_score": {"filter": clause(node), "boost": boost}} for node, boost in plan.boosts
    ]
    if plan.text:
        grams = " ".join(dict.fromkeys(analysis.bigrams(plan.text)))
        should.append({"match": {"body": normalise(plan.text)}})
        should.append({"match": {"run": {"query": grams, "boost": GRAMS}}})
    scored: Clause = {"bool": {"filter": [clause(plan.gate)], "should": should}}
    if not plan.fades:
        return scored
    age = {"place": {"origin": place_at(now), "scale": place_at(HALF_LIFE), "decay": 0.5}}
    return {
        "function_score": {
            "query": scored,
            "functions": [{"weight": 1 - RECENCY}, {"weight": RECENCY, "exp": age}],
            "score_mode": "sum",
            "boost_mode": "multiply",
        }
    }


def request(plan: Plan, order: Order, limit: int, after: Hit | None, now: int) -> dict[str, Any]:
    """Returns what to ask for; the arguments are those of ``Engine.search``."""
    by_relevance = order is Order.RELEVANCE
    first = {Order.RELEVANCE: ["_score"], Order.WEIGHT: ["weight"], Order.NEWEST: []}[order]
    asked: dict[str, Any] = {
        "query": ranked(plan, now) if by_relevance else {"bool": {"filter": [clause(plan.gate)]}},
        "sort": [{field: "desc"} for field in (*first, "place")],
        "size": min(limit, MOST_HITS),
        "track_total_hits": False,
        "docvalue_fields": ["id"],
        "stored_fields": "_none_",
    }
    if after and order is not Order.WEIGHT:
        asked["search_after"] = [after.score, after.place] if by_relevance else [after.place]
    return asked


def _run(grams: list[str]) -> Clause:
    if len(grams) < 2:
        return _term("run", grams[0]) if grams else _NOTHING
    return {"match_phrase": {"run": " ".join(grams)}}


def _within(node: Within) -> Clause:
    asked = {"gte": node.since, "lt": node.until}
    limits = {side: place_at(moment) for side, moment in asked.items() if moment is not None}
    return {"range": {"place": limits}} if limits else {"match_all": {}}


def _some(clauses: list[Clause], least: int) -> Clause:
    return {"bool": {"should": clauses, "minimum_should_match": least}} if clauses else _NOTHING


def _term(field: str, value: str) -> Clause:
    # A lone surrogate cannot be sent, and no text that was kept has one.
    return {"term": {field: value.encode("utf-8", "replace").decode()}}
