"""What the prompt says wins: attributes of a preference that contradict it are left out.

    "a black and white photo of a street"  +  likes neon glow, film grain; dislikes photography
        -> likes film grain;   neon glow: black and white;   photography: photo

A liked attribute is left out where the prompt names its opposite, the other end of one of the axes
in `contradictions.json`, or another value of something that a picture has only one of; also where
the prompt, or the negative prompt, says to do without it. A disliked one is left out where the
prompt asks for it by name. What is said of a thing or a time is not said of the picture: "a warm
cup of coffee" and "a lighthouse at dusk" leave out nothing that is liked.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from viper.preference import SIDES, Attribute, Side, VisualPreference
from viper.taxonomy import TasteAttribute, fold, load_taxonomy

_DATA = Path(__file__).with_name("contradictions.json")
_LONGEST = 4
"""Words of a phrase that is looked for in a prompt."""
_WORD = re.compile(r"[^\s,.;:!?()\"]+|[,.;:!?()]")
_WITHOUT = frozenset({"no", "not", "without", "never"})
_ARTICLES = frozenset({"a", "an"})
_AS = frozenset({"in", "as"})
_AFTER_A_NOUN = frozenset({"with", "in", "on", "at", "of", "by", "under", "and", "near", "from"})
_NOUNS = frozenset({"art style", "medium", "pattern", "framing", "perspective", "line"})
"""Facets whose values are nouns themselves: "a collage of ...", "a close-up of ..."."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a prompt says about looks; each attribute with the words that say so."""

    wanted: Mapping[str, str]
    unwanted: Mapping[str, str]
    kinds: Mapping[int, str] = field(default_factory=dict)
    """General words for media, such as "photo"; by place in the data."""
    scene: frozenset[str] = frozenset()
    """Wanted attributes of a thing or a time, not of the picture."""


@dataclass(frozen=True, slots=True)
class _Kind:
    words: frozenset[str]
    general: frozenset[str]
    media: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Rules:
    axes: tuple[tuple[frozenset[str], frozenset[str]], ...]
    exclusive: Mapping[str, frozenset[str]]
    kinds: tuple[_Kind, ...]
    times: frozenset[str]
    things: frozenset[str]
    names: frozenset[str]
    looks: frozenset[str]


def without_contradictions(
    preference: VisualPreference, prompt: str, negative_prompt: str = ""
) -> tuple[VisualPreference, Mapping[str, str]]:
    """The preference as it may act on this prompt.

    Returns:
        The preference, and each attribute that was left out with the words of the prompt that it
        contradicts; the preference itself where there are none.
    """
    named = attributes_in(prompt, negative_prompt)
    words = f" {fold(' '.join(_WORD.findall(prompt)))} "
    left_out: dict[str, str] = {}
    kept: dict[str, tuple[Attribute, ...]] = {}
    for side in SIDES:
        kept[side] = ()
        for attribute in preference.side(side):
            said = None if attribute.muted else _contradicted(attribute, side, named, words)
            if said is None:
                kept[side] += (attribute,)
            else:
                left_out[attribute.attribute] = said
    return (preference.model_copy(update=kept) if left_out else preference), left_out


def attributes_in(prompt: str, negative_prompt: str = "") -> Named:
    """What a prompt asks for and asks to do without, the longest phrase at each place."""
    taxonomy, kinds = load_taxonomy(), _rules().kinds
    wanted: dict[str, str] = {}
    unwanted: dict[str, str] = {}
    general: dict[int, str] = {}
    of_picture: set[str] = set()
    for words, start, stop in _phrases(prompt):
        said = " ".join(words[start:stop])
        known = taxonomy.find(said)
        negated = start > 0 and fold(words[start - 1]) in _WITHOUT
        if known is None:
            found = {n: said for n, kind in enumerate(kinds) if fold(said) in kind.words}
            general.update({} if negated else found)
        elif negated:
            unwanted.setdefault(known.name, said)
        elif not _is_a_thing(words, start, stop, known):
            wanted.setdefault(known.name, said)
            of_picture.update(() if _is_scene(words, start, stop) else {known.name})
    for words, start, stop in _phrases(negative_prompt):
        said = " ".join(words[start:stop])
        if (known := taxonomy.find(said)) is not None:
            unwanted.setdefault(known.name, said)
    return Named(wanted, unwanted, general, frozenset(wanted) - of_picture)


