"""The taxonomy of visual taste: which attributes a picture can be liked for, and how people say so.

A facet is one way to look at a picture (color palette, lighting, brushwork ...); an attribute is a
value of a facet under the name that goes into a prompt ("teal", "high contrast"). The data lies
beside this module in `taxonomy.json` and names no subject matter: boats are not taste.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

DATA = Path(__file__).with_name("taxonomy.json")

_GAPS = re.compile(r"[\s\-\u2010-\u2015]+")


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to look at a picture."""

    name: str
    description: str
    generic: tuple[str, ...]
    """How people name the facet itself ("the colors"), which praises whatever the picture has."""
    polar: bool
    """Whether its attributes lie on one axis, such as from dark to bright."""


@dataclass(frozen=True, slots=True)
class TasteAttribute:
    """One value of a facet."""

    name: str
    """Canonical phrase, lower case, as one would write it into a prompt."""
    facet: str
    synonyms: tuple[str, ...]
    """What people write for it; belongs to no other attribute."""
    opposite: str | None
    """The attribute whose opposite this one is, in any facet."""


@dataclass(frozen=True, slots=True, eq=False)
class Taxonomy:
    """All facets and attributes, in the order of the data; made by `load_taxonomy`.

    A phrase belongs to at most one attribute, and `opposite` is its own inverse.
    """

    facets: Mapping[str, Facet]
    attributes: Mapping[str, TasteAttribute]
    _surface: Mapping[str, str]
    _owner: Mapping[str, str]
    _members: Mapping[str, tuple[TasteAttribute, ...]]

    def find(self, phrase: str) -> TasteAttribute | None:
        """The attribute that this very name or synonym means.

        Case, white space, hyphens and typographic apostrophes do not matter; nothing is guessed.
        """
        name = self._owner.get(fold(phrase))
        return None if name is None else self.attributes[name]

    def phrases(self) -> Mapping[str, str]:
        """Every name and synonym as written in the data, and the name of its attribute."""
        return self._surface

    def opposite(self, name: str) -> str | None:
        """The attribute that pulls the other way; None where there is none, or no such name."""
        attribute = self.attributes.get(name)
        return None if attribute is None else attribute.opposite

    def in_facet(self, facet: str) -> tuple[TasteAttribute, ...]:
        """The attributes of one facet.

        Raises:
            KeyError: there is no such facet.
        """
        return self._members[facet]


@cache
def load_taxonomy() -> Taxonomy:
    """The taxonomy that ships with ViPer; read once per process.

    Raises:
        ValueError: the data is inconsistent; the message names the culprit.
    """
    return parse_taxonomy(json.loads(DATA.read_text(encoding="utf-8")))


def parse_taxonomy(data: Mapping[str, Any]) -> Taxonomy:
    """Checks `{"facets": [...], "attributes": [...]}` and indexes it.

    Raises:
        ValueError: a field is missing, of the wrong type or empty, a facet is unknown, a name or
            phrase occurs twice, or opposites do not point at each other.
    """
    try:
        record = _Data.model_validate(data)
    except ValidationError as error:
        raise ValueError(_first_problem(error, data)) from error
    facets: dict[str, Facet] = {}
    for f in record.facets:
        _refuse_empty("Facet", f.name, (f.name, f.description, *f.generic))
        if f.name in facets:
            raise ValueError(f"Facet {f.name!r} occurs twice.")
        facets[f.name] = Facet(f.name, f.description, f.generic, f.polar)
    attributes: dict[str, TasteAttribute] = {}
    for a in record.attributes:
        _refuse_empty("Attribute", a.name, (a.name, *a.synonyms))
        if a.name in attributes:
            raise ValueError(f"Attribute {a.name!r} occurs twice.")
        if a.name != a.name.lower():
            raise ValueError(f"Attribute {a.name!r} is not in lower case.")
        if a.facet not in facets:
            raise ValueError(f"Attribute {a.name!r} is of an unknown facet: {a.facet!r}.")
        attributes[a.name] = TasteAttribute(a.name, a.facet, a.synonyms, a.opposite)
    _check_opposites(attributes)
    surface, owner = _index(attributes)
    _check_generic(facets, owner)
    members = {f: tuple(a for a in attributes.values() if a.facet == f) for f in facets}
    return Taxonomy(
        MappingProxyType(facets),
        MappingProxyType(attributes),
        MappingProxyType(surface),
        MappingProxyType(owner),
        MappingProxyType(members),
    )


def fold(phrase: str) -> str:
    """The form in which phrases are compared: "  High-Contrast " and "high contrast" are one."""
    return _GAPS.sub(" ", phrase.replace("\u2019", "'").casefold()).strip()


class _FacetData(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    description: str
    generic: tuple[str, ...] = Field(min_length=1)
    polar: bool


class _AttributeData(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    facet: str
    synonyms: tuple[str, ...]
    opposite: str | None


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid")

    facets: tuple[_FacetData, ...]
    attributes: tuple[_AttributeData, ...]


def _first_problem(error: ValidationError, data: Mapping[str, Any]) -> str:
    # pydantic gives the position only; a person who edits the file looks for the name.
    problem = error.errors()[0]
    place = problem["loc"]
    where = ".".join(map(str, place)) or "the whole"
    if len(place) > 1 and isinstance(place[1], int):
        entry = data[str(place[0])][place[1]]
        if isinstance(entry, Mapping) and "name" in entry:
            where += f" ({entry['name']!r})"
    return f"Taxonomy data at {where}: {problem['msg']}."


def _refuse_empty(kind: str, name: str, strings: tuple[str, ...]) -> None:
    if not all(fold(s) for s in strings):
        raise ValueError(f"{kind} {name!r} has an empty string.")


def _check_opposites(attributes: Mapping[str, TasteAttribute]) -> None:
    for a in attributes.values():
        if a.opposite is None:
            continue
        if a.opposite not in attributes:
            raise ValueError(f"The opposite of {a.name!r} is missing: {a.opposite!r}.")
        if a.opposite == a.name:
            raise ValueError(f"Attribute {a.name!r} is its own opposite.")
        back = attributes[a.opposite].opposite
        if back != a.name:
            raise ValueError(
                f"The opposite of {a.name!r} is {a.opposite!r}, but the opposite of "
                f"{a.opposite!r} is {back!r}."
            )


def _index(attributes: Mapping[str, TasteAttribute]) -> tuple[dict[str, str], dict[str, str]]:
    surface: dict[str, str] = {}
    owner: dict[str, str] = {}
    for a in attributes.values():
        for phrase in (a.name, *a.synonyms):
            other = owner.setdefault(key := fold(phrase), a.name)
            if other != a.name or phrase in surface:
                raise ValueError(f"The phrase {key!r} occurs twice: {other!r} and {a.name!r}.")
            surface[phrase] = a.name
    return surface, owner


def _check_generic(facets: Mapping[str, Facet], owner: Mapping[str, str]) -> None:
    named: dict[str, str] = {}
    for f in facets.values():
        for word in f.generic:
            key = fold(word)
            if key in owner:
                raise ValueError(
                    f"The generic word {word!r} of facet {f.name!r} is also a phrase of "
                    f"attribute {owner[key]!r}."
                )
            if key in named:
                raise ValueError(
                    f"The generic word {word!r} occurs twice: {named[key]!r} and {f.name!r}."
                )
            named[key] = f.name
