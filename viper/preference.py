"""The domain: what a person said, and what it means for how pictures should look.

Everything here is a frozen value; change returns a new one. Nothing here touches a file, a model
or a database.

    Comment ──extraction──► VisualPreference = liked and disliked Attributes, each with its Evidence
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from viper.errors import BadInput

SCHEMA = "viper.preference/1"

Stance = Literal["like", "dislike", "mixed"]
"""What a person pressed beside the comment; None where a comment came without a button."""

Side = Literal["liked", "disliked"]
"""The two lists of a preference."""

MAX_COMMENT_CHARACTERS = 4_000
MAX_ATTRIBUTE_CHARACTERS = 80

Strength = Annotated[float, Field(ge=0.0, le=1.0)]
AttributeName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_ATTRIBUTE_CHARACTERS),
]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Comment(_Value):
    """What a person said about one picture, or about pictures in general.

    An empty text is allowed where a stance was given: a click is weak evidence, not none.
    """

    image: str | None = None
    """`curated:<id>`, a file path, `image:<id>` of a generated picture, or None."""
    text: Annotated[str, Field(max_length=MAX_COMMENT_CHARACTERS)] = ""
    stance: Stance | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip() and self.stance is None:
            raise ValueError("a comment needs a text or a stance")
        return self


class Evidence(_Value):
    """Where an attribute comes from."""

    comment: int | None = None
    """Index into the comments that were read together; in a stored profile, the comment's id."""
    image: str | None = None
    quote: str = ""
    """Words of the comment, or how the picture was recognized; never longer than a comment."""


class Attribute(_Value):
    """One visual attribute a person likes or dislikes."""

    attribute: AttributeName
    """Canonical taxonomy name ("teal"), or the person's own words if the taxonomy has none."""
    facet: str | None = None
    """Facet of the taxonomy; None marks a free-form attribute."""
    strength: Strength = 0.7
    """0 (hardly matters) to 1 (matters most). 0.5 mentioned, 0.7 said plainly, 0.9 stressed."""
    evidence: tuple[Evidence, ...] = ()
    muted: bool = False
    """Kept and shown, but not applied."""
    pinned: bool = False
    """Set by the person: later comments neither weaken nor remove it."""


class ExtractorInfo(_Value):
    """Who turned the comments into attributes; enough to tell two extractions apart."""

    kind: str = "none"
    """`offline`, `openai`, `local`, `none` (made by hand) or `merged`."""
    model: str | None = None
    prompt_sha256: str | None = None


class Conflict(_Value):
    """The same attribute, or an attribute and its opposite, pulled in both directions."""

    liked: str
    disliked: str
    reason: str


