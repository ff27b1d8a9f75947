"""The structure a language model answers with, and how it becomes attributes of the domain.

Whatever the model wrote, what leaves this module is bounded: so many attributes, of so many words
in plain letters, each with words that the person did say.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from viper.extraction.subjects import names_only_subjects
from viper.preference import HINTED, Attribute, Comment, Evidence, Side, on_scale
from viper.taxonomy import Taxonomy

MAX_ATTRIBUTES = 60
MAX_NAME_CHARACTERS = 60
MAX_NAME_WORDS = 4
MAX_OF_A_CLICK = 2
"""Attributes that a button pressed without a word can stand for."""
_MAX_CONSIDERED = 300
_NO_NAME = "because it is no name of a look"
_MAX_NAMED = 5
"""Names in one warning; a long list helps nobody."""


class TasteItem(BaseModel):
    """One attribute, as the model reports it."""

    model_config = ConfigDict(extra="forbid", title="Attribute")

    attribute: Annotated[str, Field(description="one to three English words for how pictures look")]
    facet: Annotated[str | None, Field(description="name of the facet; null if none fits")]
    stance: Literal["like", "dislike"]
    strength: Annotated[float, Field(description="0.3, 0.5, 0.7 or 0.9", ge=0.0, le=1.0)]
    comment: Annotated[int, Field(description="number of the comment that says so")]
    quote: Annotated[str, Field(description="the words of that comment, copied exactly")]

    @field_validator("attribute", "quote")
    @classmethod
    def _printable(cls, text: str) -> str:
        return clean(text)

    @field_validator("attribute")
    @classmethod
    def _short(cls, text: str) -> str:
        if not 1 <= len(text) <= MAX_NAME_CHARACTERS:
            raise ValueError(f"an attribute has 1 to {MAX_NAME_CHARACTERS} characters")
        return text

    @field_validator("comment")
    @classmethod
    def _was_asked_about(cls, number: int, info: ValidationInfo) -> int:
        asked = (info.context or {}).get("comments")
        if asked is not None and number not in asked:
            raise ValueError(f"comment must be one of {', '.join(map(str, sorted(asked)))}")
        return number


class TasteReply(BaseModel):
    """The whole answer; every field is required, so that servers can enforce the schema."""

    model_config = ConfigDict(extra="forbid", title="Taste")

    attributes: list[TasteItem]


Sided = tuple[Side, Attribute]


def attributes_from(
    items: Sequence[TasteItem], comments: Sequence[Comment], *, taxonomy: Taxonomy, asked: str = ""
) -> tuple[tuple[Sided, ...], tuple[str, ...]]:
    """Attributes with their evidence, and warnings about what was left out.

    A name or synonym of the taxonomy gives its canonical name and facet; other words for looks
    stay as they are, without a facet.

    Args:
        items: What the model reported, in any order and number.
        comments: Those that items point to.
        taxonomy: Known names.
        asked: What the model was told; a name that recites it is left out.
    """
    gate = _Gate(comments, taxonomy, asked)
    kept: list[Sided] = []
    for item in sorted(items, key=lambda item: -item.strength)[:_MAX_CONSIDERED]:
        kept += gate.passed(item)
    found = per_comment(kept)
    many = f"The language model named {len(items)} attributes; at most {MAX_ATTRIBUTES} were kept."
    warnings = ([many] if len(items) > MAX_ATTRIBUTES else []) + list(gate.warnings())
    return tuple(found[:MAX_ATTRIBUTES]), tuple(warnings)


@dataclass
class _Gate:
    """Lets through what a person said about looks, and notes the rest."""

    comments: Sequence[Comment]
    taxonomy: Taxonomy
    asked: str
    clicks: Counter[int] = field(default_factory=Counter)
    left_out: dict[str, dict[str, None]] = field(default_factory=dict)

    def passed(self, item: TasteItem) -> Iterator[Sided]:
        """The attribute with its evidence, or nothing."""
        known, comment = self.taxonomy.find(item.attribute), self.comments[item.comment]
        name = known.name if known else item.attribute.casefold()
        strength, quote = on_scale(item.strength), quoted(item.quote, comment.text)
        if _says_nothing(comment.text):
            # A button alone: nothing to quote, and little to learn.
            strength, quote = strength and min(strength, HINTED), ""
            self.clicks[item.comment] += 1
        reason = None if known else self._objection(name, item.facet)
        if reason is None and quote is None:
            reason = "because the comment does not hold the words quoted for it"
        if reason is not None:
            self.left_out.setdefault(reason, {})[name] = None
        elif strength and quote is not None and self.clicks[item.comment] <= MAX_OF_A_CLICK:
            evidence = Evidence(
                comment=item.comment, image=comment.image, quote=quote, kind=comment.kind
            )
            facet = known.facet if known else None
            yield (
                "liked" if item.stance == "like" else "disliked",
                Attribute(attribute=name, facet=facet, strength=strength, evidence=(evidence,)),
            )

    def warnings(self) -> Iterator[str]:
        """One sentence for each reason."""
        for reason, names in self.left_out.items():
            if reason is _NO_NAME:
                # Not shown: they may be anything.
                yield f"Left out, {reason}: {len(names)} of the answers."
                continue
            shown = ", ".join(list(names)[:_MAX_NAMED])
            more = f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else ""
            yield f"Left out, {reason}: {shown}{more}."

    def _objection(self, name: str, facet: str | None) -> str | None:
        """Why words that the taxonomy does not know are no name of a look, or None."""
        if not is_plain(name) or recites(name, self.asked):
            return _NO_NAME
        if facet is not None and facet not in self.taxonomy.facets:
            return "because it belongs to no known facet"
        if names_only_subjects(name):
            return "because it names what a picture shows, not how"
        return None


def _says_nothing(text: str) -> bool:
    return not _folded(text)


def per_comment(sided: Iterable[Sided]) -> list[Sided]:
    """One attribute a side, name and comment: saying it twice in a breath is saying it once.

    The strength is the strongest of them, the evidence that of all of them.
    """
    found: dict[tuple[Side, str, int | None], Attribute] = {}
    for side, attribute in sided:
        key = (side, attribute.attribute, attribute.evidence[0].comment)
        if (known := found.get(key)) is not None:
            new = tuple(e for e in attribute.evidence if e not in known.evidence)
            attribute = known.model_copy(
                update={
                    "strength": max(known.strength, attribute.strength),
                    "evidence": (*known.evidence, *new),
                }
            )
        found[key] = attribute
    return [(side, attribute) for (side, _, _), attribute in found.items()]


def quoted(quote: str, text: str) -> str | None:
    """The words of the text that the quote means, as they stand there; None if they do not.

    Case, spacing, typographic quotes and full-width letters do not matter; "..." may leave out
    words, which are part of the result.
    """
    plain, places = _indexed(text)
    pieces = [piece for part in _ELLIPSIS.split(quote) if (piece := _folded(part))]
    start, end = len(plain), 0
    for piece in pieces:
        found = plain.find(piece, end)
        if found < 0:
            return None
        start, end = min(start, found), found + len(piece)
    return clean(text[places[start] : places[end - 1] + 1]) if pieces else None


def clean(text: str) -> str:
    """Without control, format and private characters; runs of white space are one space."""
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or _is_printable(c))
    return " ".join(kept.split())


def is_plain(name: str) -> bool:
    """True for a few words in Latin letters: no markup, no address, no sentence."""
    return (
        len(name.split()) <= MAX_NAME_WORDS
        and _PLAIN.fullmatch(name) is not None
        and all(not c.isalpha() or unicodedata.name(c, "").startswith("LATIN ") for c in name)
    )


def recites(name: str, text: str) -> bool:
    """True if the text has three words in a row of the name."""
    words = _WORD.findall(name.casefold())
    runs = (words[i : i + _RUN] for i in range(len(words) - _RUN + 1))
    return any(f" {' '.join(run)} " in _told(text) for run in runs)


def _is_printable(character: str) -> bool:
    return not unicodedata.category(character).startswith("C")


_RUN = 3
_WORD = re.compile(r"[^\W_]+")
_PLAIN = re.compile(r"[^\W_](?:[^\W_]|[ '&/\-\u2019])*")
_ELLIPSIS = re.compile(r"\.\.\.+|\u2026|\[\u2026\]")
_EDGES = " .,;:!?\"'"
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})


@lru_cache(maxsize=8)
def _told(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _folded(text: str) -> str:
    return _indexed(text)[0].strip(_EDGES)


@lru_cache(maxsize=256)
def _indexed(text: str) -> tuple[str, tuple[int, ...]]:
    """The text as it is compared, and where in the text each of its characters comes from."""
    plain: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character.isspace():
            folded = " " if plain and plain[-1] != " " else ""
        elif _is_printable(character):
            folded = unicodedata.normalize("NFKC", character).translate(_QUOTES).casefold()
        else:
            folded = ""
        plain += folded
        places += [place] * len(folded)
    return "".join(plain), tuple(places)
