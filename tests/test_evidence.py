"""Strength follows evidence: nothing but what was said counts, and what was decided stays."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viper.errors import BadInput
from viper.extraction.offline import OfflineExtractor
from viper.extraction.reply import TasteItem, attributes_from
from viper.preference import (
    HINTED,
    MENTIONED,
    PLAIN,
    SIDES,
    STRESSED,
    WEAK,
    Attribute,
    Comment,
    Evidence,
    Kind,
    Side,
    Sides,
    VisualPreference,
    on_scale,
    parse_history,
)
from viper.taxonomy import load_taxonomy

NAMES = ["teal", "Teal", "gold", "dark", "bright"]
Reading = list[tuple[Side, str, Evidence]]
"""What one comment says."""


def said_by(comment: int) -> st.SearchStrategy[Reading]:
    """Readings of one comment: several attributes, quotes and strengths, of one kind."""
    entry = st.tuples(
        st.sampled_from(SIDES),
        st.sampled_from(NAMES),
        st.sampled_from([None, "curated:001"]),
        st.sampled_from(["so teal", "more of it"]),
        st.sampled_from([HINTED, MENTIONED, PLAIN, STRESSED]),
    )
    kinds: list[Kind] = ["comment", "comment", "click", "chat"]
    return st.builds(
        lambda kind, entries: [
            (side, name, Evidence(comment=comment, image=i, quote=q, strength=s, kind=kind))
            for side, name, i, q, s in entries
        ],
        st.sampled_from(kinds),
        st.lists(entry, max_size=3),
    )


comments = st.tuples(*(said_by(comment) for comment in range(4)))
often = settings(max_examples=40)
decisions = st.lists(
    st.tuples(
        st.sampled_from(["pin", "mute", "delete", "set"]),
        st.sampled_from(SIDES),
        st.sampled_from(NAMES),
    ),
    max_size=4,
)


def read(reading: Reading) -> VisualPreference:
    """The preference that a reader makes of one comment."""
    lists: dict[Side, list[Attribute]] = {"liked": [], "disliked": []}
    for side, name, evidence in reading:
        lists[side].append(Attribute(attribute=name, evidence=(evidence,)))
    return VisualPreference(liked=tuple(lists["liked"]), disliked=tuple(lists["disliked"]))


def learned(readings: Sequence[Reading], start: VisualPreference | None = None) -> VisualPreference:
    """The profile after these comments, read one after another."""
    profile = start or VisualPreference()
    for reading in readings:
        profile = profile.merge(read(reading))
    return profile


def decided(p: VisualPreference, what: Sequence[tuple[str, Side, str]]) -> VisualPreference:
    """The profile after the person did what they can do to attributes."""
    for do, side, name in what:
        if side not in [s for s, _ in p.find(name)]:
            continue
        p = {
            "pin": lambda p, s, n: p.pin(s, n),
            "mute": lambda p, s, n: p.mute(s, n),
            "delete": lambda p, s, n: p.remove(s, n),
            "set": lambda p, s, n: p.set_strength(s, n, 0.25),
        }[do](p, side, name)
    return p


def same(a: VisualPreference, b: VisualPreference) -> bool:
    """Equal but for the order of evidence, and for which of two spellings is shown."""
    return _plain(a) == _plain(b)


def _plain(p: VisualPreference) -> object:
    there = [(s, _about(a), a.strength) for s in SIDES for a in p.side(s)]
    gone = [(s, _about(a), Counter(a.mentions)) for s in SIDES for a in p.deleted.side(s)]
    return sorted(there, key=_first), sorted(gone, key=_first)


def _first(entry: tuple[Side, tuple[object, ...], object]) -> tuple[str, str]:
    return entry[0], str(entry[1][0])


def _about(a: Attribute) -> tuple[object, ...]:
    return a.attribute.casefold(), a.pinned, a.muted, Counter(a.evidence)


def evidence_of(p: VisualPreference, comment: int) -> list[Evidence]:
    return [e for e in p.evidence() if e.comment == comment]


# -- comments come and go ------------------------------------------------------------------------


@often
@given(comments, st.randoms(use_true_random=False))
def test_the_order_of_comments_does_not_matter(readings: Sequence[Reading], random: object) -> None:
    shuffled = list(readings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert same(learned(readings), learned(shuffled))


@often
@given(comments)
def test_it_does_not_matter_how_many_are_read_at_once(readings: Sequence[Reading]) -> None:
    at_once = read([entry for reading in readings for entry in reading])
    assert same(learned(readings), at_once)


@often
@given(comments, decisions, st.integers(0, 3))
def test_reading_a_comment_and_removing_it_changes_nothing(
    readings: Sequence[Reading], what: Sequence[tuple[str, Side, str]], which: int
) -> None:
    others = [reading for index, reading in enumerate(readings) if index != which]
    before = decided(learned(others), what)
    with_it = before.merge(read(readings[which]))
    assert same(with_it.without_comment(which), before)


@often
@given(comments, st.integers(0, 3))
def test_without_a_comment_all_is_as_if_it_had_never_been_read(
    readings: Sequence[Reading], which: int
) -> None:
    others = [reading for index, reading in enumerate(readings) if index != which]
    assert same(learned(readings).without_comment(which), learned(others))


@often
@given(comments, decisions, st.integers(0, 3))
def test_removing_a_comment_removes_its_evidence_and_no_other(
    readings: Sequence[Reading], what: Sequence[tuple[str, Side, str]], which: int
) -> None:
    before = decided(learned(readings), what)
    after = before.without_comment(which)
    assert evidence_of(after, which) == []
    for other in {0, 1, 2, 3} - {which}:
        assert Counter(evidence_of(after, other)) == Counter(evidence_of(before, other))


@often
@given(comments, decisions, comments)
def test_what_the_person_decided_stays(
    readings: Sequence[Reading], what: Sequence[tuple[str, Side, str]], later: Sequence[Reading]
) -> None:
    before = decided(learned(readings), what)
    for after in (learned(later, before), before.merge(decided(learned(later), what[::-1]))):
        for side in SIDES:
            there = {a.attribute.casefold(): a for a in after.side(side)}
            for a in before.side(side):
                if a.is_decided:
                    now = there[a.attribute.casefold()]
                    assert (now.pinned, now.muted) == (a.pinned, a.muted)
                    assert now.strength == a.strength or not a.pinned
            for a in before.deleted.side(side):
                assert a.attribute.casefold() not in there
                gone = {d.attribute.casefold() for d in after.deleted.side(side)}
                assert a.attribute.casefold() in gone


@often
@given(comments, decisions)
def test_merging_again_changes_nothing(
    readings: Sequence[Reading], what: Sequence[tuple[str, Side, str]]
) -> None:
    p = decided(learned(readings), what)
    assert p.merge(p) == p
    assert same(learned(readings, p), p)


@often
@given(comments, comments, comments, decisions, decisions, decisions)
def test_merging_is_associative(
    a: Sequence[Reading],
    b: Sequence[Reading],
    c: Sequence[Reading],
    first: Sequence[tuple[str, Side, str]],
    second: Sequence[tuple[str, Side, str]],
    third: Sequence[tuple[str, Side, str]],
) -> None:
    x, y, z = decided(learned(a), first), decided(learned(b), second), decided(learned(c), third)
    assert same(x.merge(y).merge(z), x.merge(y.merge(z)))


@often
@given(comments, comments, decisions)
def test_merging_is_commutative_where_only_one_has_decided(
    a: Sequence[Reading], b: Sequence[Reading], what: Sequence[tuple[str, Side, str]]
) -> None:
    x, y = decided(learned(a), what), learned(b)
    assert same(x.merge(y), y.merge(x))


@often
@given(comments, decisions)
def test_all_of_it_travels_as_json(
    readings: Sequence[Reading], what: Sequence[tuple[str, Side, str]]
) -> None:
    p = decided(learned(readings), what)
    assert VisualPreference.from_json(p.to_json()) == p


# -- decisions -----------------------------------------------------------------------------------


def teal(comment: int, strength: float = PLAIN, kind: Kind = "comment") -> VisualPreference:
    evidence = Evidence(comment=comment, quote=f"teal {comment}", strength=strength, kind=kind)
    return VisualPreference(liked=(Attribute(attribute="teal", evidence=(evidence,)),))


def test_a_deleted_attribute_is_remembered_told_and_brought_back() -> None:
    gone = teal(1).remove("liked", "Teal")
    assert gone.find("teal") == ()
    assert gone.is_empty
    assert "deleted" in gone.to_dict()
    assert "deleted" not in teal(1).to_dict()
    (memory,) = gone.merge(teal(1)).deleted.liked
    assert memory.mentions == (), "the same evidence again is no new mention"
    again = gone.merge(teal(2))
    assert again.is_empty
    assert [e.comment for e in again.deleted.liked[0].mentions] == [2]
    (back,) = again.restore("liked", "teal").liked
    assert back.strength == pytest.approx(1 - 0.3 * 0.3)
    assert again.restore("liked", "teal").deleted == Sides()
    with pytest.raises(BadInput, match="not among the deleted"):
        again.restore("disliked", "teal")
    with pytest.raises(BadInput, match="No attribute"):
        again.mute("liked", "teal")


def test_adding_by_hand_brings_back_what_was_deleted() -> None:
    gone = teal(1).pin("liked", "teal").remove("liked", "teal")
    (back,) = gone.add("liked", Attribute(attribute="teal", strength=0.4, pinned=True)).liked
    assert (back.strength, back.pinned) == (0.4, True)
    assert [e.comment for e in back.evidence] == [1]


def test_a_muted_attribute_stays_muted_when_its_comment_is_edited() -> None:
    muted = teal(1).mute("liked", "teal")
    (kept,) = muted.without_comment(1).liked
    assert (kept.muted, kept.strength) == (True, 0)
    (read_again,) = muted.without_comment(1).merge(teal(1, STRESSED)).liked
    assert (read_again.muted, read_again.strength) == (True, STRESSED)


def test_unpinned_an_attribute_is_as_strong_as_its_evidence_again() -> None:
    fixed = teal(1).set_strength("liked", "teal", 0.1)
    assert fixed.merge(teal(2)).liked[0].strength == 0.1
    (free,) = fixed.merge(teal(2)).pin("liked", "teal", pinned=False).liked
    assert free.strength == pytest.approx(1 - 0.3 * 0.3)


def test_what_stood_without_evidence_still_counts_beside_it() -> None:
    stated = VisualPreference(liked=(Attribute(attribute="teal", strength=0.5),))
    both = stated.merge(teal(1))
    assert both.liked[0].strength == pytest.approx(1 - 0.5 * 0.3)
    assert both.without_comment(1) == stated


# -- one scale -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strength", "expected"),
    [(0.0, None), (0.1, None), (0.2, 0.3), (0.45, 0.5), (0.65, 0.7), (0.8, 0.7), (1.0, 0.9)],
)
def test_strengths_are_put_onto_the_scale(strength: float, expected: float | None) -> None:
    assert on_scale(strength) == expected


class NoPictures:
    def known_attributes(self, image: str | None) -> dict[str, tuple[str, ...]]:
        return {}

    def open(self, image: str | None) -> None:
        return None


@pytest.mark.parametrize(
    ("comment", "strength", "models"),
    [
        (Comment(text="I love the teal!"), STRESSED, (0.85, 1.0)),
        (Comment(text="I like the teal."), PLAIN, (0.65, 0.75)),
        (Comment(text="teal", stance="like"), MENTIONED, (0.45, 0.55)),
    ],
)
def test_a_comment_says_as_much_whoever_reads_it(
    comment: Comment, strength: float, models: tuple[float, ...]
) -> None:
    (offline,) = OfflineExtractor().extract([comment], pictures=NoPictures()).preference.liked
    assert offline.strength == strength
    for answered in models:
        item = TasteItem(
            attribute="teal", facet=None, stance="like", strength=answered, comment=0, quote="teal"
        )
        (((_, by_model),), _) = attributes_from([item], [comment], taxonomy=load_taxonomy())
        assert by_model.strength == strength


# -- weak evidence -------------------------------------------------------------------------------


@given(st.lists(st.sampled_from([HINTED, PLAIN, STRESSED]), min_size=1, max_size=60))
def test_clicks_add_up_slowly_and_never_outweigh_a_plain_comment(strengths: list[float]) -> None:
    profile, before = VisualPreference(), 0.0
    for number, strength in enumerate(strengths):
        profile = profile.merge(teal(number, strength, "click" if number % 2 else "chat"))
        (found,) = profile.liked
        assert before <= found.strength <= WEAK < MENTIONED
        assert found.is_weak
        if before >= min(max(strengths), WEAK):
            assert found.strength - before < 0.1 * before
        before = found.strength
    (with_words,) = profile.merge(teal(99)).liked
    assert PLAIN < with_words.strength <= 1 - (1 - PLAIN) * (1 - WEAK) + 1e-4


def test_twenty_clicks_count_more_than_one() -> None:
    def clicks(count: int) -> float:
        profile = VisualPreference()
        for number in range(count):
            profile = profile.merge(teal(number, HINTED, "click"))
        return profile.liked[0].strength

    assert [clicks(n) for n in (1, 2, 5, 20)] == [0.3, 0.315, 0.3478, 0.3954]


def test_a_conflict_tells_that_one_side_is_weak() -> None:
    against = VisualPreference(disliked=teal(2, HINTED, "click").liked)
    (conflict,) = teal(1).merge(against).conflicts()
    assert conflict.is_weak
    assert [a.strength for _, a in conflict.sides] == [PLAIN, HINTED]
    assert [e.quote for _, a in conflict.sides for e in a.evidence] == ["teal 1", "teal 2"]
    assert not teal(1).conflicts()


def test_a_click_and_a_turn_of_a_chat_say_what_they_are() -> None:
    assert Comment(text=" ", stance="like").kind == "click"
    assert Comment(text="teal", stance="like").kind == "comment"
    assert Comment(text="teal", source="chat").kind == "chat"
    said = [Comment(text="I love the teal!", source="chat"), Comment(text="I love the teal!")]
    for comment, strength in zip(said, (WEAK, STRESSED), strict=True):
        (found,) = OfflineExtractor().extract([comment], pictures=NoPictures()).preference.liked
        assert found.strength == strength
        assert [e.kind for e in found.evidence] == [comment.kind]


def test_of_a_chat_the_turns_of_the_user_are_read() -> None:
    text = """{"messages": [
        {"role": "system", "content": "I love magenta."},
        {"role": "user", "content": "I love the teal."},
        {"role": "assistant", "content": "I love red."},
        {"role": "user", "content": [{"type": "image_url"}, {"type": "text", "text": "Gold!"}]},
        {"role": "user", "content": " "}]}"""
    assert [c.text for c in parse_history(text)] == ["I love the teal.", "Gold!"]
    long = parse_history('[{"role": "user", "content": "' + "very teal " * 900 + '"}]')
    assert len(long) == 3
    assert sum(c.text.count("teal") for c in long) == 900


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "not valid JSON"),
        ("{}", "a list of messages"),
        ("[]", "nothing that a user said"),
        ("[7]", "message 0: expected an object"),
        ('[{"role": "user"}]', "message 0: expected a text"),
        ('[{"role": "user", "content": ["x"]}]', "message 0: expected a text"),
        ('[{"role": "assistant", "content": "x"}]', "nothing that a user said"),
    ],
)
def test_a_broken_chat_is_refused_in_one_line(text: str, problem: str) -> None:
    with pytest.raises(BadInput, match=problem) as error:
        parse_history(text, source="chat.json")
    assert str(error.value).startswith("chat.json: ")
