"""The word lists of the offline extractor, `lexicon.json`, read once and folded into lookups."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

Phrase = tuple[str, ...]
Value = TypeVar("Value")


@dataclass(frozen=True)
class Lexicon:
    """Typed access to the lists; the file itself says what each holds."""

    data: Mapping[str, Any]

    @cached_property
    def cues(self) -> Mapping[Phrase, float]:
        """Words of liking and disliking, signed strength -1 to 1."""
        return {phrase(text): float(value) for text, value in self.data["cues"].items()}

    @cached_property
    def emoji(self) -> Mapping[str, float]:
        """Emoji and emoticons, signed strength."""
        return {text: float(value) for text, value in self.data["emoji"].items()}

    @cached_property
    def connotation(self) -> Mapping[str, int]:
        """Words that sound like praise (1) or blame (-1) where nothing else is said."""
        return {text: int(value) for text, value in self.data["connotation"].items()}

    @cached_property
    def spelling(self) -> Mapping[str, str]:
        """British, informal and apostrophe-less forms to the form used everywhere else."""
        return dict(self.data["spelling"])

    @cached_property
    def idioms(self) -> Mapping[str, str]:
        """Ways of speaking to a phrase of the taxonomy."""
        return dict(self.data["idioms"])

    @cached_property
    def quantity(self) -> Mapping[str, str]:
        """What "more" of a generic word means, as a phrase of the taxonomy."""
        return dict(self.data["quantity"])

    def words(self, name: str) -> frozenset[str]:
        """A list of single words."""
        return self._words[name]

    def phrases(self, name: str) -> "PhraseTable[bool]":
        """A list of phrases, for finding the longest one at a place."""
        return self._phrases[name]

    @cached_property
    def cue_table(self) -> "PhraseTable[float]":
        """`cues`, for finding the longest one at a place."""
        return PhraseTable(self.cues.items())

    @cached_property
    def _words(self) -> Mapping[str, frozenset[str]]:
        return {k: frozenset(v) for k, v in self.data.items() if isinstance(v, list)}

    @cached_property
    def _phrases(self) -> Mapping[str, "PhraseTable[bool]"]:
        return {
            name: PhraseTable((phrase(text), True) for text in texts)
            for name, texts in self.data.items()
            if isinstance(texts, list)
        }


class PhraseTable(Generic[Value]):
    """Phrases of words, found longest first."""

    def __init__(self, entries: Iterable[tuple[Phrase, Value]]) -> None:
        self._by_first: dict[str, list[tuple[Phrase, Value]]] = {}
        for words, value in entries:
            self._by_first.setdefault(words[0], []).append((words, value))
        for found in self._by_first.values():
            found.sort(key=lambda entry: -len(entry[0]))

    def at(self, words: "tuple[str, ...]", start: int) -> tuple[int, Value] | None:
        """Length in words and value of the longest phrase that begins there, or None."""
        for entry, value in self._by_first.get(words[start], ()):
            if words[start : start + len(entry)] == entry:
                return len(entry), value
        return None

    def ending(self, words: "tuple[str, ...]", stop: int, *, longest: int = 5) -> int:
        """Length in words of the longest phrase that ends before `stop`, or 0."""
        for length in range(min(longest, stop), 0, -1):
            found = self.at(words[:stop], stop - length)
            if found is not None and found[0] == length:
                return length
        return 0


def phrase(text: str) -> Phrase:
    """A phrase of a word list as words; hyphens separate words as spaces do."""
    return tuple(text.replace("-", " ").split())


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """The lists beside this module."""
    path = Path(__file__).with_name("lexicon.json")
    return Lexicon(json.loads(path.read_text(encoding="utf-8")))
