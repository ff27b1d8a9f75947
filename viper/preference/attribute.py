"""One attribute of a taste: what the evidence says about it, and what the person decided."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Self

from pydantic import StringConstraints, model_validator

from viper.preference.evidence import (
    PLAIN,
    Evidence,
    Strength,
    by_source,
    combined,
    shared_out,
    union,
    without,
)
from viper.preference.value import Value

MAX_ATTRIBUTE_CHARACTERS = 80

AttributeName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_ATTRIBUTE_CHARACTERS),
]


class Attribute(Value):
    """One visual attribute a person likes or dislikes.

    Unless it is pinned, it is as strong as its evidence; without evidence it is as strong as
    stated, and the statement becomes evidence of its own when other evidence comes.
    """

    attribute: AttributeName
    """Canonical taxonomy name ("teal"), or the person's own words if the taxonomy has none."""
    facet: str | None = None
    """Facet of the taxonomy; None marks a free-form attribute."""
    strength: Strength = PLAIN
    """0 (hardly matters) to 1 (matters most). 0.5 mentioned, 0.7 said plainly, 0.9 stressed."""
    evidence: tuple[Evidence, ...] = ()
    muted: bool = False
    """Kept and shown, but not applied."""
    pinned: bool = False
    """Set by the person: later comments neither weaken nor remove it."""

    @model_validator(mode="after")
    def _as_strong_as_its_evidence(self) -> Self:
        evidence = shared_out(PLAIN if self.pinned else self.strength, self.evidence)
        strength = combined(evidence) if evidence and not self.pinned else self.strength
        if [one.kind for one in evidence] == ["own"] and not self.pinned:
            # A statement alone needs no reasons.
            strength, evidence = evidence[0].strength or 0.0, ()
        object.__setattr__(self, "strength", strength)
        object.__setattr__(self, "evidence", evidence)
        return self

    @property
    def is_decided(self) -> bool:
        """Whether the person decided about it, which evidence never overrules."""
        return self.pinned or self.muted

    @property
    def is_weak(self) -> bool:
        """Whether all that speaks for it are clicks and turns of a chat."""
        return not self.pinned and bool(self.evidence) and all(e.is_weak for e in self.evidence)

    @property
    def everything(self) -> tuple[Evidence, ...]:
        """All evidence that is kept with it."""
        return self.evidence

    @property
    def reasons(self) -> tuple[Evidence, ...]:
        """Its evidence; where there is none, the statement itself."""
        if self.evidence or self.pinned or not self.strength:
            return self.evidence
        return (Evidence(kind="own", strength=self.strength),)

    def changed(self, **changes: Any) -> Self:
        """With other fields; its strength follows."""
        data = {field: getattr(self, field) for field in type(self).model_fields}
        return type(self)(**{**data, **changes})

    def to_dict(self) -> dict[str, Any]:
        """Plain data; what goes without saying is left out, so that others can read it."""
        data = self.model_dump(mode="json")
        for flag in ("muted", "pinned"):
            if not data[flag]:
                del data[flag]
        for evidence in (*data["evidence"], *data.get("mentions", ())):
            if evidence["kind"] == "comment":
                del evidence["kind"]
            if evidence["strength"] is None:
                del evidence["strength"]
        bare = tuple(e.model_copy(update={"strength": None}) for e in self.evidence)
        if self.changed(evidence=bare) == self:
            for evidence in data["evidence"]:
                evidence.pop("strength", None)
        return data


class Deleted(Attribute):
    """An attribute that the person deleted: only they bring it back."""

    mentions: tuple[Evidence, ...] = ()
    """What was said since. It is shown and changes nothing."""

    @property
    def is_decided(self) -> bool:
        """Always: deleting is deciding."""
        return True

    @property
    def everything(self) -> tuple[Evidence, ...]:
        """Also what was said since."""
        return (*self.evidence, *self.mentions)

    def restored(self) -> Attribute:
        """As it was, with what was said since."""
        return Attribute(**_fields(self), evidence=self.everything)


