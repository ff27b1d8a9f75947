"""Comments to preference without any server: word lists, grammar of little words, and MiniLM.

    comment ──► clauses ──► matches (attributes, facets) and cues (praise, blame)
            ──► a feeling for every match ──► Attributes with the clause as their evidence
            ──► vague praise is resolved from what is known about the picture

Deterministic. A comment is read on its own, so removing one removes exactly its evidence.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from viper.extraction import Extraction, Pictures
from viper.extraction.grounding import Recognized, Recognizer
from viper.extraction.language import preference_of
from viper.extraction.lexicon import load_lexicon
from viper.extraction.matching import Matcher
from viper.extraction.reading import Reader, Reading
from viper.extraction.reply import Sided, per_comment
from viper.extraction.similarity import SentenceEncoder, Similarity
from viper.preference import Comment, ExtractorInfo
from viper.taxonomy import Taxonomy, load_taxonomy


def _minilm() -> SentenceEncoder:
    from viper.minilm import load_minilm

    return load_minilm()


class OfflineExtractor:
    """Implements `Extractor` with what the installation itself brings."""

    def __init__(
        self,
        *,
        taxonomy: Taxonomy | None = None,
        encoder: Callable[[], SentenceEncoder] = _minilm,
        recognizer: Recognizer | None = None,
    ) -> None:
        """Loads word lists; the encoder is loaded by the first word that needs it.

        Args:
            taxonomy: Ours if None.
            encoder: Loads what tells how near two words are.
            recognizer: Sees what vague praise of an undescribed picture means; a doubt if None.
        """
        self._recognizer = recognizer
        self._taxonomy = taxonomy or load_taxonomy()
        lexicon = load_lexicon()
        self._similarity = similarity = Similarity(
            self._taxonomy, lexicon.data["facet_families"], encoder=encoder
        )
        matcher = Matcher(self._taxonomy, lexicon)
        self._reader = Reader(self._taxonomy, lexicon, matcher=matcher, similarity=similarity)

    def warm_up(self) -> None:
        """Computes what is computed once, so that no comment has to wait for it."""
        for facet in self._taxonomy.facets:
            self._similarity.nearest("muddy", facet)

    def extract(
        self, comments: Sequence[Comment], *, pictures: Pictures, name: str = "default"
    ) -> Extraction:
        """As the port `Extractor` says; needs no language model, so it always answers."""
        started = time.monotonic()
        sided: list[Sided] = []
        readings: list[Reading] = []
        for index, comment in enumerate(comments):
            readings.append(self._read(index, comment, pictures))
            sided += per_comment(readings[-1].sided)
        preference = preference_of(
            sided,
            name=name,
            info=ExtractorInfo(kind="offline"),
            warnings=_warnings(comments, readings),
        )
        return Extraction(
            preference=preference,
            raw_replies=(),
            model=None,
            prompt_sha256=None,
            latency_s=time.monotonic() - started,
            tokens=None,
        )

    def _read(self, index: int, comment: Comment, pictures: Pictures) -> Reading:
        known = pictures.known_attributes(comment.image)
        picture = None if known or self._recognizer is None else pictures.open(comment.image)
        if picture is None or self._recognizer is None:
            return self._reader.read(index, comment, known)
        seen = Recognized(picture, self._recognizer)
        reading = self._reader.read(index, comment, seen)
        if not (seen.was_needed and reading.sided):
            return reading
        doubt = f"What {(comment.image or '')[:80]!r} looks like was recognized and may be wrong."
        return replace(reading, doubts=(*reading.doubts, doubt))


MAX_DOUBTS = 8
"""Shown one by one; a long list helps nobody."""


def _warnings(comments: Sequence[Comment], readings: Sequence[Reading]) -> tuple[str, ...]:
    doubts = list(dict.fromkeys(doubt for reading in readings for doubt in reading.doubts))
    more = len(doubts) - MAX_DOUBTS
    if more > 0:
        doubts = [*doubts[:MAX_DOUBTS], f"{more} more readings are unsure."]
    silent = [c.text for c, r in zip(comments, readings, strict=True) if not r.understood]
    if silent:
        first = " ".join(silent[0].split())[:60]
        count = "1 comment says" if len(silent) == 1 else f"{len(silent)} comments say"
        doubts.append(
            f"{count} nothing about looks that the offline reader knows, such as {first!r}."
        )
    return tuple(doubts)
