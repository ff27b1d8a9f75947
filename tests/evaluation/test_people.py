"""Simulated people: who they are, what they say, and how a judge sees what they like."""

import re
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
import torch
from PIL import Image

from viper.atelier.painting import random_painting
from viper.atelier.truth import QUESTIONS
from viper.curation import load_curated, told
from viper.errors import BadInput
from viper.evaluation import talk
from viper.evaluation.looks import Eyes, facets, shown
from viper.evaluation.people import MAX_PEOPLE, MIXED, Person, Taste, born, person, rating, stance
from viper.evaluation.score_check import (
    calibration,
    expected_calibration_error,
    painted_for,
)
from viper.extraction import Extraction, Pictures
from viper.extraction.lexicon import load_lexicon
from viper.extraction.offline import OfflineExtractor
from viper.judging.recognition import Judge, JudgeNetwork, Shape
from viper.preference import Comment
from viper.taxonomy import fold, load_taxonomy

PEOPLE = [person(index, seed=3, split="development") for index in range(40)]
READER = OfflineExtractor()


@pytest.fixture(scope="module")
def eyes() -> Eyes:
    """Of a judge that knows nothing, but answers."""
    with torch.random.fork_rng(devices=[]):
        torch.random.manual_seed(0)
        return Eyes(Judge(JudgeNetwork(Shape((8, 16), (0, 0)), QUESTIONS)))


# -- tastes --------------------------------------------------------------------------------------


def test_the_same_person_comes_again_and_nobody_is_of_both_splits() -> None:
    assert person(7, seed=3, split="development") == PEOPLE[7]
    seeds = {
        split: {person(i, seed=s, split=split).seed for s in (0, 1, 100_000) for i in (0, 1, 999)}
        for split in ("development", "report")
    }
    assert len(seeds["development"]) == len(seeds["report"]) == 9
    assert max(seeds["development"]) < min(seeds["report"])


def test_every_kind_takes_part_and_everybody_likes_and_dislikes_something() -> None:
    assert {one.kind for one in PEOPLE[:5]} == {*MIXED, "strong", "weak"}
    for one in PEOPLE:
        assert len(one.tastes) == (2 if one.kind in MIXED else 1)
        for taste in one.tastes:
            assert taste.side(1)
            assert taste.side(-1)
            assert taste.weights.keys() <= facets().keys()
            assert all(0.3 <= abs(weight) <= 1 for weight in taste.weights.values())


def test_one_taste_is_free_of_contradictions_and_contradicting_people_are_not() -> None:
    opposite = load_taxonomy().opposite
    for one in PEOPLE:
        if one.kind == "contradicting":
            first, second = (taste.weights for taste in one.tastes)
            opposed = any(w * second.get(str(opposite(n)), 0) > 0 for n, w in first.items())
            reversed_ = any(w * second.get(n, 0) < 0 for n, w in first.items())
            assert opposed or reversed_
        else:
            for taste in one.tastes:
                assert not any(opposite(name) in taste.weights for name in taste.weights)


def test_liked_looks_please_and_disliked_ones_do_not() -> None:
    for one in PEOPLE:
        if one.kind not in MIXED:
            (taste,) = one.tastes
            for name, weight in taste.weights.items():
                assert one.pleased_by(frozenset({name}), "cat") == pytest.approx(weight)


def test_a_subject_decides_which_taste_of_contextual_people_counts() -> None:
    one = Person(1, "contextual", (Taste({"teal": 1.0}), Taste({"teal": -1.0})))
    teal = frozenset({"teal"})
    assert one.pleased_by(teal, "castle") == 1.0
    assert one.pleased_by(teal, "cat") == -1.0
    assert one.feels(teal, "cat") == {"teal": -1.0}


def test_several_tastes_are_as_pleased_as_the_better_one() -> None:
    one = Person(1, "multiple", (Taste({"teal": 0.8, "gold": -1.0}), Taste({"gold": 0.5})))
    assert one.pleased_by(frozenset({"teal"}), "cat") == 0.8
    assert one.pleased_by(frozenset({"gold"}), "cat") == 0.5


def test_buttons_and_stars_agree() -> None:
    assert [rating(u) for u in (-1, -0.5, 0, 0.5, 1)] == [1, 2, 3, 4, 5]
    assert [stance(u) for u in (-1, 0, 1)] == ["dislike", None, "like"]


def test_the_true_preference_names_every_wish_once_a_side() -> None:
    for one in PEOPLE:
        preference = one.true_preference()
        for side, sign in (("liked", 1), ("disliked", -1)):
            named = {a.attribute for a in getattr(preference, side)}
            assert named == {name for taste in one.tastes for name in taste.side(sign)}


@pytest.mark.parametrize(("index", "seed"), [(0, -1), (0, 10**9), (-1, 0), (MAX_PEOPLE, 0)])
def test_nobody_has_such_a_number(index: int, seed: int) -> None:
    with pytest.raises(BadInput, match="expected"):
        person(index, seed=seed, split="report")


def test_no_kind_is_made_up() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        born(1, "indifferent")  # type: ignore[arg-type]


# -- what they say -------------------------------------------------------------------------------


def test_there_are_several_words_for_every_look_and_none_for_others() -> None:
    words = talk.words()["looks"]
    assert words.keys() == facets().keys()
    assert all(len(set(phrases)) >= 2 for phrases in words.values())


