"""Evidence, and how much it says together: strengths are a function of it and of nothing else.

One scale for every reader: 0.3 hinted, 0.5 mentioned, 0.7 said plainly, 0.9 stressed.

    comments     each counts once, by the strongest it says                     s1, s2, ...
    weak ones    clicks and turns of a chat: the strongest counts, each further one adds a
                 little, and all of them together stay at or below `WEAK`        w
    together     independent reasons, 1 - (1 - w) (1 - s1) (1 - s2) ...

So neither the order of comments nor their grouping into readings matters, and without a comment
everything is as if it had never been read.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Annotated, Literal

from pydantic import Field

from viper.preference.value import Value

HINTED, MENTIONED, PLAIN, STRESSED = SCALE = (0.3, 0.5, 0.7, 0.9)
"""What one comment can say; anything between is put onto the nearest by `on_scale`."""
WEAK = 0.4
"""At most this, however many clicks and chat turns say so: less than one mention."""
_SLOWLY = 0.2
"""What a further click adds, relative to the first."""

Strength = Annotated[float, Field(ge=0.0, le=1.0)]
Kind = Literal["comment", "click", "chat", "own"]
"""Words of a comment, a click without words, a turn of a chat, or a statement without a source."""


class Evidence(Value):
    """Where an attribute comes from."""

    comment: int | None = None
    """Index into the comments that were read together; in a stored profile, the comment's id."""
    image: str | None = None
    quote: str = ""
    """Words of the comment, or how the picture was recognized; never longer than a comment."""
    strength: Strength | None = None
    """What this alone says; None in files made elsewhere, until an attribute shares it out."""
    kind: Kind = "comment"

    @property
    def is_weak(self) -> bool:
        """True for what was not said in order to be read here."""
        return self.kind in {"click", "chat"}


def on_scale(strength: float) -> float | None:
    """The nearest strength of the scale; None for what is nearer to nothing than to a hint."""
    if strength < HINTED / 2:
        return None
    return min(SCALE, key=lambda known: round(abs(known - strength), 6))


def combined(evidence: Iterable[Evidence]) -> float:
    """How strong it is all together."""
    weak: list[float] = []
    strong: list[float] = []
    for source in by_source(evidence):
        words = [e.strength or 0.0 for e in source if not e.is_weak]
        if words:
            strong.append(max(words))
        else:
            weak.append(max(e.strength or 0.0 for e in source))
    # The order of multiplication must not show, not even in the last digit.
    left = 1 - _slowly(sorted(weak, reverse=True))
    for strength in sorted(strong):
        left *= 1 - strength
    return round(1 - left, 4)


def _slowly(strengths: Sequence[float]) -> float:
    left = 1.0
    for place, strength in enumerate(strengths):
        left *= 1 - min(strength, WEAK) / WEAK * (_SLOWLY if place else 1.0)
    return WEAK * (1 - left)


def by_source(evidence: Iterable[Evidence]) -> Collection[tuple[Evidence, ...]]:
    """What each comment says; what points to no comment stands for itself."""
    sources: dict[tuple[int | None, int], tuple[Evidence, ...]] = {}
    for place, one in enumerate(evidence):
        key = (one.comment, 0) if one.comment is not None else (None, place)
        sources[key] = (*sources.get(key, ()), one)
    return sources.values()


def shared_out(strength: float, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The evidence, of which each says as much as it must for all to give that strength.

    Where every piece knows its own strength, nothing changes.
    """
    if all(one.strength is not None for one in evidence):
        return tuple(evidence)
    unknown = [s for s in by_source(evidence) if all(e.strength is None for e in s)]
    left = 1 - combined(evidence)
    count = sum(not all(e.is_weak for e in source) for source in unknown)
    share = 1 - min(1.0, (1 - strength) / left) ** (1 / count) if left and count else 0.0

    def known(one: Evidence) -> Evidence:
        if one.strength is not None:
            return one
        mine = min(strength, WEAK) if one.is_weak else round(share, 6)
        return one.model_copy(update={"strength": mine})

    return tuple(known(one) for one in evidence)


def union(*groups: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """All of it in order of appearance; what occurs twice in one group was said twice."""
    counts: Counter[Evidence] = Counter()
    for group in groups:
        counts |= Counter(group)
    return tuple(counts.elements())


def without(evidence: Iterable[Evidence], known: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """What is left of the first after taking the second away."""
    return tuple((Counter(evidence) - Counter(known)).elements())
