"""Known items: somebody remembers a post and asks for it, well or badly.

There is only one post with what is asked; posts of the same text count as one. Words that are remembered by themselves
are not those of every twentieth post.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from kiwipiepy import Kiwi

from bench.search import inflected
from bench.search.inflected import Content
from bench.search.posts import Post
from bench.search.truth import Truth
from bench.search.words import MOST

EACH = 300
_TRIES = 6  # Stretches and combinations of words that are looked at in a post.
_PLAIN = re.compile(r"([가-힣]+)[.,!?~…]*")
_LATIN = re.compile(r"([A-Za-z][a-z']*)[.,!?]*")
_LETTERS = re.compile(r"[^가-힣A-Za-z0-9]+")


@dataclass(frozen=True)
class Item:
    """What is asked, and the post that is meant."""

    query: str
    post: Post


class Items:
    """Makes known items out of posts.

    Args:
        posts: what is searched.
        truth: tells how many posts hold the same words.
        seed: makes the same items of the same posts.
    """

    def __init__(self, posts: Sequence[Post], truth: Truth, seed: int) -> None:
        self._posts, self._truth, self._chance = posts, truth, Random(seed)
        self._text = {post.id: post.text for post in posts}
        self._letters = "\n".join({_LETTERS.sub("", text).lower() for text in self._text.values()})
        self._kiwi = Kiwi()

    def korean(self) -> dict[str, list[Item]]:
        """Returns the items of each kind in Korean."""
        return {
            "exact": self._made(self._stretched(4, 6, lambda words, raw: " ".join(raw))),
            "inflected": self._made(self._inflected),
            "run together": self._made(self._stretched(3, 4, lambda words, raw: "".join(words))),
            "split apart": self._made(self._stretched(3, 4, self._split)),
            "one typo": self._made(self._stretched(3, 4, self._mistyped)),
            "noun pair": self._made(self._noun_pair),
            "two words": self._made(self._two_words),
        }

    def english(self, posts: Sequence[Post]) -> dict[str, list[Item]]:
        """Returns the items of each kind in English, made of these posts."""
        return {
            "English exact": self._made(self._latin, posts),
            "English inflected": self._made(self._english(posts), posts),
        }

    def stretches(self) -> list[str]:
        """Returns stretches of three words as they stand."""
        return [item.query for item in self._made(self._stretched(3, 3, lambda words, raw: " ".join(raw)))]

    def _made(self, make: Callable[[Post], str | None], posts: Sequence[Post] = ()) -> list[Item]:
        pool = list(posts or self._posts)
        self._chance.shuffle(pool)
        found: list[Item] = []
        for post in pool:
            if len(set(post.text.split())) >= 4 and (query := make(post)):
                found.append(Item(query, post))
                if len(found) == EACH:
                    break
        return found

    def _stretched(
        self, least: int, most: int, write: Callable[[list[str], list[str]], str | None]
    ) -> Callable[[Post], str | None]:
        def make(post: Post) -> str | None:
            for raw in self._runs(post.text.split(), _PLAIN, least, most):
                words = [match[1] for word in raw if (match := _PLAIN.fullmatch(word))]
                if self._is_one("".join(words)):
                    return write(words, raw)
            return None

        return make

    def _runs(self, words: list[str], kind: re.Pattern[str], least: int, most: int) -> Iterator[list[str]]:
        """Yields stretches of different words of a kind, in any order."""
        for _ in range(_TRIES):
            length = self._chance.randint(least, most)
            if len(words) >= length:
                at = self._chance.randint(0, len(words) - length)
                run = words[at : at + length]
                if len(set(run)) == length and all(map(kind.fullmatch, run)):
                    yield run

    def _split(self, words: list[str], _raw: list[str]) -> str | None:
        return inflected.split_apart(words, self._chance)

    def _mistyped(self, words: list[str], _raw: list[str]) -> str:
        return inflected.mistyped(" ".join(words), self._chance)

    def _inflected(self, post: Post) -> str | None:
        words = self._telling(post, 3) or self._telling(post, 2)
        return words and " ".join(inflected.inflected(self._kiwi, word, self._chance) for word in words)

    def _two_words(self, post: Post) -> str | None:
        words = self._telling(post, 2)
        return words and " ".join(_LETTERS.sub("", word.surface) for word in words)

    def _noun_pair(self, post: Post) -> str | None:
        found = self._telling(post, 2, lambda word: any(len(noun) > 1 for noun in word.nouns))
        return found and " ".join("".join(word.nouns) for word in found)

    def _telling(
        self, post: Post, count: int, wanted: Callable[[Content], bool] = lambda word: True
    ) -> list[Content] | None:
        """Returns so many words that no other text has together."""
        words = [
            word for word in inflected.contents(self._kiwi, post.text) if wanted(word) and self._tells(word)
        ]
        if len(words) < count:
            return None
        for _ in range(_TRIES):
            chosen = sorted(self._chance.sample(range(len(words)), count))
            if self._are_one([words[at] for at in chosen], post):
                return [words[at] for at in chosen]
        return None

    def _tells(self, word: Content) -> bool:
        return all(len(found) <= MOST * self._truth.posts for found in self._postings(word))

    def _are_one(self, words: list[Content], post: Post) -> bool:
        postings = [set(found) for word in words for found in self._postings(word)]
        together = set.intersection(*postings)
        return bool(together) and all(self._text[id] == post.text for id in together)

    def _postings(self, word: Content) -> list[Sequence[int]]:
        nouns = [self._truth.nouns.get(noun, ()) for noun in word.nouns]
        return nouns + [self._truth.verbs.get(verb, ()) for verb in word.verbs]

    def _is_one(self, letters: str) -> bool:
        first = self._letters.find(letters)
        end = self._letters.find("\n", first)
        return first >= 0 and (end < 0 or self._letters.find(letters, end) < 0)

    def _latin(self, post: Post) -> str | None:
        for run in self._runs(post.text.split(), _LATIN, 4, 6):
            if self._is_one(_LETTERS.sub("", "".join(run)).lower()):
                return " ".join(run)
        return None

    def _english(self, posts: Sequence[Post]) -> Callable[[Post], str | None]:
        beginnings = [{word[:4] for word in inflected.english_contents(post.text)} for post in posts]

        def make(post: Post) -> str | None:
            words = inflected.english_contents(post.text)
            if len(words) < 3:
                return None
            at = sorted(self._chance.sample(range(len(words)), 3))
            asked = {words[one][:4] for one in at}
            is_one = sum(asked <= found for found in beginnings) == 1
            return inflected.english([words[one] for one in at], self._chance) if is_one else None

        return make
