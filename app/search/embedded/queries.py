"""Says a plan in tantivy's language."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tantivy import FieldType, Occur, Query, Schema

from app.search import analysis, plan
from app.search.engine import place_at
from app.search.morphemes import OwnWords


class Translator:
    """Turns plans into queries of one index.

    Args:
        schema: the index's layout.
        own: the site's own words, as the index has them.
    """

    def __init__(self, schema: Schema, own: OwnWords) -> None:
        self._schema = schema
        self._own = own

    def query(self, asked: plan.Plan) -> Query:
        """Returns the query that finds what passes the gate, and scores it."""
        scored = [(Occur.Should, part) for part in (*self._text(asked.text), *self._boosts(asked))]
        return Query.boolean_query([(Occur.Must, _quiet(self.node(asked.gate))), *scored])

    def node(self, node: plan.Node) -> Query:
        """Returns the query that a node stands for."""
        match node:
            case plan.Lemmas(text):
                return self._phrase("body", analysis.Reading(text, self._own).lemmas)
            case plan.Verb(lemma):
                return self.term("body", lemma)
            case plan.Run(text):
                return self._phrase("run", list(enumerate(analysis.bigrams(text))))
            case plan.Enough(text, share):
                return self._enough(sorted(set(analysis.bigrams(text))), share)
            case plan.Part(token):
                return self.term("part", token)
            case plan.Initials(text):
                return self.term("initials", text)
            case plan.Start(text):
                return self.term("start", analysis.start(text))
            case plan.Term(value):
                return self.term("term", value)
            case plan.Terms(values):
                return (
                    Query.term_set_query(self._schema, "term", list(values))
                    if values
                    else Query.empty_query()
                )
            case plan.Name(text):
                return self.term("keystrokes", analysis.keys(text))
            case plan.HasWord(word):
                return self.term("word", word)
            case plan.Within(since, until):
                return self.places(since and place_at(since), until and place_at(until))
            case plan.Every(nodes):
                return every([self.node(each) for each in nodes])
            case plan.Some(nodes):
                return _some([self.node(each) for each in nodes])
            case plan.No(inner):
                return Query.boolean_query(
                    [(Occur.Must, Query.all_query()), (Occur.MustNot, self.node(inner))]
                )

    def term(self, field: str, value: str | int) -> Query:
        """Returns the query of a single token."""
        if isinstance(value, str):
            value = value.encode(errors="replace").decode()  # Half a character is in no index.
        kind = "position" if field in {"body", "run"} else "basic"
        return Query.term_query(self._schema, field, value, kind)

    def places(self, since: int | None, until: int | None) -> Query:
        """Returns the query of the places from one on and before another; None leaves a side open."""
        if since is None and until is None:
            return Query.all_query()
        return Query.range_query(
            self._schema, "place", FieldType.Integer, since, until, include_upper=until is None
        )

    def _phrase(self, field: str, tokens: Sequence[tuple[int, str]]) -> Query:
        """Returns the query of tokens at these distances from one another."""
        if not tokens:
            return Query.empty_query()
        if len(tokens) == 1:
            return self.term(field, tokens[0][1])
        first = tokens[0][0]
        return Query.phrase_query(self._schema, field, [(place - first, token) for place, token in tokens])

    def _enough(self, tokens: Sequence[str], share: float) -> Query:
        wanted = math.ceil(share * len(tokens))
        each = [(Occur.Should, self.term("run", token)) for token in tokens]
        if len(each) < 2:
            return each[0][1] if each else Query.empty_query()
        return Query.boolean_query(each, minimum_number_should_match=wanted)

    def _text(self, text: str) -> list[Query]:
        lemmas = dict.fromkeys(analysis.lemmas(text, self._own))
        grams = dict.fromkeys(analysis.bigrams(text))
        scored = [self.term("body", lemma) for lemma in lemmas]
        return scored + [Query.boost_query(self.term("run", gram), plan.GRAMS) for gram in grams]

    def _boosts(self, asked: plan.Plan) -> list[Query]:
        return [Query.const_score_query(self.node(node), boost) for node, boost in asked.boosts]


def every(queries: Sequence[Query]) -> Query:
    """Returns the query that asks for all of these."""
    if len(queries) < 2:
        return queries[0] if queries else Query.all_query()
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def _some(queries: Sequence[Query]) -> Query:
    if len(queries) < 2:
        return queries[0] if queries else Query.empty_query()
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _quiet(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)
