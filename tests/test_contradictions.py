"""What the prompt says wins over the profile."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viper.preference import Attribute, VisualPreference
from viper.studio import contradictions
from viper.studio.contradictions import attributes_in, without_contradictions
from viper.taxonomy import load_taxonomy

NAMES = sorted(load_taxonomy().attributes)
DATA = json.loads(contradictions._DATA.read_text(encoding="utf-8"))


def taste(liked: str = "", disliked: str = "") -> VisualPreference:
    def side(names: str) -> tuple[Attribute, ...]:
        return tuple(Attribute(attribute=n.strip()) for n in names.split(",") if n.strip())

    return VisualPreference(liked=side(liked), disliked=side(disliked))


def left_out(prompt: str, negative: str = "", **sides: str) -> dict[str, str]:
    return dict(without_contradictions(taste(**sides), prompt, negative)[1])


@pytest.mark.parametrize(
    ("prompt", "liked", "gone"),
    [
        ("a black and white photo of a street", "neon glow, teal, film grain", "neon glow, teal"),
        ("a black & white photo of a boat", "impasto, vignette", "impasto"),
        ("B&W portrait", "vivid colors, high contrast", "vivid colors"),
        ("minimalist poster", "intricate details, cluttered, teal", "intricate details, cluttered"),
        ("an intricate map", "minimalist, empty space", "minimalist, empty space"),
        ("a watercolor of a dog", "oil painting, soft light", "oil painting"),
        ("a painting of a dog", "oil painting, watercolor, photography", "photography"),
        ("a photo of a dog", "analog photography, linocut", "linocut"),
        ("an art deco lobby", "cubist, gold", "cubist"),
        ("a dark forest", "bright, luminous, green", "bright, luminous"),
        ("a boat without teal", "teal, gold", "teal"),
        ("a boat", "teal, neon glow, minimalist, cluttered", ""),
        ("a flat in Paris", "deep perspective", ""),
        ("a boat in teal", "teal, gold", ""),
        ("", "teal", ""),
    ],
)  # fmt: skip
def test_a_liked_attribute_that_cannot_be_is_left_out(prompt: str, liked: str, gone: str) -> None:
    assert set(left_out(prompt, liked=liked)) == {n.strip() for n in gone.split(",") if n.strip()}


@pytest.mark.parametrize(
    ("prompt", "liked"),
    [
        ("a lighthouse at dusk", "warm light, golden hour light, black and white"),
        ("twilight in the mountains, oil painting", "warm colors"),
        ("a warm cup of coffee", "cool colors, blue hour light"),
        ("a cold drink on a table", "warm colors, candlelight"),
        ("a knitted sweater on a chair", "oil painting, watercolor"),
        ("an embroidered cushion", "analog photography"),
        ("a pencil and a clay pot", "oil painting, photography"),
        ("a stained glass window in a church", "photography, black and white"),
        ("a busy street", "minimalist, clean lines"),
        ("an empty room", "baroque, intricate details"),
        ("a quiet street in the rain", "dynamic composition"),
        ("a wild horse", "calm, serene"),
        ("a knight in shining armor", "dark tones, chiaroscuro"),
        ("a sharp knife", "soft edges, blurry"),
        ("a black and white cat on a sofa", "teal, neon glow"),
        ("a golden retriever", "black and white"),
        ("a gothic cathedral", "impressionist, pop art"),
        ("a japanese garden", "vintage, 1970s look"),
        ("a cyberpunk city", "impressionist, watercolor, film grain"),
        ("a medieval castle", "vintage, retro, vhs look, timeless"),
    ],
)
def test_a_word_about_a_thing_or_a_time_leaves_out_nothing(prompt: str, liked: str) -> None:
    assert left_out(prompt, liked=liked) == {}


@pytest.mark.parametrize(
    ("prompt", "liked", "gone"),
    [
        ("a lighthouse in the blue hour", "warm light", {"warm light": "blue hour"}),
        ("a lighthouse, warm", "cool colors", {"cool colors": "warm"}),
        ("a street in warm light", "cool light", {"cool light": "warm light"}),
        ("a warm image of a dog", "cool colors", {"cool colors": "warm"}),
        ("a cat, knitted", "oil painting", {"oil painting": "knitted"}),
        ("a fox in stained glass", "photography", {"photography": "stained glass"}),
        ("a mosaic of a fish", "oil painting", {"oil painting": "mosaic"}),
        ("a pencil portrait of a girl", "oil painting", {"oil painting": "pencil"}),
        ("a gothic painting of a saint", "pop art", {"pop art": "gothic"}),
        ("a medieval castle", "futuristic", {"futuristic": "medieval"}),
        ("an impressionist harbor", "cubist", {"cubist": "impressionist"}),
        ("a black and white photo of a cat", "neon glow", {"neon glow": "black and white"}),
        ("a black and white cat, black and white", "teal", {"teal": "black and white"}),
        ("a knitted cat, knitted", "oil painting", {"oil painting": "knitted"}),
    ],
)
def test_the_same_word_about_the_picture_does(
    prompt: str, liked: str, gone: dict[str, str]
) -> None:
    assert left_out(prompt, liked=liked) == gone


def test_a_thing_that_is_asked_for_is_not_pushed_away() -> None:
    assert left_out("a knitted sweater at dusk", disliked="knitted, blue hour light") == {
        "knitted": "knitted", "blue hour light": "dusk"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("prompt", "disliked", "gone"),
    [
        ("a black and white photo", "black and white", {"black and white": "black and white"}),
        ("a photograph of a cat", "photography, teal", {"photography": "photograph"}),
        ("Crazy-Paving, please", "crazy paving", {"crazy paving": "crazy paving"}),
        ("a bright room", "dark", {}),
        ("a room without magenta", "magenta", {}),
    ],
)
def test_what_is_asked_for_by_name_is_not_pushed_away(
    prompt: str, disliked: str, gone: dict[str, str]
) -> None:
    assert left_out(prompt, disliked=disliked) == gone


def test_the_negative_prompt_counts_too() -> None:
    assert left_out("a boat", "teal, text", liked="teal, gold") == {"teal": "without teal"}


def test_the_words_that_speak_against_it_are_told() -> None:
    said = left_out("A Black-and-White photo", liked="neon glow, oil painting")
    assert said == {"neon glow": "Black-and-White", "oil painting": "photo"}


@given(st.lists(st.sampled_from(NAMES), max_size=8, unique=True), st.sampled_from(NAMES))
def test_only_attributes_of_the_preference_go_and_the_rest_stays(
    liked: list[str], said: str
) -> None:
    before = taste(liked=",".join(liked))
    after, gone = without_contradictions(before, f"a boat, {said}")
    assert [a for a in before.liked if a.attribute not in gone] == list(after.liked)
    assert said not in gone
    assert (after is before) == (not gone)
    assert without_contradictions(after, f"a boat, {said}") == (after, {})


def test_opposites_exclude_each_other() -> None:
    for name in NAMES:
        opposite = load_taxonomy().opposite(name)
        if opposite is not None:
            prompt = f"a boat, {name}"
            assert name in attributes_in(prompt).wanted
            assert opposite in left_out(prompt, liked=opposite)


def test_muted_attributes_stay_as_they_are() -> None:
    muted = VisualPreference(liked=(Attribute(attribute="neon glow", muted=True),))
    assert without_contradictions(muted, "black and white") == (muted, {})


def test_the_data_names_what_the_taxonomy_knows() -> None:
    taxonomy = load_taxonomy()
    for axis in DATA["axes"]:
        ends = [contradictions._end(end) for end in axis["ends"]]
        assert not ends[0] & ends[1], axis["name"]
        for end in axis["ends"]:
            assert {*end.get("facets", ())} <= set(taxonomy.facets)
            assert {*end.get("attributes", ()), *end.get("except", ())} <= set(NAMES), axis["name"]
    for kind in DATA["kinds"]:
        assert {*kind["general"]} <= {*kind["media"]}
        assert all(taxonomy.attributes[name].facet == "medium" for name in kind["media"])
        assert not any(taxonomy.find(word) for word in kind["words"])
    for facet, beside in DATA["exclusive"].items():
        assert {*beside} <= {attribute.name for attribute in taxonomy.in_facet(facet)}
    for word in (*DATA["times"], *DATA["things"]):
        assert taxonomy.find(word) is not None, word
    assert all(len(name.split()) <= contradictions._LONGEST for name in DATA["names"])
