"""Misspelled words of a comment as the words that were meant, where that is plain."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from viper.extraction.matching import edits, inflections

MIN_LETTERS = 4
LONG = 8
"""From so many letters on, two edits are one slip."""
MAX_LETTERS = 24


class Speller:
    """Knows the words the reader can use; corrects only what is no English word."""

    def __init__(self, words: Iterable[str], *, is_word: Callable[[str], bool]) -> None:
        """Indexes the words.

        Args:
            words: What a slip may have meant.
            is_word: True for correctly spelled words: those are never slips.
        """
        self._known = frozenset(words)
        self._is_word = is_word
        self._by_first: dict[str, list[str]] = {}
        for word in sorted(self._known):
            if word.isalpha() and len(word) >= MIN_LETTERS:
                self._by_first.setdefault(word[0], []).append(word)
        # On the instance: a cache of one speller says nothing about another.
        self.meant = lru_cache(maxsize=8192)(self._meant)

    def knows(self, word: str) -> bool:
        """True if there is no reason to doubt the word."""
        return (
            not word.isalpha()
            or word in self._known
            or any(form in self._known for form in inflections(word))
            or self._is_word(word)
            or any(self._is_word(form) for form in inflections(word))
        )

    def _meant(self, word: str) -> str:
        """The only nearest known word within a slip or two; the word itself if there is none."""
        if not MIN_LETTERS <= len(word) <= MAX_LETTERS or self.knows(word):
            return word
        allowed = 1 if len(word) < LONG else 2
        near: dict[int, list[str]] = {}
        for known in self._by_first.get(word[0], ()):
            if abs(len(known) - len(word)) <= allowed:
                distance = edits(word, known, limit=allowed)
                if distance <= allowed:
                    near.setdefault(distance, []).append(known)
        if not near:
            return word
        best = near[min(near)]
        # Among short words a slip has many readings: better none than a wrong one.
        return best[0] if len(best) == 1 or len(word) >= LONG else _same_stem(best, word)


def _same_stem(candidates: list[str], word: str) -> str:
    shortest = min(candidates, key=len)
    return shortest if all(c.startswith(shortest[:4]) for c in candidates) else word