def _contradicted(attribute: Attribute, side: Side, named: Named, words: str) -> str | None:
    """The words of the prompt that speak against this attribute; None where none do."""
    known = load_taxonomy().find(attribute.attribute)
    if side == "disliked":
        if known is not None:
            return named.wanted.get(known.name) or _of_kind(known, named)
        said = fold(attribute.attribute)
        return attribute.attribute if f" {said} " in words else None
    if known is None or known.name in named.wanted:
        return None
    if known.name in named.unwanted:
        return f"without {named.unwanted[known.name]}"
    against = (
        said
        for name, said in named.wanted.items()
        if name not in named.scene and _exclude(known, name)
    )
    return next(against, None) or _other_kind(known, named)


def _exclude(liked: TasteAttribute, name: str) -> bool:
    """Whether a liked attribute and one that the prompt names cannot both be in one picture."""
    said = load_taxonomy().attributes[name]
    rules = _rules()
    if liked.opposite == name:
        return True
    if liked.facet == said.facet and liked.facet in rules.exclusive:
        return not {liked.name, name} & rules.exclusive[liked.facet]
    if liked.facet == said.facet == "medium":
        return _apart(liked.name, name)
    ends = ((liked.name, name), (name, liked.name))
    return any(one in low and other in high for low, high in rules.axes for one, other in ends)


def _apart(liked: str, said: str) -> bool:
    """Two media go together only where one is a general word for the kind of the other."""
    for kind in _rules().kinds:
        if {liked, said} <= kind.media and {liked, said} & kind.general:
            return False
    return True


def _of_kind(disliked: TasteAttribute, named: Named) -> str | None:
    kinds = _rules().kinds
    return next(
        (said for n, said in named.kinds.items() if disliked.name in kinds[n].general), None
    )


def _other_kind(liked: TasteAttribute, named: Named) -> str | None:
    for place, said in named.kinds.items():
        kind = _rules().kinds[place]
        if liked.facet == "medium" and liked.name not in kind.media:
            return said
        if any(_exclude(liked, name) for name in kind.general if name != liked.name):
            return said
    return None


def _phrases(prompt: str) -> Iterator[tuple[Sequence[str], int, int]]:
    """Words of the prompt with start and stop of each phrase of the taxonomy or kind of media."""
    taxonomy, kinds = load_taxonomy(), _rules().kinds
    words = _WORD.findall(prompt)
    place = 0
    while place < len(words):
        stop = place + 1
        for end in range(min(place + _LONGEST, len(words)), place, -1):
            said = " ".join(words[place:end])
            if fold(said) in _rules().names:
                stop = end
                break
            if taxonomy.find(said) or any(fold(said) in kind.words for kind in kinds):
                yield words, place, end
                stop = end
                break
        place = stop


def _is_a_thing(words: Sequence[str], start: int, stop: int, known: TasteAttribute) -> bool:
    """Whether a word names a thing here: "a flat in Paris" says nothing about flatness."""
    if stop - start > 1 or known.facet in _NOUNS or start == 0:
        return False
    following = fold(words[stop]) if stop < len(words) else ","
    return fold(words[start - 1]) in _ARTICLES and (
        following in _AFTER_A_NOUN or not following.isalnum()
    )


def _is_scene(words: Sequence[str], start: int, stop: int) -> bool:
    """Whether a word tells of a thing or a time: "a busy street", but not "a busy picture"."""
    rules, said = _rules(), fold(" ".join(words[start:stop]))
    if said not in rules.things:
        return said in rules.times
    before = fold(words[start - 1]) if start else ","
    after = fold(words[stop]) if stop < len(words) else ","
    ends = not after.isalnum()
    if after in rules.looks or (ends and not before.isalnum()):
        return False
    return before not in _AS or not (ends or after in _AFTER_A_NOUN)


@cache
def _rules() -> _Rules:
    data: Mapping[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    axes = tuple((_end(axis["ends"][0]), _end(axis["ends"][1])) for axis in data["axes"])
    kinds = tuple(
        _Kind(frozenset(k["words"]), frozenset(k["general"]), frozenset(k["media"]))
        for k in data["kinds"]
    )
    return _Rules(
        axes,
        {facet: frozenset(beside) for facet, beside in data["exclusive"].items()},
        kinds,
        **{name: frozenset(data[name]) for name in ("times", "things", "names", "looks")},
    )


def _end(data: Mapping[str, Sequence[str]]) -> frozenset[str]:
    whole = (a.name for f in data.get("facets", ()) for a in load_taxonomy().in_facet(f))
    return (frozenset(whole) - {*data.get("except", ())}) | {*data.get("attributes", ())}
