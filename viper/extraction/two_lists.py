"""The reply of ViPer's released extractor: two lists of keywords, each under its heading.

    Liked Art Features: teal, flowing lines, intricate patterns
    Disliked Art Features: oversaturated colors, clutter

Models drift from that: bold or numbered headings, bullets, another order, one list only, prose
around it. What stands under no heading belongs to neither list, and is told, never guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from viper.extraction.reply import MAX_ATTRIBUTES, MAX_NAME_CHARACTERS, clean
from viper.preference import Side

MAX_WORDS = 6
"""A longer keyword is a sentence."""
MAX_REPLY_CHARACTERS = 20_000

_ABOUT = (
    r"(?:the|their|specific|main|general|visual|art|arts|artistic|features?|attributes?|elements?"
    r"|aspects?|qualities|preferences?|keywords?|list|of|that|which|what|person|user|people|they"
    r"|things|styles?|in|and)"
)
_DISLIKED = r"(?:dislik(?:e[sd]?|ing)|(?:do|does|did)(?:\s+not|n['’]t)\s+like|not\s+liked)"
_LIKED = r"(?:lik(?:e[sd]?|ing))"
_GAP = r"(?:['’]s)?[\s*_-]+"
_HEADING = re.compile(
    rf"(?<!\w)(?:{_ABOUT}{_GAP}){{0,8}}"
    rf"(?:(?P<both>(?:{_DISLIKED}|{_LIKED})\s(?:and|or)\s(?:{_DISLIKED}|{_LIKED}))"
    rf"|(?P<disliked>{_DISLIKED})|(?P<liked>{_LIKED}))"
    rf"(?:{_GAP}{_ABOUT}){{0,8}}(?!\w)"
    r"(?:[ \t*_]*:[ \t*_]*|(?P<alone>[ \t*_#]*(?=\n|\Z)))",
    re.IGNORECASE,
)
_DECORATION = re.compile(r"[\s*_#>•–-]*(?:\d{1,2}[.)]\s*)?[\s*_#-]*")
_BULLET = re.compile(r"^[ \t]*(?:[-*•–]|\d{1,2}[.)])[ \t]+", re.MULTILINE)
_SEPARATOR = re.compile(r"[,;\n•()\[\]]|\s\d{1,2}[.)]\s|\.\s")
_EDGES = " \t.:*_`\"'“”‘’#-–"
_NOTHING = re.compile(
    r"(?:none|nothing|n/?a|not?\b.*\b(?:dislike[sd]?|like[sd]?|mention\w*|specif\w*|stated|given"
    r"|applicable))\b.*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class TwoLists:
    """Keywords as they were written, without repetition."""

    liked: tuple[str, ...]
    disliked: tuple[str, ...]
    warnings: tuple[str, ...]
    """What was left out, for people."""


def two_lists(text: str, *, cut_off: bool = False) -> TwoLists:
    """Reads a reply.

    Args:
        text: What the model wrote.
        cut_off: Whether it ended in the middle, so that its last keyword is only a part of one.

    Raises:
        ValueError: There is no heading; the message says so.
    """
    text = text[:MAX_REPLY_CHARACTERS].rpartition("\nAssistant:")[2]
    warnings: list[str] = []
    found: dict[Side, dict[str, None]] = {"liked": {}, "disliked": {}}
    sections = list(_sections(text))
    if not any(side for side, _ in sections):
        raise ValueError("it has no heading such as 'Liked Art Features:'")
    for place, (side, body) in enumerate(sections):
        listed, rest = _listed(body) if side else ("", body)
        keywords, sentences = _keywords(listed)
        if cut_off and place == len(sections) - 1 and not rest and keywords:
            warnings.append(f"The answer was cut off within its last keyword, {keywords.pop()!r}.")
        if side:
            found[side] |= dict.fromkeys(keywords)
        warnings += [_left_out(told) for told in (*sentences, rest) if _lists_something(told)]
    return _bounded(tuple(found["liked"]), tuple(found["disliked"]), warnings)


def _bounded(liked: tuple[str, ...], disliked: tuple[str, ...], warnings: list[str]) -> TwoLists:
    both = [keyword for keyword in liked if keyword in disliked]
    if both:
        # As the released code does; unlike there, it is told.
        warnings.append(f"Left out, because it stands in both lists: {', '.join(both[:5])}.")
    kept = [tuple(k for k in side if k not in both) for side in (liked, disliked)]
    if any(len(side) > MAX_ATTRIBUTES for side in kept):
        warnings.append(f"Of a list of more than {MAX_ATTRIBUTES} keywords the first were kept.")
    return TwoLists(kept[0][:MAX_ATTRIBUTES], kept[1][:MAX_ATTRIBUTES], tuple(warnings))


def _sections(text: str) -> Iterator[tuple[Side | None, str]]:
    """What stands before the first heading, then each heading's side and what follows it."""
    side: Side | None = None
    start = 0
    for match in _HEADING.finditer(text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        decorated = _DECORATION.fullmatch(line) is not None
        if match["alone"] is not None and not decorated:
            continue  # "... that they like" at the end of a line is prose
        if side or not match["both"]:  # else it introduces both lists
            yield side, text[start : match.start() - (len(line) if decorated else 0)]
        side = "disliked" if match["disliked"] else "liked" if match["liked"] else None
        start = match.end()
    yield side, text[start:]


def _listed(body: str) -> tuple[str, str]:
    """The list, and what follows it after an empty line."""
    paragraphs = re.split(r"\n[ \t]*\n", body.strip())
    if not _BULLET.match(paragraphs[0]):
        return paragraphs[0], "\n".join(paragraphs[1:])
    bulleted = [p for p in paragraphs if _BULLET.match(p)]
    return "\n".join(bulleted), "\n".join(p for p in paragraphs if p not in bulleted)


def _keywords(listed: str) -> tuple[list[str], list[str]]:
    """Keywords in lower case, and what is no keyword."""
    keywords: list[str] = []
    sentences: list[str] = []
    for piece in _SEPARATOR.split(_BULLET.sub("", listed)):
        # "Colors: teal" is teal; "and soft light", the last of a list, is soft light.
        value = clean(piece).rpartition(":")[2].strip(_EDGES)
        value = re.sub(r"^(?:and|or)\s+", "", value, flags=re.IGNORECASE).casefold()
        if not value or _NOTHING.fullmatch(value):
            continue
        fits = len(value.split()) <= MAX_WORDS and len(value) <= MAX_NAME_CHARACTERS
        (keywords if fits else sentences).append(value)
    return keywords, sentences


def _lists_something(text: str) -> bool:
    """False for an introduction such as "Here are the two lists:"."""
    words = clean(text).strip(_EDGES)
    return bool(words) and not clean(text).endswith(":")


def _left_out(text: str) -> str:
    words = clean(text)
    shown = words if len(words) <= 60 else f"{words[:57]}..."
    return f"Left out, because it stands in no list as a keyword: {shown!r}."
