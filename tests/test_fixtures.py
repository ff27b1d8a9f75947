"""The held-out comments: labels known to taxonomy and curated set, enough of every kind."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from viper.curation import load_curated
from viper.preference import Comment
from viper.taxonomy import load_taxonomy

FILE = Path(__file__).parent / "fixtures" / "held_out_comments.json"
COMMENTS: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["comments"]
FIELDS = {
    *("id", "kind", "language", "text", "stance", "image"),
    *("liked", "disliked", "also_fine", "why"),
}
AT_LEAST = {
    **dict.fromkeys(("terse", "florid", "non-native", "typos", "contradiction"), 15),
    **dict.fromkeys(("comparison", "wish", "vague", "facets"), 15),
    **dict.fromkeys(("emoji", "sarcasm", "subject", "off-topic", "injection"), 10),
    "other-language": 20,
}
LANGUAGES = {"de", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "zh"}
SILENT = {"off-topic", "subject"}
"""Kinds that say nothing about how pictures look."""


def labels(comment: dict[str, Any]) -> list[tuple[str, str]]:
    firm = [(side, name) for side in ("liked", "disliked") for name in comment[side]]
    return firm + [(side, name) for side, name in comment["also_fine"]]


def test_every_kind_has_its_minimum_and_no_comment_occurs_twice() -> None:
    counts = Counter(comment["kind"] for comment in COMMENTS)
    assert set(counts) == set(AT_LEAST)
    assert all(counts[kind] >= least for kind, least in AT_LEAST.items())
    for key in ("id", "text"):
        assert len({comment[key].casefold() for comment in COMMENTS}) == len(COMMENTS)
    words = [len(comment["text"].split()) for comment in COMMENTS]
    assert min(words) >= 1
    assert 40 <= max(words) <= 60


@pytest.mark.parametrize("comment", COMMENTS, ids=lambda comment: comment["id"])
def test_a_label_can_be_found_and_a_comment_can_be_made(comment: dict[str, Any]) -> None:
    assert set(comment) == FIELDS
    Comment(image=comment["image"], text=comment["text"], stance=comment["stance"])
    given = labels(comment)
    assert {name for _, name in given} <= set(load_taxonomy().attributes)
    assert {side for side, _ in given} <= {"liked", "disliked"}
    assert len(set(given)) == len(given)
    assert not set(comment["liked"]) & set(comment["disliked"])
    if comment["kind"] in SILENT:
        assert not comment["liked"]
        assert not comment["disliked"]


@pytest.mark.parametrize("comment", COMMENTS, ids=lambda comment: comment["id"])
def test_language_tags_tell_the_other_languages_apart(comment: dict[str, Any]) -> None:
    if comment["kind"] == "other-language":
        assert comment["language"] in LANGUAGES
    else:
        assert comment["language"] == "en"


def test_pictures_are_curated_and_vague_praise_expects_what_they_show() -> None:
    curated = load_curated()
    for comment in COMMENTS:
        shown = curated.known_attributes(comment["image"])
        assert bool(shown) == (comment["image"] is not None), comment["id"]
        if comment["kind"] == "vague":
            # A repainted set moves these labels; they are then to be written anew.
            names = {name for values in shown.values() for name in values}
            assert {*comment["liked"], *comment["disliked"]} <= names, comment["id"]