def deleted(attribute: Attribute) -> Deleted:
    """The memory of an attribute that is gone."""
    return Deleted(**_fields(attribute), evidence=attribute.evidence)


def key(attribute: str) -> str:
    """The form in which names are compared."""
    return " ".join(attribute.casefold().split())


def order(attribute: Attribute) -> tuple[float, str]:
    """The strongest first."""
    return (-attribute.strength, key(attribute.attribute))


def combine(attributes: Iterable[Attribute]) -> tuple[Attribute, ...]:
    """One attribute a name, strongest first.

    All evidence counts. Of what the person decided, the first decision stands as a whole.
    """
    by_key: dict[str, Attribute] = {}
    for attribute in attributes:
        name = key(attribute.attribute)
        known = by_key.get(name)
        by_key[name] = attribute if known is None else _joined(known, attribute)
    return tuple(sorted(by_key.values(), key=order))


def _joined(first: Attribute, second: Attribute) -> Attribute:
    both = (first, second)
    ruling = second if second.is_decided and not first.is_decided else first
    fields = _fields(ruling) | {
        # Of two spellings the same one, whichever came first.
        "attribute": max(a.attribute for a in both),
        "facet": min((a.facet for a in both if a.facet is not None), default=None),
    }
    said = union(*((*a.reasons, *_mentions(a)) for a in both))
    if not isinstance(ruling, Deleted):
        return Attribute(**fields, evidence=said)
    before = union(*(a.reasons for a in both if isinstance(a, Deleted)))
    return Deleted(**fields, evidence=before, mentions=without(said, before))


def _mentions(attribute: Attribute) -> tuple[Evidence, ...]:
    return attribute.mentions if isinstance(attribute, Deleted) else ()


def _fields(attribute: Attribute) -> dict[str, Any]:
    """All but its evidence."""
    fields = set(Attribute.model_fields) - {"evidence"}
    return {field: getattr(attribute, field) for field in fields}


def forgetting(attributes: Iterable[Attribute], comment: int) -> tuple[Attribute, ...]:
    """Without what one comment said, and without attributes that nothing else speaks for."""

    def others(said: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        return tuple(one for one in said if one.comment != comment)

    kept = []
    for attribute in attributes:
        if others(attribute.evidence) or not attribute.evidence or attribute.pinned:
            kept.append(_with_evidence(attribute, others))
        elif attribute.is_decided:
            # The decision stays, but nothing speaks for the attribute any more.
            kept.append(_with_evidence(attribute, others).changed(strength=0.0))
    return tuple(kept)


def relinked(attributes: Iterable[Attribute], ids: Mapping[int, int]) -> tuple[Attribute, ...]:
    """Evidence by other numbers of its comments.

    What a comment without a new number said keeps its words as one piece, since nothing else
    would tell that it counts once.
    """

    def link(said: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        linked: list[Evidence] = []
        for source in by_source(said):
            number = None if source[0].comment is None else ids.get(source[0].comment)
            pieces = source if number is not None else (_in_one(source),)
            linked += (piece.model_copy(update={"comment": number}) for piece in pieces)
        return tuple(linked)

    return tuple(_with_evidence(attribute, link) for attribute in attributes)


def _with_evidence(
    attribute: Attribute, use: Callable[[tuple[Evidence, ...]], tuple[Evidence, ...]]
) -> Attribute:
    changes = {"evidence": use(attribute.evidence)}
    if isinstance(attribute, Deleted):
        changes["mentions"] = use(attribute.mentions)
    return attribute.changed(**changes)


def _in_one(source: tuple[Evidence, ...]) -> Evidence:
    quote = " … ".join(dict.fromkeys(e.quote for e in source if e.quote))
    strength = max((e.strength for e in source if e.strength is not None), default=None)
    return source[0].model_copy(update={"quote": quote, "strength": strength})
