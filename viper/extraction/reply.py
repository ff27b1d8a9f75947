"""The structure a language model answers with, and how it becomes attributes of the domain."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from viper.extraction.subjects import names_only_subjects
from viper.preference import Attribute, Comment, Evidence, Side
from viper.taxonomy import Taxonomy

MAX_ATTRIBUTES = 60
MAX_NAME_CHARACTERS = 60


class TasteItem(BaseModel):
    """One attribute, as the model reports it."""

    model_config = ConfigDict(extra="forbid", title="Attribute")

    attribute: Annotated[str, Field(description="one to three words for how pictures look")]
    facet: Annotated[str | None, Field(description="which kind of attribute; null if unclear")]
    stance: Literal["like", "dislike"]
    strength: Annotated[float, Field(description="0 to 1", ge=0.0, le=1.0)]
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
    items: Sequence[TasteItem], comments: Sequence[Comment], *, taxonomy: Taxonomy
) -> tuple[tuple[Sided, ...], tuple[str, ...]]:
    """Attributes on the taxonomy with their evidence, and warnings about what was left out.

    A name or synonym of the taxonomy gives its canonical name and facet; anything else stays
    free-form. Names of things in the picture are left out: subject matter is not taste.
    """
    warnings = []
    if len(items) > MAX_ATTRIBUTES:
        warnings.append(
            f"The language model named {len(items)} attributes; the {MAX_ATTRIBUTES} strongest "
            "were kept."
        )
    kept: list[Sided] = []
    subjects: dict[str, None] = {}
    for item in sorted(items, key=lambda item: -item.strength)[:MAX_ATTRIBUTES]:
        known = taxonomy.find(item.attribute)
        if known is None and names_only_subjects(item.attribute):
            subjects[item.attribute] = None
            continue
        facet = known.facet if known else item.facet if item.facet in taxonomy.facets else None
        comment = comments[item.comment]
        quote = item.quote if occurs(item.quote, comment.text) else comment.text
        attribute = Attribute(
            attribute=known.name if known else item.attribute.casefold(),
            facet=facet,
            strength=round(item.strength, 4),
            evidence=(Evidence(comment=item.comment, image=comment.image, quote=quote),),
        )
        kept.append(("liked" if item.stance == "like" else "disliked", attribute))
    if subjects:
        names = ", ".join(list(subjects)[:5])
        warnings.append(f"Left out, because it names what a picture shows, not how: {names}.")
    return tuple(per_comment(kept)), tuple(warnings)


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


def occurs(quote: str, text: str) -> bool:
    """True if the words occur in the text; case, spacing and typographic quotes do not matter."""
    words = _folded(quote)
    return bool(words) and words in _folded(text)


def clean(text: str) -> str:
    """Without control, format and private characters; runs of white space are one space."""
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or _is_printable(c))
    return " ".join(kept.split())


def _is_printable(character: str) -> bool:
    return not unicodedata.category(character).startswith("C")


_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", clean(text).translate(_QUOTES).casefold()).strip(" .,;:!?\"'")
