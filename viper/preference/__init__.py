"""The domain: what a person said, and what it means for how pictures should look.

Everything here is a frozen value; change returns a new one. Nothing here touches a file, a model
or a database.

    Comment ──extraction──► VisualPreference = liked and disliked Attributes, each with its Evidence

    said.py        Comment, and the files that hold what a person said
    evidence.py    Evidence, and the one function from evidence to strength
    attribute.py   Attribute: its evidence and what the person decided about it
    conflict.py    Conflict: what contradicts itself, both sides of it
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Self

from pydantic import StringConstraints, ValidationError, model_validator

from viper.errors import BadInput
from viper.preference.attribute import (
    MAX_ATTRIBUTE_CHARACTERS,
    Attribute,
    Deleted,
    combine,
    deleted,
    forgetting,
    key,
    relinked,
)
from viper.preference.conflict import Conflict, conflicts_between
from viper.preference.evidence import (
    HINTED,
    MENTIONED,
    PLAIN,
    STRESSED,
    WEAK,
    Evidence,
    Kind,
    Strength,
    on_scale,
)
from viper.preference.said import (
    MAX_COMMENT_CHARACTERS,
    Comment,
    Stance,
    parse_comments,
    parse_history,
)
from viper.preference.value import SIDES, Side, Value, first_problem, read_json

__all__ = [
    "HINTED",
    "MAX_ATTRIBUTE_CHARACTERS",
    "MAX_COMMENT_CHARACTERS",
    "MENTIONED",
    "PLAIN",
    "SCHEMA",
    "SIDES",
    "STRESSED",
    "WEAK",
    "Attribute",
    "Comment",
    "Conflict",
    "Deleted",
    "Evidence",
    "ExtractorInfo",
    "Kind",
    "Side",
    "Sides",
    "Stance",
    "Strength",
    "VisualPreference",
    "first_problem",
    "on_scale",
    "parse_comments",
    "parse_history",
]

SCHEMA = "viper.preference/1"


class ExtractorInfo(Value):
    """Who turned the comments into attributes; enough to tell two extractions apart."""

    kind: str = "none"
    """`offline`, `openai`, `local`, `viper2024`, `none` (made by hand) or `merged`."""
    model: str | None = None
    prompt_sha256: str | None = None


class Sides(Value):
    """What the person deleted, on each side."""

    liked: tuple[Deleted, ...] = ()
    disliked: tuple[Deleted, ...] = ()

    def side(self, side: Side) -> tuple[Deleted, ...]:
        """The list of that name."""
        return self.liked if side == "liked" else self.disliked


class VisualPreference(Value):
    """What one person likes and dislikes to look at, strongest first.

    Invariants: an attribute occurs at most once a side, deleted or not; each side is ordered by
    strength and name; contradictions are kept and listed by `conflicts`, never dropped; what the
    person pinned, muted or deleted stays so, whatever comes.
    """

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)] = (
        "default"
    )
    liked: tuple[Attribute, ...] = ()
    disliked: tuple[Attribute, ...] = ()
    extractor: ExtractorInfo = ExtractorInfo()
    warnings: tuple[str, ...] = ()
    deleted: Sides = Sides()
    """Remembered, so that later comments do not bring it back."""

    @model_validator(mode="after")
    def _unique_and_ordered(self) -> Self:
        for field, value in _sorted_out(self._all).items():
            object.__setattr__(self, field, value)
        return self

    # -- JSON ---------------------------------------------------------------------------------

    def to_json(self, *, indent: int | None = 2) -> str:
        """The JSON of the contract, `viper.preference/1`."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    def to_dict(self) -> dict[str, Any]:
        """As `to_json`, as plain data.

        What others need not know appears only where it is set: `muted`, `pinned` and `deleted`,
        and of evidence its `kind` and its `strength`.
        """
        plain: dict[str, Any] = {
            side: [attribute.to_dict() for attribute in self.side(side)] for side in SIDES
        }
        gone = {side: [a.to_dict() for a in self.deleted.side(side)] for side in SIDES}
        return {
            "schema": SCHEMA,
            "name": self.name,
            **plain,
            "extractor": self.extractor.model_dump(mode="json"),
            "warnings": list(self.warnings),
            **({"deleted": gone} if any(gone.values()) else {}),
        }

    @classmethod
    def from_json(cls, text: str | bytes, *, source: str = "preference") -> Self:
        """Reads `to_json`'s format. `source` names the input in the message of `BadInput`."""
        return cls.from_dict(read_json(text, source=source), source=source)

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
        wanted = key(attribute)
        return tuple(
            (side, a) for side in SIDES for a in self.side(side) if key(a.attribute) == wanted
        )

    def evidence(self) -> tuple[Evidence, ...]:
        """All of it, also what is kept for deleted attributes."""
        every = (a for side in SIDES for a in self._all(side))
        return tuple(e for a in every for e in a.everything)

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
        return conflicts_between(self.active("liked"), self.active("disliked"), opposite)

    # -- changing -----------------------------------------------------------------------------

    def merge(self, other: "VisualPreference") -> Self:
        """Both preferences as one: all evidence counts, and the same evidence counts once.

        What this one's person pinned, muted or deleted stays as it is; then what the other's did.
        Evidence of both must number its comments alike.
        """
        return self._with_all(
            lambda side: combine((*self._all(side), *other._all(side))),
            extractor=self.extractor
            if self.extractor == other.extractor or other.extractor.kind == "none"
            else other.extractor
            if self.extractor.kind == "none"
            else ExtractorInfo(kind="merged"),
            warnings=tuple(dict.fromkeys((*self.warnings, *other.warnings))),
        )

    def add(self, side: Side, attribute: Attribute) -> Self:
        """With one attribute more, also if it was deleted; one of the same name is merged."""
        back = self.restore(side, attribute.attribute, missing_ok=True)
        # First, since of two decisions the first one stands.
        return back._with_all(
            lambda s: combine(([attribute] if s == side else []) + [*back._all(s)])
        )

    def remove(self, side: Side, attribute: str) -> Self:
        """Without that attribute, and with the memory that it is not wanted.

        Raises:
            BadInput: It is not on that side.
        """
        return self._edit(side, attribute, deleted)

    def restore(self, side: Side, attribute: str, *, missing_ok: bool = False) -> Self:
        """With that deleted attribute again, and with what was said about it since.

        Raises:
            BadInput: It was not deleted.
        """
        wanted = key(attribute)
        if not any(key(a.attribute) == wanted for a in self.deleted.side(side)):
            if missing_ok:
                return self
            raise BadInput(f"{attribute!r} is not among the deleted {side} ones of {self.name!r}.")

        def back(a: Attribute) -> Attribute:
            return a.restored() if isinstance(a, Deleted) and key(a.attribute) == wanted else a

        return self._with_all(lambda s: map(back, self._all(s)) if s == side else self._all(s))

    def mute(self, side: Side, attribute: str, *, muted: bool = True) -> Self:
        """With that attribute kept but not applied, or applied again."""
        return self._edit(side, attribute, lambda a: a.changed(muted=muted))

    def pin(self, side: Side, attribute: str, *, pinned: bool = True) -> Self:
        """With that attribute fixed against later comments, or as strong as its evidence again."""
        return self._edit(side, attribute, lambda a: a.changed(pinned=pinned))

    def set_strength(self, side: Side, attribute: str, strength: float) -> Self:
        """With that strength, 0 to 1; what a person sets is pinned."""
        if not 0 <= strength <= 1:
            raise BadInput(f"Strength must be between 0 and 1, got {strength!r}.")
        return self._edit(side, attribute, lambda a: a.changed(strength=strength, pinned=True))

    def without_comment(self, comment: int) -> Self:
        """As if that comment had never been read; what the person decided stays."""
        return self._with_all(lambda side: forgetting(self._all(side), comment))

    def relinked(self, ids: Mapping[int, int]) -> Self:
        """With other numbers of the comments; evidence of one that has none keeps its words."""
        return self._with_all(lambda side: relinked(self._all(side), ids))

    def decisions(self) -> Self:
        """Only what the person pinned, muted or deleted."""
        return self._with_all(lambda side: (a for a in self._all(side) if a.is_decided))

    def rename(self, name: str) -> Self:
        """The same taste under another name."""
        return self._with(name=name)

    def _edit(self, side: Side, attribute: str, change: Callable[[Attribute], Attribute]) -> Self:
        wanted = key(attribute)
        if not any(s == side for s, _ in self.find(attribute)):
            raise BadInput(f"No attribute {attribute!r} among the {side} ones of {self.name!r}.")
        # `find` and `_all` agree: what is deleted is in no list of its name.
        return self._with_all(
            lambda s: (
                change(a) if s == side and key(a.attribute) == wanted else a for a in self._all(s)
            )
        )

    def _all(self, side: Side) -> tuple[Attribute, ...]:
        """What is there and what is deleted."""
        return (*self.side(side), *self.deleted.side(side))

    def _with_all(self, use: Callable[[Side], Iterable[Attribute]], **changes: Any) -> Self:
        return self._with(**_sorted_out(use), **changes)

    def _with(self, **changes: Any) -> Self:
        data = {field: getattr(self, field) for field in type(self).model_fields}
        return type(self)(**{**data, **changes})


def _sorted_out(use: Callable[[Side], Iterable[Attribute]]) -> dict[str, Any]:
    """What is there and what is deleted, each in its field."""
    each = {side: combine(use(side)) for side in SIDES}
    there: dict[str, Any] = {
        side: tuple(a for a in each[side] if not isinstance(a, Deleted)) for side in SIDES
    }
    gone = {side: tuple(a for a in each[side] if isinstance(a, Deleted)) for side in SIDES}
    return {**there, "deleted": Sides(**gone)}
