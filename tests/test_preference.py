"""The domain: what holds for every preference, whatever a person said."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from viper.errors import BadInput
from viper.preference import (
    SCHEMA,
    Attribute,
    Comment,
    Evidence,
    ExtractorInfo,
    Side,
    VisualPreference,
    parse_comments,
)
from viper.taxonomy import load_taxonomy

SIDES: tuple[Side, ...] = ("liked", "disliked")
# Few names in several spellings, so that preferences meet.
names = st.sampled_from(["teal", "Teal", "gold", " art  deco", "art deco", "Müller-blau", "dark"])
evidence = st.builds(
    Evidence,
    comment=st.none() | st.integers(0, 3),
    image=st.sampled_from([None, "curated:001"]),
    quote=st.sampled_from(["", "so teal"]),
)
attributes = st.builds(
    Attribute,
    attribute=names,
    facet=st.sampled_from([None, "color palette"]),
    strength=st.floats(0, 1, allow_subnormal=False),
    evidence=st.lists(evidence, max_size=3, unique=True).map(tuple),
    muted=st.booleans(),
    pinned=st.booleans(),
)
preferences = st.builds(
    VisualPreference,
    liked=st.lists(attributes, max_size=4).map(tuple),
    disliked=st.lists(attributes, max_size=4).map(tuple),
    extractor=st.builds(ExtractorInfo, kind=st.sampled_from(["none", "offline", "openai"])),
    warnings=st.lists(st.sampled_from(["one", "two"]), unique=True).map(tuple),
)
sides = st.sampled_from(SIDES)


def liking(**strengths: float) -> VisualPreference:
    return VisualPreference(
        liked=tuple(Attribute(attribute=n, strength=s) for n, s in strengths.items())
    )


def keys(preference: VisualPreference, side: Side) -> list[str]:
    return [" ".join(a.attribute.casefold().split()) for a in preference.side(side)]


def membership(preference: VisualPreference) -> object:
    """Which attributes, and which evidence of each; not how strong, nor which spelling."""
    return {
        (side, key): set(a.evidence)
        for side in SIDES
        for key, a in zip(keys(preference, side), preference.side(side), strict=True)
    }


# -- invariants and merging -------------------------------------------------------------------


@given(preferences)
def test_an_attribute_occurs_once_a_side_and_the_strongest_comes_first(p: VisualPreference) -> None:
    for side in SIDES:
        assert len(set(keys(p, side))) == len(keys(p, side))
        order = [(-a.strength, k) for a, k in zip(p.side(side), keys(p, side), strict=True)]
        assert order == sorted(order)


@given(preferences)
def test_merging_the_same_evidence_changes_nothing(p: VisualPreference) -> None:
    assert p.merge(p) == p
    assert p.merge(VisualPreference()) == p


@given(preferences, preferences, preferences)
def test_it_does_not_matter_which_are_merged_first(
    a: VisualPreference, b: VisualPreference, c: VisualPreference
) -> None:
    assert membership(a.merge(b).merge(c)) == membership(a.merge(b.merge(c)))
    assert membership(a.merge(b)) == membership(b.merge(a))


@given(preferences, preferences)
def test_merging_loses_no_attribute_and_lowers_no_free_one(
    a: VisualPreference, b: VisualPreference
) -> None:
    merged = a.merge(b)
    for side in SIDES:
        assert set(keys(merged, side)) == {*keys(a, side), *keys(b, side)}
        for before in a.side(side):
            after = next(m for s, m in merged.find(before.attribute) if s == side)
            pins = [x.pinned for s, x in b.find(before.attribute) if s == side]
            if before.pinned:
                assert after.strength == before.strength
            elif not any(pins):
                assert after.strength >= before.strength - 1e-4  # rounded to four digits


def test_independent_reasons_add_up_as_the_documentation_says() -> None:
    first = VisualPreference(liked=(Attribute(attribute="teal", evidence=(Evidence(comment=1),)),))
    second = VisualPreference(liked=(Attribute(attribute="Teal", evidence=(Evidence(comment=2),)),))
    (teal,) = first.merge(second).liked
    assert teal.strength == pytest.approx(1 - 0.3 * 0.3)
    assert teal.attribute == "teal"
    assert [e.comment for e in teal.evidence] == [1, 2]


def test_who_read_a_merged_preference_is_named_only_if_it_was_one() -> None:
    offline = VisualPreference(extractor=ExtractorInfo(kind="offline"))
    model = VisualPreference(extractor=ExtractorInfo(kind="openai", model="m"))
    assert VisualPreference().merge(model).extractor == model.extractor
    assert model.merge(VisualPreference()).extractor == model.extractor
    assert offline.merge(model).extractor.kind == "merged"


# -- edits ------------------------------------------------------------------------------------


@given(preferences, sides, attributes)
def test_what_is_added_is_there_and_what_is_removed_is_gone(
    p: VisualPreference, side: Side, new: Attribute
) -> None:
    added = p.add(side, new)
    assert side in [s for s, _ in added.find(new.attribute)]
    removed = added.remove(side, new.attribute.upper())
    assert side not in [s for s, _ in removed.find(new.attribute)]
    other: Side = "disliked" if side == "liked" else "liked"
    assert removed.side(other) == p.side(other)
    with pytest.raises(BadInput, match="No attribute"):
        removed.remove(side, new.attribute)


@given(preferences, sides, attributes)
def test_a_muted_attribute_is_kept_but_not_applied(
    p: VisualPreference, side: Side, new: Attribute
) -> None:
    muted = p.add(side, new).mute(side, new.attribute)
    (found,) = [a for s, a in muted.find(new.attribute) if s == side]
    assert found.muted
    assert found not in muted.active(side)
    again = muted.mute(side, new.attribute, muted=False)
    (heard,) = [a for s, a in again.find(new.attribute) if s == side]
    assert (heard in again.active(side)) == (heard.strength > 0)


@given(preferences, sides, attributes, st.floats(0, 1), preferences)
def test_what_a_person_sets_survives_later_comments(
    p: VisualPreference, side: Side, new: Attribute, strength: float, later: VisualPreference
) -> None:
    fixed = p.add(side, new).set_strength(side, new.attribute, strength)
    (found,) = [a for s, a in fixed.merge(later).find(new.attribute) if s == side]
    assert found.strength == strength
    assert found.pinned
    free = fixed.pin(side, new.attribute, pinned=False)
    assert not next(a for s, a in free.find(new.attribute) if s == side).pinned


@pytest.mark.parametrize("strength", [-0.01, 1.01, float("nan")])
def test_a_strength_out_of_range_is_refused(strength: float) -> None:
    with pytest.raises(BadInput, match="between 0 and 1"):
        liking(teal=0.5).set_strength("liked", "teal", strength)


@given(preferences, st.integers(0, 3))
def test_without_a_comment_exactly_its_evidence_goes(p: VisualPreference, comment: int) -> None:
    after = p.without_comment(comment)
    for side in SIDES:
        kept = {a.attribute: a for a in after.side(side)}
        for a in p.side(side):
            rest = tuple(e for e in a.evidence if e.comment != comment)
            if rest == a.evidence:
                assert kept.pop(a.attribute) == a
            elif rest or a.is_decided:
                left = kept.pop(a.attribute)
                assert left.evidence == rest
                assert (left.muted, left.pinned) == (a.muted, a.pinned)
                assert left.strength == a.strength if a.pinned else left.strength <= a.strength
            else:
                assert a.attribute not in kept
        assert not kept
    assert after.without_comment(comment) == after


# -- conflicts --------------------------------------------------------------------------------


@given(preferences)
def test_conflicts_are_exactly_the_names_on_both_sides(p: VisualPreference) -> None:
    both = set()
    for a in p.active("liked"):
        for b in p.active("disliked"):
            if a.attribute.casefold().split() == b.attribute.casefold().split():
                both.add((a.attribute, b.attribute))
    found = [tuple(a.attribute for _, a in c.sides) for c in p.conflicts()]
    assert set(found) == both
    assert len(found) == len(both)
    for conflict in p.conflicts():
        for side, attribute in conflict.sides:
            assert attribute in p.active(side)  # with its strength and its evidence


def test_opposites_on_one_side_are_a_conflict_and_are_named_once() -> None:
    opposite = load_taxonomy().opposite
    assert opposite("bright") == "dark"
    both = liking(bright=0.9, dark=0.4)
    assert not both.conflicts()
    (found,) = both.conflicts(opposite)
    assert [(s, a.attribute) for s, a in found.sides] == [("liked", "bright"), ("liked", "dark")]
    assert found.reason == "opposites, both liked"
    assert not both.mute("liked", "dark").conflicts(opposite)
    split = liking(bright=0.9).add("disliked", Attribute(attribute="dark"))
    assert not split.conflicts(opposite)


# -- JSON -------------------------------------------------------------------------------------


@given(preferences)
def test_json_comes_back_as_it_was(p: VisualPreference) -> None:
    assert VisualPreference.from_json(p.to_json()) == p
    assert VisualPreference.from_json(p.to_json(indent=None).encode()) == p


def test_the_json_is_that_of_the_contract() -> None:
    found = VisualPreference(
        liked=(
            Attribute(
                attribute="teal",
                facet="color palette",
                strength=0.9,
                evidence=(Evidence(comment=0, image="curated:017", quote="The teal is lovely"),),
            ),
        ),
        disliked=(Attribute(attribute="cluttered", facet="composition"),),
        extractor=ExtractorInfo(kind="offline"),
    )
    assert json.loads(found.to_json()) == {
        "schema": "viper.preference/1",
        "name": "default",
        "liked": [
            {
                "attribute": "teal",
                "facet": "color palette",
                "strength": 0.9,
                "evidence": [{"comment": 0, "image": "curated:017", "quote": "The teal is lovely"}],
            }
        ],
        "disliked": [
            {"attribute": "cluttered", "facet": "composition", "strength": 0.7, "evidence": []}
        ],
        "extractor": {"kind": "offline", "model": None, "prompt_sha256": None},
        "warnings": [],
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "not valid JSON"),
        (b"\xff\xfe\x00", "not valid JSON"),
        ("[]", "got 'list'"),
        ("{}", "got None"),
        ('{"schema": "viper.preference/2"}', "got 'viper.preference/2'"),
        (json.dumps({"schema": SCHEMA, "favorite": 1}), "favorite: Extra inputs"),
        (
            json.dumps({"schema": SCHEMA, "liked": [{"attribute": "a", "colour": 1}]}),
            "liked.0.colour: Extra inputs",
        ),
        (
            json.dumps({"schema": SCHEMA, "liked": [{"attribute": "a", "strength": 2}]}),
            "liked.0.strength",
        ),
        (json.dumps({"schema": SCHEMA, "liked": [{"attribute": "  "}]}), "liked.0.attribute"),
        (json.dumps({"schema": SCHEMA, "liked": [{"attribute": "x" * 81}]}), "liked.0.attribute"),
        (json.dumps({"schema": SCHEMA, "name": ["x" * 500]}), "name"),
    ],
)
def test_a_broken_file_is_refused_in_one_line_that_names_it(
    text: str | bytes, problem: str
) -> None:
    with pytest.raises(BadInput) as error:
        VisualPreference.from_json(text, source="taste.json")
    message = str(error.value)
    assert message.startswith("taste.json: ")
    assert problem in message
    assert "\n" not in message
    assert len(message) < 300


@given(preferences)
def test_identity_is_what_would_be_applied(p: VisualPreference) -> None:
    bare = p.model_copy(
        update={
            side: tuple(a.model_copy(update={"evidence": ()}) for a in p.side(side))
            for side in SIDES
        }
    )
    assert p.rename("another").sha256() == p.sha256()
    assert bare.sha256() == p.sha256()
    for side in SIDES:
        for a in p.side(side):
            if a.muted:
                assert p.remove(side, a.attribute).sha256() == p.sha256()
            else:
                assert p.remove(side, a.attribute).sha256() != p.sha256()
                other = a.strength / 2 if a.strength > 0.1 else 0.5
                assert p.set_strength(side, a.attribute, other).sha256() != p.sha256()


def test_nothing_active_is_empty() -> None:
    assert VisualPreference().is_empty
    assert liking(teal=0.0).is_empty
    assert liking(teal=0.5).mute("liked", "teal").is_empty
    assert not liking(teal=0.5).is_empty


# -- comments ---------------------------------------------------------------------------------


def test_a_comments_file_is_read_in_order() -> None:
    entries: list[dict[str, Any]] = [
        {"image": "curated:017", "text": "The teal is lovely", "stance": "like"},
        {"image": None, "text": "", "stance": "dislike"},
    ]
    first, second = parse_comments(json.dumps({"comments": entries}))
    assert first == Comment(image="curated:017", text="The teal is lovely", stance="like")
    assert (second.image, second.text, second.stance) == (None, "", "dislike")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nonsense", "not valid JSON"),
        ("[]", 'non-empty list "comments"'),
        ('{"comments": []}', 'non-empty list "comments"'),
        ('{"comments": [{"text": " "}]}', "comment 0: a comment needs a text or a stance"),
        ('{"comments": [{"text": "ok"}, {"text": "ok", "mood": 1}]}', "comment 1: mood"),
        ('{"comments": [{"text": "ok", "stance": "love"}]}', "comment 0: stance"),
        ('{"comments": [7]}', "comment 0: "),
        (json.dumps({"comments": [{"text": "x" * 4001}]}), "comment 0: text"),
    ],
)
def test_a_broken_comments_file_is_refused_in_one_line(text: str, problem: str) -> None:
    with pytest.raises(BadInput) as error:
        parse_comments(text, source="said.json")
    message = str(error.value)
    assert message.startswith("said.json: ")
    assert problem in message
    assert "\n" not in message
    assert len(message) < 300


def test_values_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        liking(teal=0.5).name = "other"
