"""Whether a named attribute is liked: from its clause, its neighbors, the button, or its sound.

In this order, the first that says anything:
    a modifier ("too dark") · a cue in the clause · the clause before or after in the same breath ·
    the opposite of the clause before a "but" · the button · the one feeling of the whole comment ·
    the sound of the word itself ("garish", "serene")
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from viper.extraction.clauses import Clause
from viper.extraction.feelings import MENTIONED, PLAIN, Cue, Modifier, modifier
from viper.extraction.lexicon import Lexicon
from viper.extraction.matching import COPULAS, Match
from viper.preference import Stance

CONTRASTED = 0.6
"""Strength of what stands behind a "but" without a word of blame or praise of its own."""


@dataclass(frozen=True)
class Parsed:
    """A clause with what was found in it."""

    clause: Clause
    matches: tuple[Match, ...]
    cues: tuple[Cue, ...]
    modifiers: tuple[Modifier | None, ...]
    """One per match."""

    def tone(self) -> float | None:
        """The feeling of the clause as a whole, signed strength; None if it has none."""
        decided = [m for m in self.modifiers if m is not None and m.decides]
        asks = bool(decided) and self.clause.texts[-1] == "please"  # "less glossy please"
        if self.cues and not asks:
            return self.cues[-1].value
        if decided:
            return decided[-1].strength * (1 if decided[-1].effect == "like" else -1)
        return -PLAIN if self._exceeds() else None

    def _exceeds(self) -> bool:
        """True for "too similar to anime": too much of something that is no attribute."""
        words = self.clause.texts
        return any(
            word in ("too", "overly")
            and words[:index][-1:] not in (("not",), ("me",), ("it",), ("this",), ("that",))
            and "n't" not in "".join(words[:index][-1:])
            for index, word in enumerate(words[:-1])
        )


@dataclass(frozen=True)
class Background:
    """The feeling around a clause that has none of its own."""

    value: float
    source: Literal["neighbor", "contrast", "button", "comment"]


def parse(
    clause: Clause, matches: tuple[Match, ...], cues: tuple[Cue, ...], lexicon: Lexicon
) -> Parsed:
    """The clause with the modifier of each match."""
    modifiers = tuple(modifier(clause, m, matches, cues, lexicon) for m in matches)
    return Parsed(clause, matches, cues, modifiers)


def backgrounds(
    parsed: Sequence[Parsed], stance: Stance | None, lexicon: Lexicon
) -> tuple[Background | None, ...]:
    """The background of every clause, in order."""
    tones = _with_echoes(parsed, lexicon)
    if stance != "like":
        for index in _tautologies(parsed):
            tones[index] = -MENTIONED if tones[index] is None else tones[index]
    button = {"like": MENTIONED, "dislike": -MENTIONED}.get(stance or "mixed")
    feelings = {tone > 0 for tone in tones if tone is not None}
    found: list[Background | None] = []
    for index in range(len(parsed)):
        background = _compared(parsed, tones, index)
        background = (
            background
            or _own_breath(parsed, tones, index)
            or _contrast(parsed, tones, found, index)
        )
        background = background or _afterthought(parsed, tones, index)
        if background is None and button is not None:
            background = Background(button, "button")
        if background is None and index + 1 < len(parsed):
            background = _before_contrast(parsed, tones, index)
        if background is None and stance == "mixed":
            background = _halves(parsed, index)
        if background is None and len(feelings) == 1:
            background = Background(MENTIONED if True in feelings else -MENTIONED, "comment")
        found.append(background)
    return tuple(found)


def feeling(
    parsed: Parsed, place: int, background: Background | None, lexicon: Lexicon, *, explicit: bool
) -> float | None:
    """Signed strength of the match at `place`; None if nothing says whether it is liked.

    Args:
        parsed: The clause.
        place: Index into its matches.
        background: The feeling around the clause.
        lexicon: For wishes, comparisons and the sound of words.
        explicit: True if any words of the comment praise or blame; a button alone is not words.
    """
    match, change = parsed.matches[place], parsed.modifiers[place]
    local = _local(parsed, match, lexicon)
    sound = _sound(parsed.clause, match, lexicon)
    words = parsed.clause.texts
    if local is not None and background is not None and background.value < 0 < local:
        # "I take this over perfect realism" praises no realism.
        local = background.value if parsed.clause.link == "versus" else local
    if change is not None and change.effect == "lack":
        base = local or (background.value if background else 0.0)
        return (-change.strength if base > 0 else change.strength) if base else None
    if change is not None and change.decides:
        return change.strength if change.effect == "like" else -change.strength
    if change is not None:
        # "No clutter" is praise and "no warmth" blame, unless the clause says otherwise.
        asked = any(lexicon.phrases("want").at(words, i) for i in range(match.start))
        base = local or float(asked) or (background.value if background else 0.0) or (-sound or 1)
        return -change.strength if base > 0 else change.strength
    if local is not None:
        return local
    if background is None or _speaks_of_another(parsed, place):
        return sound * MENTIONED or None
    if sound < 0 < background.value and (background.source != "button" or explicit):
        return -MENTIONED
    return background.value


def _local(parsed: Parsed, match: Match, lexicon: Lexicon) -> float | None:
    """What the clause itself says about the match."""
    words = parsed.clause.texts
    wishes = any(_asks(words, index, lexicon) for index in range(match.start))
    cue = _governing(parsed.cues, match)
    if wishes and (cue is None or cue.value > 0 or cue.start > match.start):
        return PLAIN
    if cue is not None:
        blames = lexicon.cue_table.at(words, cue.start)
        is_match = match.start <= cue.start and cue.stop <= match.stop
        if is_match and cue.value > 0 and blames is not None and blames[1] < 0:
            return -cue.value  # "nothing about it is dull" praises, but not what is dull
        return cue.value
    return PLAIN if match.comparative else None


def _asks(words: tuple[str, ...], index: int, lexicon: Lexicon) -> bool:
    """True if a wish begins there; "make it gloomy" is one only where nobody else makes it so."""
    if lexicon.phrases("wish").at(words, index) is not None:
        return True
    spoken_to = index == 0 or words[index - 1] in lexicon.words("before_order")
    return spoken_to and lexicon.phrases("order").at(words, index) is not None


def _governing(cues: Sequence[Cue], match: Match) -> Cue | None:
    """The cue that speaks of the match: the verb before it, else the nearest one."""
    inside = [cue for cue in cues if cue.start < match.stop and match.start < cue.stop]
    before = [cue for cue in cues if cue.stop <= match.start]
    after = [cue for cue in cues if cue.start >= match.stop]
    if inside:
        return inside[0]
    if before and (before[-1].is_verb or not after):
        return before[-1]
    if not before:
        return after[0] if after else None
    return before[-1] if match.start - before[-1].stop <= after[0].start - match.stop else after[0]


def _speaks_of_another(parsed: Parsed, place: int) -> bool:
    """True for the blue of "the blue is too cold": only what is said of it has a feeling."""
    words, match = parsed.clause.texts, parsed.matches[place]
    return not parsed.cues and any(
        change is not None and change.decides and set(words[match.stop : other.start]) & COPULAS
        for other, change in zip(parsed.matches, parsed.modifiers, strict=True)
    )


def _sound(clause: Clause, match: Match, lexicon: Lexicon) -> int:
    written = " ".join(clause.texts[match.start : match.stop])
    sound = lexicon.connotation
    return sound.get(written, 0) or sound.get(match.surface, 0)


def _with_echoes(parsed: Sequence[Parsed], lexicon: Lexicon) -> list[float | None]:
    """Tones, with "... but the neon is not" as the opposite of what it leaves out."""
    tones: list[float | None] = []
    for part in parsed:
        tone = part.tone()
        last = part.clause.texts[-1]
        if tone is None and (last == "not" or last.endswith("n't")):
            if tones and tones[-1] is None:
                tones[-1] = _sounds(parsed[len(tones) - 1], lexicon)  # "classy" is praise here
            before = next((t for t in reversed(tones) if t is not None), 1.0)
            tone = -PLAIN if before > 0 else PLAIN
        tones.append(tone)
    return tones


def _tautologies(parsed: Sequence[Parsed]) -> Iterator[int]:
    """Clauses of "the brown is, well, very brown", which has nothing kinder to say of the brown."""
    for index, part in enumerate(parsed):
        words = part.clause.texts
        for match in (m for m in part.matches if m.attribute is not None):
            rest = words[match.stop :]
            again = (m for m in part.matches if m.start > match.stop)
            if (
                rest[:1]
                and rest[0] in COPULAS
                and any(m.attribute == match.attribute for m in again)
            ):
                yield index
            if len(rest) != 1 or rest[0] not in COPULAS:
                continue
            for place in range(index + 1, len(parsed)):
                if parsed[place].clause.link != "same" or parsed[place].cues:
                    break
                if any(m.attribute == match.attribute for m in parsed[place].matches):
                    yield from (index, place)
                    break


def _sounds(parsed: Parsed, lexicon: Lexicon) -> float | None:
    """How the named words themselves sound, where the clause says nothing else."""
    names = (match.attribute.name for match in parsed.matches if match.attribute is not None)
    found = (lexicon.connotation.get(name, 0) for name in names)
    return None if parsed.cues else next((MENTIONED * sound for sound in found if sound), None)


def _own_breath(
    parsed: Sequence[Parsed], tones: Sequence[float | None], index: int
) -> Background | None:
    """The clause's echoed tone, or that of the nearest clause joined to it by a comma or "and"."""
    own = tones[index]
    if own is not None:
        return Background(own, "neighbor")
    place = index
    while place > 0 and parsed[place].clause.link == "same":
        place -= 1
        if (tone := tones[place]) is not None:
            return Background(_weaker(tone, PLAIN), "neighbor")
    if parsed[index].clause.link in ("contrast", "except"):
        return None
    for place in range(index + 1, len(parsed)):
        if parsed[place].clause.link != "same" or parsed[index].clause.concessive:
            return None
        if (tone := tones[place]) is not None:
            return Background(_weaker(tone, PLAIN), "neighbor")
    return None


