"""Replies of two lists: the published form, and the forms that models drift into."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viper.extraction.reply import MAX_ATTRIBUTES, MAX_NAME_CHARACTERS
from viper.extraction.two_lists import two_lists

PUBLISHED = (
    "Liked Art Features: teal, flowing lines, intricate patterns\n"
    "Disliked Art Features: oversaturated colors, clutter"
)
BOTH = (("teal", "gold"), ("clutter",))


def test_the_published_form() -> None:
    found = two_lists(PUBLISHED)
    assert found.liked == ("teal", "flowing lines", "intricate patterns")
    assert found.disliked == ("oversaturated colors", "clutter")
    assert found.warnings == ()


@pytest.mark.parametrize(
    "reply",
    [
        "Disliked Art Features: clutter\nLiked Art Features: teal, gold",
        "Liked Art Features: teal, gold. Disliked Art Features: clutter.",
        "Liked Art Features: teal, gold Disliked Art Features: clutter",
        "liked art features:teal,gold\ndisliked art features:clutter",
        "**Liked Art Features:** teal, gold\n\n**Disliked Art Features:** clutter",
        "**Liked Art Features**: Teal, Gold\n\n**Disliked Art Features**:\nClutter",
        "## Liked Art Features\n\n- teal\n- gold\n\n## Disliked Art Features\n\n- clutter",
        "1. Liked Features:\n   1. teal\n   2. gold\n\n2. Disliked Features:\n   1. clutter",
        "1) Liked: 1. teal 2. gold\n2) Disliked: clutter",
        "Likes\nteal\ngold\n\nDislikes\nclutter",
        "Features the person likes: teal, and gold\nFeatures they don't like: clutter",
        "Liked Art Features:\n* Colors: teal; gold\n\nDisliked Art Features:\n* Order: clutter",
        "Liked Art Features: teal (gold)\nDisliked Art Features: clutter, clutter, clutter",
        "The features the person likes and dislikes:\nLikes: teal, gold\nDislikes: clutter",
        "User: Liked Art Features: red\nAssistant: Likes: teal, gold\nDislikes: clutter",
    ],
)
def test_other_forms_say_the_same(reply: str) -> None:
    found = two_lists(reply)
    assert (found.liked, found.disliked, found.warnings) == (*BOTH, ())


@pytest.mark.parametrize(
    ("reply", "liked", "disliked"),
    [
        ("Liked Art Features: teal", ("teal",), ()),
        ("Disliked Art Features: clutter", (), ("clutter",)),
        ("Liked Art Features: teal\nDisliked Art Features: None", ("teal",), ()),
        ("Liked Art Features: N/A\nDisliked Art Features: no dislikes mentioned.", (), ()),
        ("Liked Art Features:\nDisliked Art Features:", (), ()),
        ("Liked Art Features: nonlinear perspective", ("nonlinear perspective",), ()),
    ],
)
def test_one_list_or_none(reply: str, liked: tuple[str, ...], disliked: tuple[str, ...]) -> None:
    found = two_lists(reply)
    assert (found.liked, found.disliked, found.warnings) == (liked, disliked, ())


@pytest.mark.parametrize("reply", ["", "teal, gold", "I would like to help you.", '{"liked": []}'])
def test_a_reply_without_headings_is_no_reply(reply: str) -> None:
    with pytest.raises(ValueError, match="no heading"):
        two_lists(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "teal, gold\nDisliked Art Features: clutter",
        "Disliked Art Features: clutter\n\nteal, gold",
        "Disliked Art Features: clutter\n\nOverall, they want calm pictures.",
        "Disliked Art Features: clutter, and they would rather see it all in calm blue",
    ],
)
def test_what_stands_in_no_list_is_told_and_not_guessed(reply: str) -> None:
    found = two_lists(reply)
    assert (found.liked, found.disliked) == ((), ("clutter",))
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith("Left out, because it stands in no list")


def test_what_stands_in_both_lists_is_in_neither_as_published_and_is_told() -> None:
    found = two_lists("Liked Art Features: teal, gold\nDisliked Art Features: gold, clutter")
    assert (found.liked, found.disliked) == (("teal",), ("clutter",))
    assert found.warnings == ("Left out, because it stands in both lists: gold.",)


def test_a_reply_cut_off_loses_its_last_keyword_only() -> None:
    found = two_lists("Liked Art Features: teal, gold, dark bl", cut_off=True)
    assert found.liked == ("teal", "gold")
    assert found.warnings == ("The answer was cut off within its last keyword, 'dark bl'.",)


def test_a_reply_that_goes_round_in_circles_is_bounded() -> None:
    numbers = ", ".join(f"tone {number}" for number in range(500))
    found = two_lists(f"Liked Art Features: {numbers}\nDisliked Art Features: {'clutter, ' * 500}")
    assert len(found.liked) == MAX_ATTRIBUTES
    assert found.disliked == ("clutter",)
    assert "the first were kept" in found.warnings[-1]


PIECES = st.sampled_from(
    ["Liked Art Features", "Disliked", "likes", ":", "\n", "\n\n", "teal", ", ", "1. ", "- ", "**"]
)


@given(st.text(max_size=300) | st.lists(PIECES | st.text(max_size=5), max_size=60).map("".join))
def test_any_text_gives_bounded_keywords_or_one_sentence(text: str) -> None:
    try:
        found = two_lists(text)
    except ValueError:
        return
    for keyword in (*found.liked, *found.disliked):
        assert 0 < len(keyword) <= MAX_NAME_CHARACTERS
        assert keyword.isprintable()
    assert not set(found.liked) & set(found.disliked)
    assert all("\n" not in warning for warning in found.warnings)


@given(
    st.lists(st.sampled_from(["teal", "soft light", "gold", "flat"]), unique=True),
    st.lists(st.sampled_from(["clutter", "neon", "harsh light"]), unique=True),
    st.sampled_from(["{}: {}\n", "**{}:** {}\n\n", "- {}: {}\n", "{}:\n{}\n", "# {}\n{}\n"]),
)
def test_what_is_written_is_read(liked: list[str], disliked: list[str], form: str) -> None:
    lists = (("Liked Art Features", liked), ("Disliked Art Features", disliked))
    found = two_lists("".join(form.format(head, ", ".join(items)) for head, items in lists))
    assert (found.liked, found.disliked) == (tuple(liked), tuple(disliked))
