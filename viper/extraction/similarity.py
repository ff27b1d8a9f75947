"""Words the taxonomy does not list, by meaning: the nearest attribute, or none.

The vectors of all phrases are computed once a process, on first need.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from viper.taxonomy import TasteAttribute, Taxonomy

if TYPE_CHECKING:
    from torch import Tensor

FREE_THRESHOLD = 0.72
"""Cosine for a word on its own. Calibrated on the dev half of tests/fixtures/comments.json."""
FACET_THRESHOLD = 0.60
"""Cosine where grammar says which facet is meant ("zingy colors")."""


class SentenceEncoder(Protocol):
    """What of MiniLM is needed here."""

    def sentence_embeddings(self, texts: Sequence[str]) -> "Tensor":
        """Unit vectors, float32 [len(texts), width]."""
        ...

    def token_count(self, text: str) -> int:
        """Word pieces, the two frame tokens included."""
        ...


@dataclass(frozen=True)
class Candidate:
    """Words that may name an attribute."""

    text: str
    facet: str | None
    """The facet they belong to by grammar, or None."""


class Similarity:
    """The nearest attribute of a taxonomy, by cosine of sentence embeddings."""

    def __init__(self, taxonomy: Taxonomy, encoder: Callable[[], SentenceEncoder]) -> None:
        """Loads nothing yet; `encoder` is called on first need."""
        self._taxonomy = taxonomy
        self._encoder = encoder
        self._phrases = tuple(taxonomy.phrases().items())
        self._vectors: Tensor | None = None
        self._nearest = lru_cache(maxsize=4096)(self._look_up)
        self._is_word = lru_cache(maxsize=4096)(self._count)

    def is_word(self, word: str) -> bool:
        """True for common English words: the encoder's vocabulary holds them in one piece."""
        return self._is_word(word)

    def nearest(self, candidate: Candidate) -> tuple[TasteAttribute, float] | None:
        """The attribute meant and the cosine, or None if nothing is near enough."""
        return self._nearest(candidate)

    def _count(self, word: str) -> bool:
        return self._encoder().token_count(word) <= 3

    def _look_up(self, candidate: Candidate) -> tuple[TasteAttribute, float] | None:
        if self._vectors is None:
            self._vectors = self._encoder().sentence_embeddings([text for text, _ in self._phrases])
        vector = self._encoder().sentence_embeddings([candidate.text])[0]
        cosines = self._vectors @ vector
        threshold = FREE_THRESHOLD if candidate.facet is None else FACET_THRESHOLD
        for index in cosines.argsort(descending=True)[:50].tolist():
            cosine = float(cosines[index])
            if cosine < threshold:
                return None
            attribute = self._taxonomy.attributes[self._phrases[index][1]]
            if candidate.facet in (None, attribute.facet):
                return attribute, cosine
        return None