_PRONOUNS = frozenset({"it", "that", "this", "them", "these", "those", "they", "that's", "it's"})
_SHORT = 3
"""Words of "Gorgeous." and "Not for me."."""


def _afterthought(
    parsed: Sequence[Parsed], tones: Sequence[float | None], index: int
) -> Background | None:
    """The verdict of the next sentence, if it names nothing itself: "The sky. Love it."."""
    if index + 1 >= len(parsed):
        return None
    following, tone = parsed[index + 1], tones[index + 1]
    words = following.clause.texts
    speaks_back = len(words) <= _SHORT or bool(_PRONOUNS & set(words))
    if tone is None or following.matches or following.clause.link != "start" or not speaks_back:
        return None
    return Background(_weaker(tone, PLAIN), "neighbor")


def _compared(
    parsed: Sequence[Parsed], tones: Sequence[float | None], index: int
) -> Background | None:
    """What stands behind "better than" is the lesser, and what stands before "to" is preferred."""
    if parsed[index].clause.link == "versus" and index:
        before = tones[index - 1] or PLAIN
        return Background(-_weaker(before, MENTIONED), "contrast")
    if index + 1 < len(parsed) and parsed[index + 1].clause.link == "versus":
        return Background(tones[index] or PLAIN, "neighbor")
    return None


