"""Words the taxonomy does not list, by meaning: the nearest attribute of a facet, or none.

A lone word resembles something in any list ("camera" photography, "money" gold), so a word is
only looked up where grammar says which facet it describes: "swampy colors", "feels hushed". It is
compared with what people call the attributes of that facet, the facet's own noun taken off. The
vectors of a facet are computed once a process, on first need.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from viper.taxonomy import TasteAttribute, Taxonomy

if TYPE_CHECKING:
    from torch import Tensor

THRESHOLD = 0.60
"""Cosine of two single words; below it the nearest word was wrong more often than right."""


class SentenceEncoder(Protocol):
    """What of MiniLM is needed here."""

    def sentence_embeddings(self, texts: Sequence[str]) -> "Tensor":
        """Unit vectors, float32 [len(texts), width]."""
        ...

    def token_count(self, text: str) -> int:
        """Word pieces, the two frame tokens included."""
        ...


@dataclass(frozen=True)
class _Pool:
    """Single words for the attributes of a facet and its family."""

    attributes: tuple[TasteAttribute, ...]
    vectors: "Tensor"
    """[len(attributes), width], a row for each word."""


class Similarity:
    """The nearest attribute of a facet, by cosine of sentence embeddings."""

    def __init__(
        self,
        taxonomy: Taxonomy,
        families: Mapping[str, Sequence[str]],
        *,
        encoder: Callable[[], SentenceEncoder],
    ) -> None:
        """Loads nothing yet.

        Args:
            taxonomy: Where the attributes come from.
            families: Facets whose nouns people exchange: a color may be a matter of saturation.
            encoder: Called on first need.
        """
        self._taxonomy = taxonomy
        self._families = families
        self._encoder = encoder
        # On the instance, so that a cache never outlives or mixes taxonomies.
        self._pool = lru_cache(maxsize=None)(self._embedded)
        self.nearest = lru_cache(maxsize=4096)(self._nearest)
        self.is_word = lru_cache(maxsize=4096)(self._is_word)

    def _is_word(self, word: str) -> bool:
        """True for common English words: the encoder's vocabulary holds them in one piece."""
        return self._encoder().token_count(word) <= 3

    def _nearest(self, word: str, facet: str) -> TasteAttribute | None:
        """What the word means as a description of the facet, or None if nothing is near."""
        pool = self._pool(facet)
        cosines = pool.vectors @ self._encoder().sentence_embeddings([word])[0]
        best = int(cosines.argmax())
        return pool.attributes[best] if float(cosines[best]) >= THRESHOLD else None

    def _embedded(self, facet: str) -> _Pool:
        family = self._families.get(facet, (facet,))
        words = single_words(self._taxonomy, family)
        vectors = self._encoder().sentence_embeddings(tuple(words))
        return _Pool(tuple(words.values()), vectors)


def single_words(taxonomy: Taxonomy, family: Sequence[str]) -> Mapping[str, TasteAttribute]:
    """Words for the attributes of these facets: "teal", and "muddy" of "muddy colors"."""
    nouns = sorted((g for name in family for g in taxonomy.facets[name].generic), key=len)
    found: dict[str, TasteAttribute] = {}
    for surface, name in taxonomy.phrases().items():
        attribute = taxonomy.attributes[name]
        if attribute.facet not in family:
            continue
        noun = next((n for n in reversed(nouns) if surface.endswith(f" {n}")), "")
        word = surface.removesuffix(noun).strip()
        if word and " " not in word:
            found.setdefault(word, attribute)
    return found
