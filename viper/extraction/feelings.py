"""Which words of a clause praise or blame, and what little words do to an attribute.

cue       "love", "not my thing", "👎"       signed strength, negation applied
modifier  "too dark", "less busy", "no clutter", "not dark enough", "I wish it were darker"
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from viper.extraction.clauses import Clause
from viper.extraction.lexicon import Lexicon
from viper.extraction.matching import Match

STRESSED, PLAIN, MENTIONED = 0.9, 0.7, 0.5
_REACH = 6
"""Words a negation or modifier looks across."""

_MEASURES = frozenset({"i", "i'd", "necessary", "needed", "my", "it"})
"""After "darker than": more than one wants, not more than another picture has."""

_MEASURED_BY = ("intensifiers", "softeners", "stress", "excess")
"""Lists of the words that tell how much, between "not" and what it denies."""

Effect = Literal["like", "dislike", "flip", "lack"]
"""Of a modifier: decided by itself, or the opposite of the clause's feeling; of what is lacking,
only where there is such a feeling."""


@dataclass(frozen=True)
class Cue:
    """Words that carry a feeling."""

    start: int
    stop: int
    value: float
    """Polarity times strength, -1 to 1."""
    is_verb: bool
    """It speaks of what follows ("love the teal"), not of what it stands beside."""


@dataclass(frozen=True)
class Modifier:
    """What the words before or after an attribute do to it."""

    effect: Effect
    strength: float

    @property
    def decides(self) -> bool:
        """Whether it says by itself what is liked."""
        return self.effect in ("like", "dislike")


def cues_in(clause: Clause, matches: Sequence[Match], lexicon: Lexicon) -> tuple[Cue, ...]:
    """The cues of a clause in order, with negation, stress and softening applied."""
    words = clause.texts
    verbs = lexicon.phrases("verbs")
    named = {index: match for match in matches for index in range(match.start, match.stop)}
    found: list[Cue] = []
    index = 0
    while index < len(words):
        symbol = lexicon.emoji.get(words[index])
        at = (1, symbol) if symbol is not None else _cue_at(words, index, lexicon)
        final = _final(words, index, lexicon)
        if final is not None:
            found.append(Cue(index, index + 1, final, False))
        if final is not None or at is None or not _is_cue(words, index, at[0], named, lexicon):
            index += 1
            continue
        length, value = at
        starts = [m for m in matches if m.start <= index < m.stop and m.stop - m.start > length]
        if not starts:
            if value < 0 and _is_well_meant(words, index, lexicon):
                value = -value  # "gloriously ugly"
            value = _toned(clause, index, index + length, value, named, lexicon)
            is_verb = verbs.at(words, index) is not None
            found.append(Cue(index, index + length, value, is_verb))
        index += length
    return tuple(found)


def _cue_at(words: tuple[str, ...], index: int, lexicon: Lexicon) -> tuple[int, float] | None:
    """Length and value of the cue that begins there, as in "not [entirely] sure about"."""
    found = lexicon.cue_table.at(words, index)
    if found is not None or words[index] != "not":
        return found
    start = index + 1
    while start < len(words) and any(words[start] in lexicon.words(name) for name in _MEASURED_BY):
        start += 1
    measured = lexicon.cue_table.at(("not", *words[start:]), 0)
    if measured is None or measured[0] == 1 or measured[1] > 0:
        return None
    return measured[0] + start - index - 1, measured[1]


def _is_well_meant(words: tuple[str, ...], index: int, lexicon: Lexicon) -> bool:
    if not index or not words[index - 1].endswith("ly"):
        return False
    before = lexicon.cue_table.at(words, index - 1)
    return before is not None and before[0] == 1 and before[1] > 0


def _final(words: tuple[str, ...], index: int, lexicon: Lexicon) -> float | None:
    """Words that judge only as the last one of a clause: "orange no", "neon? pass"."""
    if index + 1 < len(words) or (index and words[index - 1] in lexicon.words("negators")):
        return None
    value = lexicon.data["final"].get(words[index])
    return None if value is None else float(value)


def without_overlaps(
    matches: Sequence[Match], cues: Sequence[Cue], lexicon: Lexicon
) -> tuple[Match, ...]:
    """Matches that are not merely words of a longer cue ("leaves me cold", "so cool")."""
    ambiguous = lexicon.words("praise_or_look")
    return tuple(
        match
        for match in matches
        if not any(
            cue.start < match.stop
            and match.start < cue.stop
            and (
                cue.stop - cue.start > max(1, match.stop - match.start - 1)
                or match.surface in ambiguous
            )
            for cue in cues
        )
    )


def modifier(
    clause: Clause, match: Match, matches: Sequence[Match], cues: Sequence[Cue], lexicon: Lexicon
) -> Modifier | None:
    """What stands right before or after the match, as a modifier of it; None if nothing does."""
    words = clause.texts
    following = words[match.stop : match.stop + 2]
    if (exchanged := _exchanged(words, match, lexicon)) is not None:
        return exchanged
    if match.comparative and following[:1] == ("than",) and set(following) & _MEASURES:
        return Modifier("dislike", PLAIN)
    falls_short = following[:1] == ("enough",) or following == ("as", "i")
    if falls_short and _negator_before(words, match.start, matches, lexicon):
        return Modifier("like", PLAIN)  # "not dark enough", "isn't as dark as I like"
    blocked = {i for cue in cues for i in range(cue.start, cue.stop)}
    blocked -= set(range(match.start, match.stop))
    named = {i for other in matches for i in range(other.start, other.stop)}
    praised = any(cue.value > 0 and cue.stop <= match.start for cue in cues)
    joined_by_and = is_lesser = False
    index = match.start
    phrases = {i for cue in cues if cue.stop - cue.start > 1 for i in range(cue.start, cue.stop)}
    while index > 0 and match.start - index < _REACH and index - 1 not in phrases:
        if (found := _modifier_at(clause, index, matches, lexicon, praised=praised)) is not None:
            # "Neither the neon nor the glitch does it for me" negates the praise, once.
            negates_cue = words[index - 1] in lexicon.words("clause_negators") | {"nor"} and cues
            if is_lesser and found.effect == "like":  # the gold of "more teal than gold"
                return Modifier("dislike" if match.attribute else "lack", MENTIONED)
            if found.effect == "like" and _is_weighed(words, match, matches):
                return None
            return None if found.effect == "flip" and (joined_by_and or negates_cue) else found
        word = words[index - 1]
        if match.comparative and word == "and":
            return None  # "less cluttered and brighter" wants both
        joined_by_and = joined_by_and or word == "and"
        is_lesser = is_lesser or (word == "than" and index - 2 in named)
        passes = (
            index - 1 in named
            or word in lexicon.words("stop")
            or word in lexicon.words("intensifiers")
            or word in lexicon.words("softeners")
        )
        if not passes or index - 1 in blocked:
            return None
        index -= 1
    return None


def _is_weighed(words: tuple[str, ...], match: Match, matches: Sequence[Match]) -> bool:
    """True for the grain of "more grain than detail": it tells what there is, and no wish."""
    return words[match.stop : match.stop + 1] == ("than",) and any(
        other.start == match.stop + 1 and other.attribute is None for other in matches
    )


def _exchanged(words: tuple[str, ...], match: Match, lexicon: Lexicon) -> Modifier | None:
    """The red of "swap the red for ochre" is to go, the ochre to come."""
    table = lexicon.phrases("gives_up")
    begins = next((i for i in range(match.start) if table.at(words, i) is not None), None)
    if begins is None or (begins and _is_negator(words, begins - 1, lexicon)):
        return None
    if {"for", "with", "to"} & set(words[begins : match.start]):
        return Modifier("like", PLAIN)
    gives = {"for", "with", "to"} & set(words[match.stop :])
    return Modifier("dislike", PLAIN) if gives else None


def _modifier_at(
    clause: Clause, stop: int, matches: Sequence[Match], lexicon: Lexicon, *, praised: bool
) -> Modifier | None:
    """The modifier whose last word stands right before `stop`."""
    words = clause.texts
    if length := lexicon.phrases("want").ending(words, stop):
        # "needs contrast" wants it; "doesn't need the grain" does not.
        if words[stop - length] in ("not", "isn't") or not _negator_before(
            words, stop - length, matches, lexicon
        ):
            return Modifier("like", _degree(clause, stop - length, PLAIN, lexicon))
        return Modifier("dislike", MENTIONED)
    length = lexicon.phrases("excess_phrases").ending(words, stop) or int(
        words[stop - 1] in lexicon.words("excess")
    )
    if length == 2 and words[stop - 2] == "so" and praised:
        return None  # "pleased to see so much grain"
    if length:
        if _negator_before(words, stop - length, matches, lexicon):
            return Modifier("dislike", MENTIONED)
        return Modifier("dislike", _degree(clause, stop - length, PLAIN, lexicon))
    if (length := lexicon.phrases("less").ending(words, stop)) and not _is_noun(words, stop):
        return Modifier("dislike", _degree(clause, stop - length, PLAIN, lexicon))
    if length := lexicon.phrases("more").ending(words, stop):
        return Modifier("like", _degree(clause, stop - length, PLAIN, lexicon))
    if lexicon.phrases("absent").ending(words, stop) or _is_negator(words, stop - 1, lexicon):
        return Modifier("flip", MENTIONED)
    return None


def _is_noun(words: tuple[str, ...], stop: int) -> bool:
    """True for "the cut up shapes", where nobody asks to cut anything."""
    return words[stop - 1] == "cut" and words[max(0, stop - 2)] in ("the", "these", "those", "a")


def _is_cue(
    words: tuple[str, ...], index: int, length: int, named: dict[int, Match], lexicon: Lexicon
) -> bool:
    """Some words are cues only in some places: "I like teal", but "looks like teal"."""
    word = words[index]
    if lexicon.phrases("asides").ending(words, index):
        return False
    if lexicon.phrases("not_cues").at(words, index) is not None:
        return False  # "a great deal of work"
    if length > 1:
        return True
    before = words[index - 1] if index else None
    following = words[index + 1] if index + 1 < len(words) else None
    needed = lexicon.data["needs_before"].get(word)
    if needed is not None:
        # "Like the teal" is praise, "like an old friend" is a simile.
        opens = word in lexicon.words("opens_with") and following not in lexicon.words("simile")
        return before in needed if before else opens
    measures = word.endswith("ly") or word == "pretty"
    if measures and following and lexicon.cue_table.at(words, index + 1) is not None:
        return False  # "terribly beautiful", "pretty bad"
    if word == "pretty" and (match := named.get(index + 1)) is not None:
        has_noun = any(m.attribute is None for i, m in named.items() if i >= match.stop)
        return match.attribute is None or has_noun or match.facet in lexicon.words("hue_facets")
    if word in lexicon.words("praise_or_look") and (match := named.get(index)) is not None:
        neighbors = (named.get(match.stop), named.get(index - 2), named.get(index - 1))
        facets = lexicon.words("look_facets")
        return not any(n is not None and n is not match and n.facet in facets for n in neighbors)
    return True


def _toned(
    clause: Clause,
    start: int,
    stop: int,
    value: float,
    named: dict[int, Match],
    lexicon: Lexicon,
) -> float:
    words = clause.texts
    sign = 1.0 if value > 0 else -1.0
    strength = _degree(clause, start, abs(value), lexicon)
    if clause.stressed or any(word.shouted for word in clause.words[start:stop]):
        strength = max(strength, STRESSED)
    matches = list(dict.fromkeys(named.values()))
    if start and words[start - 1] in ("too", "overly") and value > 0:
        return -PLAIN
    if _negator_before(words, start, matches, lexicon) and not _is_denied(words, start, lexicon):
        # "Not bad" is mild praise, "don't love it" is plain blame.
        return MENTIONED if sign < 0 else -min(strength, PLAIN)
    return sign * strength


def _is_denied(words: tuple[str, ...], start: int, lexicon: Lexicon) -> bool:
    """True for "I can't pretend it isn't skillful": two negations are praise."""
    for index in range(start):
        found = lexicon.phrases("litotes").at(words, index)
        if found is not None:
            return any(_is_negator(words, i, lexicon) for i in range(index + found[0], start))
    return False


def _degree(clause: Clause, start: int, strength: float, lexicon: Lexicon) -> float:
    """Strength after the words of measure before `start`: "so", "way", "a bit"."""
    before = clause.texts[max(0, start - 3) : start]
    if any(word in lexicon.words("softeners") for word in before):
        return min(strength, MENTIONED)
    if clause.stressed or any(word in lexicon.words("stress") for word in before[-2:]):
        return max(strength, STRESSED)
    return strength


def _negator_before(
    words: tuple[str, ...], start: int, matches: Sequence[Match], lexicon: Lexicon
) -> bool:
    """True if a negation reaches `start` across words that carry no meaning of their own."""
    named = {i for match in matches for i in range(match.start, match.stop)}
    passing = (lexicon.words("stop"), lexicon.words("intensifiers"), lexicon.words("softeners"))
    if set(words[:start]) & lexicon.words("clause_negators"):
        return True
    for index in range(start - 1, max(-1, start - 1 - _REACH), -1):
        if _is_negator(words, index, lexicon):
            return True
        if index in named or not any(words[index] in allowed for allowed in passing):
            return False
    return False


def _is_negator(words: tuple[str, ...], index: int, lexicon: Lexicon) -> bool:
    word = words[index]
    if word not in lexicon.words("negators") and not word.endswith("n't"):
        return False
    table = lexicon.phrases("not_negators")
    return not any(
        (found := table.at(words, start)) is not None and start + found[0] > index
        for start in range(max(0, index - 3), index + 1)
    )