def _contrast(
    parsed: Sequence[Parsed],
    tones: Sequence[float | None],
    found: Sequence[Background | None],
    index: int,
) -> Background | None:
    """The opposite of the clause before a "but", or of the one after an "although"."""
    clause = parsed[index].clause
    following = tones[index + 1] if index + 1 < len(tones) else None
    if clause.concessive and following is not None:
        return Background(-_weaker(following, CONTRASTED), "contrast")
    start = index
    while start > 0 and parsed[start].clause.link == "same":
        start -= 1
    if parsed[start].clause.link not in ("contrast", "except") or start == 0:
        return None
    before = tones[start - 1]
    if before is None:
        earlier = found[start - 1]
        before = earlier.value if earlier else None
    return None if before is None else Background(-_weaker(before, CONTRASTED), "contrast")


def _before_contrast(
    parsed: Sequence[Parsed], tones: Sequence[float | None], index: int
) -> Background | None:
    """The opposite of what follows behind a "but"."""
    following = tones[index + 1]
    if following is None or parsed[index + 1].clause.link != "contrast":
        return None
    return Background(-_weaker(following, MENTIONED), "contrast")


def _halves(parsed: Sequence[Parsed], index: int) -> Background | None:
    """With the button for mixed, "sleek but cold" is praise before the "but" and blame after."""
    turns = [i for i, part in enumerate(parsed) if part.clause.link == "contrast"]
    if not turns:
        return None
    return Background(MENTIONED if index < turns[0] else -MENTIONED, "contrast")


def _weaker(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))
