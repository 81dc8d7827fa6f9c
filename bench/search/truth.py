"""Which posts hold a word, told by an analyser that search is not made of (kiwipiepy).

What counts: a noun (NNG, NNP) or a verb or adjective (VV, VA) that the analyser tells apart; of a compound noun that it
knows as a whole, both halves too, where each has two syllables and is a noun by itself (전화 and 번호 in 전화번호).
What is left open, so that finding it is neither right nor wrong: a word inside a noun that the analyser has never seen
(성룡 in 역시성룡홍금보). What it cannot tell: other nouns inside a longer one (바닥 in 손바닥, 감독 in 감독판) do not
count, nor do auxiliary verbs (먹어 보다), and a form that it takes apart wrongly counts as it says.
"""

from __future__ import annotations

import pickle
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

import kiwipiepy
from kiwipiepy import Kiwi

from bench.search.posts import PIECE, Post

NOUNS = ("NNG", "NNP")
_VERBS = ("VV", "VA")
_UNKNOWN = "UN"
_HALF = 2
_HANGUL = re.compile(r"[가-힣]+")

Token = tuple[str, str, int, int]
"""A form, its tag, where it begins and where it ends."""


class Truth:
    """Postings of nouns, of verbs and adjectives by dictionary form, and of nouns that stand next to each other.

    Args:
        posts: what is searched.
        cache: the folder where analyses are kept for the next run.
    """

    def __init__(self, posts: Sequence[Post], cache: Path) -> None:
        self.nouns: dict[str, list[int]] = defaultdict(list)
        self.verbs: dict[str, list[int]] = defaultdict(list)
        self.pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.unspaced: set[tuple[str, str]] = set()
        self._begins: Counter[str] = Counter()
        self.posts = len(posts)
        self._unknown: dict[str, list[int]] = defaultdict(list)
        for post, tokens in zip(posts, _analysed(posts, cache), strict=True):
            self._note(post, tokens)
        self._compounds = self._halved()

    def noun(self, word: str) -> frozenset[int]:
        """Returns the posts that hold a noun."""
        whole = (word, *self._compounds.get(word, ()))
        return frozenset(id for form in whole for id in self.nouns.get(form, ()))

    def compound(self, pair: tuple[str, str]) -> frozenset[int]:
        """Returns the posts where two nouns stand next to each other, or as one noun that the analyser knows."""
        return self.noun("".join(pair)).union(self.pairs[pair])

    def open(self, *words: str) -> frozenset[int]:
        """Returns the posts of which nobody can tell whether they hold one of these."""
        return frozenset(
            id for form, ids in self._unknown.items() if any(word in form for word in words) for id in ids
        )

    def stands_free(self, noun: str) -> bool:
        """Whether a noun begins the word in at least half of its posts, and is not mostly the end of longer ones."""
        return self._begins[noun] * 2 >= len(self.nouns[noun])

    def _note(self, post: Post, tokens: Sequence[Token]) -> None:
        for form, tag, start, _ in tokens:
            if is_noun(form, tag):
                _add(self.nouns[form], post.id)
                self._begins[form] += not post.text[max(start - 1, 0) : start].strip()
            elif tag == _UNKNOWN:
                _add(self._unknown[form], post.id)
            elif tag.startswith(_VERBS):
                _add(self.verbs[f"{form}다"], post.id)
        for one, other in pairwise(tokens):
            between = post.text[one[3] : other[2]]
            if is_noun(*one[:2]) and is_noun(*other[:2]) and not between.strip():
                _add(self.pairs[one[0], other[0]], post.id)
                if not between:
                    self.unspaced.add((one[0], other[0]))

    def _halved(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for noun in self.nouns:
            for at in range(_HALF, len(noun) - _HALF + 1):
                if noun[:at] in self.nouns and noun[at:] in self.nouns:
                    found[noun[:at]].append(noun)
                    found[noun[at:]].append(noun)
        return found


class Reader:
    """Tells what a word is when it stands alone, as somebody types it."""

    def __init__(self) -> None:
        self._kiwi = Kiwi()

    def reads_noun(self, word: str) -> bool:
        """Whether it is a noun of the dictionary and nothing else."""
        return self._tags(word) in (["NNG"], ["NNP"])

    def reads_verb(self, word: str) -> bool:
        """Whether it is a verb or an adjective in its dictionary form."""
        tags = self._tags(word)
        return len(tags) == 2 and tags[0].startswith(_VERBS) and tags[1].startswith("E")

    def reads_pair(self, pair: tuple[str, str]) -> bool:
        """Whether each is a noun, and they are the same two when they stand together."""
        tokens = self._kiwi.tokenize("".join(pair))
        return tuple(token.form for token in tokens) == pair and all(map(self.reads_noun, pair))

    def _tags(self, word: str) -> list[str]:
        return [_tag(token) for token in self._kiwi.tokenize(word)]


def is_noun(form: str, tag: str) -> bool:
    """Tells whether a token is a noun in Hangul."""
    return tag in NOUNS and _HANGUL.fullmatch(form) is not None


def _tag(token: kiwipiepy.Token) -> str:
    return _UNKNOWN if token.tag in NOUNS and not token.base_form else str(token.tag)


def _add(postings: list[int], id: int) -> None:
    if not postings or postings[-1] != id:
        postings.append(id)


def _analysed(posts: Sequence[Post], cache: Path) -> Iterator[list[Token]]:
    """Yields the tokens of each post, a piece after the other, each from the cache if it was seen before."""
    cache.mkdir(parents=True, exist_ok=True)
    kiwi = None
    for first in range(0, len(posts), PIECE):
        texts = [post.text for post in posts[first : first + PIECE]]
        name = blake2b("\n".join([kiwipiepy.__version__, *texts]).encode(), digest_size=12).hexdigest()
        kept = cache / f"{name}.tokens2"
        if not kept.exists():
            kiwi = kiwi or Kiwi(num_workers=2)
            found = [[(t.form, _tag(t), t.start, t.end) for t in tokens] for tokens in kiwi.tokenize(texts)]
            kept.write_bytes(pickle.dumps(found))
        yield from pickle.loads(kept.read_bytes())
