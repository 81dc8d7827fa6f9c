"""How a document is laid out in tantivy's index."""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

import tantivy

from app.search import analysis
from app.search.engine import Document
from app.search.morphemes import OwnWords

SCHEMA = 1
"""Counts the changes of the layout; an index of another one cannot be read."""

NUMBERS = ("id", "place", "weight", "revision")
PHRASES = ("body", "run")
TOKENS = ("part", "word", "initials")
NAMES = ("start", "keystrokes", "term")


def schema() -> tantivy.Schema:
    """Returns the layout; all indexes share it."""
    builder = tantivy.SchemaBuilder()
    for field in NUMBERS:
        builder.add_integer_field(field, indexed=field == "id", fast=True)
    for field in PHRASES:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="position")
    for field in TOKENS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="basic")
    for field in NAMES:
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("name", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def register(index: tantivy.Index) -> None:
    """Tells an opened index how its fields are cut; it does not remember."""
    whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("whitespace", whitespace)


class Cut(NamedTuple):
    """What is kept of a text, in plain values: they travel between processes.

    Attributes:
        lemmas: with their places.
        tokens: of each other field, parted by blanks.
        words: those worth suggesting.
    """

    lemmas: list[tuple[int, str]]
    tokens: dict[str, str]
    words: set[str]


def cut(text: str, own: OwnWords) -> Cut:
    """Takes a text apart."""
    reading = analysis.Reading(text, own)
    words = reading.words
    fields = {
        "run": reading.bigrams,
        "part": reading.parts,
        "word": words,
        "initials": reading.initials,
    }
    return Cut(reading.lemmas, {field: " ".join(tokens) for field, tokens in fields.items()}, words)


def lay_out(document: Document, text: Cut) -> tantivy.Document:
    """Returns a document as tantivy takes it."""
    laid = _numbers(document)
    laid.add_pre_tokenized_text("body", _placed(text.lemmas))
    for field, tokens in text.tokens.items():
        laid.add_text(field, tokens)
    for term in document.terms:
        laid.add_text("term", term)
    _add_names(laid, document.names)
    return laid


def lay_out_word(word: str, weight: int) -> tantivy.Document:
    """Returns a word worth suggesting as a document of its own."""
    laid = _numbers(Document(word_id(word), 1, 0, weight=weight))
    laid.add_text("name", word)
    _add_names(laid, (word,))
    return laid


def word_id(word: str) -> int:
    """Returns the id of a word's document."""
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest()) >> 1


def _placed(lemmas: list[tuple[int, str]]) -> tantivy.PreTokenizedString:
    return tantivy.PreTokenizedString("", [tantivy.Token(lemma, place, 0, 0) for place, lemma in lemmas])


def _numbers(document: Document) -> tantivy.Document:
    laid = tantivy.Document()
    laid.add_integer("id", document.id)
    laid.add_integer("place", document.place)
    laid.add_integer("weight", document.weight)
    laid.add_integer("revision", document.revision)
    return laid


def _add_names(laid: tantivy.Document, names: tuple[str, ...]) -> None:
    for start in analysis.starts(names):
        laid.add_text("start", start)
    for keys in analysis.keystrokes(names):
        laid.add_text("keystrokes", keys)