def test_comments_come_in_the_order_of_the_app_and_again() -> None:
    curated = load_curated()
    for one in PEOPLE[:10]:
        told = talk.converse(one, curated, READER, comments=8)
        assert told == talk.converse(one, curated, READER, comments=8)
        assert 3 <= len(told.comments) <= 8
        images = [comment.image for comment in told.comments]
        assert len(set(images)) == len(images)
        assert {*told.liked, *told.disliked} <= set(images)
        assert told.first(3).comments == told.comments[:3]
        assert {*told.first(3).liked, *told.first(3).disliked} <= set(images[:3])


def test_nobody_speaks_of_looks_that_a_picture_does_not_have() -> None:
    curated = load_curated()
    for one in PEOPLE[:10]:
        for comment in talk.converse(one, curated, READER, comments=8).comments:
            has = talk.looks_of(curated.get(comment.image or ""))
            for look, phrases in talk.words()["looks"].items():
                if any(phrase.lower() in comment.text.lower() for phrase in phrases):
                    near = {o for p in phrases for o, q in talk.words()["looks"].items()
                            for other in q if p in other or other in p}  # fmt: skip
                    assert near & has, (look, comment.text)


def test_what_was_told_makes_room_for_what_was_not() -> None:
    """Within eight comments, people get round to more of their taste than if nobody listened."""

    def named(one: Person, reader: OfflineExtractor | Deaf) -> int:
        spoken = talk.converse(one, curated, reader, comments=8)
        return len(told(READER.extract(spoken.comments, pictures=curated).preference))

    curated = load_curated()
    heard, unheard = (sum(named(one, r) for one in PEOPLE[:10]) for r in (READER, Deaf()))
    assert heard > unheard


class Deaf:
    """Reads nothing in anything."""

    def extract(
        self, comments: Sequence[Comment], *, pictures: Pictures, name: str = "default"
    ) -> Extraction:
        return READER.extract((), pictures=pictures, name=name)


def test_people_know_more_words_than_the_offline_reader() -> None:
    """What they say is mostly not in its lists: neither the praise, nor the paraphrases."""
    words, taxonomy = talk.words(), {fold(phrase) for phrase in load_taxonomy().phrases()}
    cues = {fold(cue) for cue in load_lexicon().data["cues"]}
    sentences = [s for side in ("praise", "blame") for group in words[side].values() for s in group]
    bare = [fold(re.sub(r"[^\w' ]", "", s.replace("{x}", " "))) for s in sentences]
    # "I really like" and "hate" belong to everybody.
    assert np.mean([text.strip() in cues for text in bare]) < 0.25
    paraphrases = [phrase for _, *others in words["looks"].values() for phrase in others]
    plain = [fold(re.sub(r"^(the|that|those|all the|all those|how) ", "", p)) for p in paraphrases]
    assert np.mean([text in taxonomy for text in plain]) < 0.1


# -- eyes ----------------------------------------------------------------------------------------


def test_every_look_has_a_probability(eyes: Eyes) -> None:
    paintings = [random_painting(Random(seed)) for seed in range(3)]
    pictures = [Image.fromarray(p.paint(seed, 64)) for seed, p in enumerate(paintings)]
    looks = eyes.looks(pictures)
    assert looks.shape == (3, len(facets()))
    assert ((looks >= 0) & (looks <= 1)).all()
    assert all(shown(painting) <= facets().keys() for painting in paintings)
    shows = eyes.shows(pictures, [painting.subject for painting in paintings])
    assert all(0 <= share <= 1 for share in shows)
    assert eyes.spread(pictures) > 0 == eyes.spread(pictures[:1])


@pytest.mark.parametrize(
    ("look", "less", "more"),
    [
        ("bright", "#202020", "#f0f0f0"),
        ("dark", "#f0f0f0", "#202020"),
        ("vivid colors", "#808080", "#ff0000"),
        ("warm colors", "#2040ff", "#ff8020"),
        ("crimson", "#2f9a3f", "#b0122e"),
    ],
)
def test_pixels_have_their_say(eyes: Eyes, look: str, less: str, more: str) -> None:
    """The judge knows nothing and sees each differently; the pixels speak for themselves."""
    pictures = [Image.new("RGB", (64, 64), color) for color in (less, more)]
    column = eyes.looks(pictures)[:, list(facets()).index(look)]
    assert column[1] > column[0] + 0.2


# -- the score -----------------------------------------------------------------------------------


def test_paintings_for_somebody_please_them() -> None:
    rng = Random(5)
    for one in PEOPLE:
        drawn = [painted_for(one, "cat", rng) for _ in range(5)]
        pleased = [one.pleased_by(shown(painting), "cat") for painting in drawn]
        anybody = [random_painting(rng) for _ in range(20)]
        assert np.mean(pleased) > np.mean([one.pleased_by(shown(p), "cat") for p in anybody])


def test_calibration_error_is_the_distance_from_the_diagonal() -> None:
    perfect = [(0.75, True)] * 3 + [(0.75, False)]
    assert expected_calibration_error(perfect) == pytest.approx(0.0)
    assert expected_calibration_error([(0.95, False)] * 4) == pytest.approx(0.95)
    assert expected_calibration_error([]) == 0.0
    assert sum(count for _, _, count in calibration([(1.0, True), (0.0, False)])) == 2