class VisualPreference(_Value):
    """What one person likes and dislikes to look at, strongest first.

    Invariants: an attribute occurs at most once a side; each side is ordered by `_order`;
    contradictions are kept and listed by `conflicts`, never dropped.
    """

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)] = (
        "default"
    )
    liked: tuple[Attribute, ...] = ()
    disliked: tuple[Attribute, ...] = ()
    extractor: ExtractorInfo = ExtractorInfo()
    warnings: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _unique_and_ordered(self) -> Self:
        for side in ("liked", "disliked"):
            object.__setattr__(self, side, _combined(getattr(self, side)))
        return self

    # -- JSON ---------------------------------------------------------------------------------

    def to_json(self, *, indent: int | None = 2) -> str:
        """The JSON of the contract, `viper.preference/1`."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    def to_dict(self) -> dict[str, Any]:
        """As `to_json`, as plain data. `muted` and `pinned` appear only where they are set."""
        data = self.model_dump(mode="json")
        for attribute in (*data["liked"], *data["disliked"]):
            for flag in ("muted", "pinned"):
                if not attribute[flag]:
                    del attribute[flag]
        return {"schema": SCHEMA, **data}

    @classmethod
    def from_json(cls, text: str | bytes, *, source: str = "preference") -> Self:
        """Reads `to_json`'s format. `source` names the input in the message of `BadInput`."""
        try:
            data = json.loads(text)
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"{source}: not valid JSON ({error}).") from error
        return cls.from_dict(data, source=source)

    @classmethod
    def from_dict(cls, data: object, *, source: str = "preference") -> Self:
        """As `from_json`, from plain data."""
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            found = data.get("schema") if isinstance(data, dict) else type(data).__name__
            raise BadInput(
                f'{source}: expected an object with "schema": "{SCHEMA}", got {found!r}.'
            )
        try:
            return cls.model_validate({k: v for k, v in data.items() if k != "schema"})
        except ValidationError as error:
            raise BadInput(f"{source}: {first_problem(error)}.") from error

    def sha256(self) -> str:
        """Identity of what would be applied: name, evidence and warnings do not count."""
        essence = [
            [[a.attribute, a.facet, a.strength] for a in side if not a.muted]
            for side in (self.liked, self.disliked)
        ]
        return hashlib.sha256(json.dumps(essence, ensure_ascii=False).encode()).hexdigest()

    # -- reading ------------------------------------------------------------------------------

    def side(self, side: Side) -> tuple[Attribute, ...]:
        """The list of that name."""
        return self.liked if side == "liked" else self.disliked

    def active(self, side: Side) -> tuple[Attribute, ...]:
        """What is applied: not muted, strength above 0, strongest first."""
        return tuple(a for a in self.side(side) if not a.muted and a.strength > 0)

    def find(self, attribute: str) -> tuple[tuple[Side, Attribute], ...]:
        """Where an attribute occurs; empty, one entry, or two for a direct conflict."""
        key = _key(attribute)
        return tuple(
            (side, a)
            for side in ("liked", "disliked")
            for a in self.side(side)
            if _key(a.attribute) == key
        )

    @property
    def is_empty(self) -> bool:
        """True if nothing would be applied."""
        return not self.active("liked") and not self.active("disliked")

    def conflicts(
        self, opposite: Callable[[str], str | None] = lambda _: None
    ) -> tuple[Conflict, ...]:
        """Active attributes that contradict each other.

        Args:
            opposite: Name of an attribute's opposite, `Taxonomy.opposite`.
        """
        found = []
        disliked = {_key(a.attribute): a.attribute for a in self.active("disliked")}
        for a in self.active("liked"):
            if (same := disliked.get(_key(a.attribute))) is not None:
                reason = "liked in one place and disliked in another"
                found.append(Conflict(liked=a.attribute, disliked=same, reason=reason))
        for side in ("liked", "disliked"):
            names = {_key(a.attribute): a.attribute for a in self.active(side)}
            for key, name in names.items():
                other = opposite(name)
                if other is not None and key < _key(other) and _key(other) in names:
                    reason = f"opposites, both {side}"
                    found.append(Conflict(liked=name, disliked=other, reason=reason))
        return tuple(found)

    # -- changing -----------------------------------------------------------------------------

    def merge(self, other: "VisualPreference") -> Self:
        """Both preferences as one: evidence adds up, repeated evidence raises strength.

        Strengths combine as independent reasons, 1 - (1 - a)(1 - b); a pinned attribute keeps its
        own. Merging the same evidence twice changes nothing.
        """
        return self._with(
            liked=_combined((*self.liked, *other.liked)),
            disliked=_combined((*self.disliked, *other.disliked)),
            extractor=self.extractor
            if self.extractor == other.extractor or other.extractor.kind == "none"
            else other.extractor
            if self.extractor.kind == "none"
            else ExtractorInfo(kind="merged"),
            warnings=tuple(dict.fromkeys((*self.warnings, *other.warnings))),
        )

    def add(self, side: Side, attribute: Attribute) -> Self:
        """With one attribute more; one of the same name on that side is merged with it."""
        return self._with(**{side: (*self.side(side), attribute)})

    def remove(self, side: Side, attribute: str) -> Self:
        """Without that attribute.

        Raises:
            BadInput: It is not on that side.
        """
        self._require(side, attribute)
        key = _key(attribute)
        return self._with(**{side: tuple(a for a in self.side(side) if _key(a.attribute) != key)})

    def mute(self, side: Side, attribute: str, *, muted: bool = True) -> Self:
        """With that attribute kept but not applied, or applied again."""
        return self._edit(side, attribute, {"muted": muted})

    def pin(self, side: Side, attribute: str, *, pinned: bool = True) -> Self:
        """With that attribute fixed against later comments, or free again."""
        return self._edit(side, attribute, {"pinned": pinned})

    def set_strength(self, side: Side, attribute: str, strength: float) -> Self:
        """With that strength, 0 to 1; what a person sets is pinned."""
        if not 0 <= strength <= 1:
            raise BadInput(f"Strength must be between 0 and 1, got {strength!r}.")
        return self._edit(side, attribute, {"strength": strength, "pinned": True})

    def without_comment(self, comment: int) -> Self:
        """Without the evidence of one comment, and without attributes that had no other.

        What the person added, or pinned, stays: it does not rest on evidence.
        """

        def side(attributes: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
            kept = []
            for a in attributes:
                evidence = tuple(e for e in a.evidence if e.comment != comment)
                if evidence == a.evidence:
                    kept.append(a)
                elif evidence or a.pinned:
                    kept.append(a.model_copy(update={"evidence": evidence}))
            return tuple(kept)

        return self._with(liked=side(self.liked), disliked=side(self.disliked))

    def rename(self, name: str) -> Self:
        """The same taste under another name."""
        return self._with(name=name)

    def _edit(self, side: Side, attribute: str, change: dict[str, Any]) -> Self:
        self._require(side, attribute)
        key = _key(attribute)
        return self._with(
            **{
                side: tuple(
                    a.model_copy(update=change) if _key(a.attribute) == key else a
                    for a in self.side(side)
                )
            }
        )

    def _require(self, side: Side, attribute: str) -> None:
        if not any(s == side for s, _ in self.find(attribute)):
            raise BadInput(f"No attribute {attribute!r} among the {side} ones of {self.name!r}.")

    def _with(self, **changes: Any) -> Self:
        data = {field: getattr(self, field) for field in type(self).model_fields}
        return type(self)(**{**data, **changes})


def parse_comments(text: str | bytes, *, source: str = "comments") -> tuple[Comment, ...]:
    """Reads a comments file, `{"comments": [{"image", "text", "stance"}, ...]}`.

    Raises:
        BadInput: Not JSON, another shape, no comment at all, or an empty comment; the message
            names `source` and the first offending entry.
    """
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{source}: not valid JSON ({error}).") from error
    entries = data.get("comments") if isinstance(data, dict) else None
    if not isinstance(entries, list) or not entries:
        raise BadInput(f'{source}: expected an object with a non-empty list "comments".')
    comments = []
    for index, entry in enumerate(entries):
        try:
            comments.append(Comment.model_validate(entry))
        except ValidationError as error:
            raise BadInput(f"{source}: comment {index}: {first_problem(error)}.") from error
    return tuple(comments)


def first_problem(error: ValidationError) -> str:
    """The first problem of a validation error in one line: where, what, and the value."""
    problem = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    value = repr(problem["input"])
    shown = value if len(value) <= 60 else value[:57] + "..."
    return f"{where}: {message}, got {shown}" if where else f"{message}, got {shown}"


def _key(attribute: str) -> str:
    return " ".join(attribute.casefold().split())


def _order(attribute: Attribute) -> tuple[float, str]:
    return (-attribute.strength, _key(attribute.attribute))


def _combined(attributes: Iterable[Attribute]) -> tuple[Attribute, ...]:
    by_key: dict[str, Attribute] = {}
    for attribute in attributes:
        key = _key(attribute.attribute)
        known = by_key.get(key)
        by_key[key] = attribute if known is None else _joined(known, attribute)
    return tuple(sorted(by_key.values(), key=_order))


def _joined(first: Attribute, second: Attribute) -> Attribute:
    new = tuple(e for e in second.evidence if e not in first.evidence)
    says_nothing_new = not new and (second.evidence or second.strength <= first.strength)
    if first.pinned or (says_nothing_new and not second.pinned):
        strength = first.strength
    elif second.pinned:
        strength = second.strength
    else:
        strength = round(1 - (1 - first.strength) * (1 - second.strength), 4)
    return first.model_copy(
        update={
            "facet": first.facet or second.facet,
            "strength": strength,
            "evidence": (*first.evidence, *new),
            "muted": first.muted or second.muted,
            "pinned": first.pinned or second.pinned,
        }
    )
