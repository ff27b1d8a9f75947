"""The curated set: intact or named as damaged, and shown in an order that teaches."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from viper.curation import CuratedImage, CuratedSet, load_curated, told
from viper.errors import BadInput, NotFound
from viper.preference import Attribute, Evidence, VisualPreference

FACETS = {"art style": ["a", "b", "c"], "color palette": ["x", "y"], "mood": ["calm", "wild"]}


def picture(index: int, **attributes: tuple[str, ...]) -> CuratedImage:
    return CuratedImage(
        id=f"{index:03d}",
        file=f"{index:03d}.webp",
        sha256="0" * 64,
        title="Boat",
        alt="A boat.",
        attributes={facet.replace("_", " "): names for facet, names in attributes.items()},
        license="CC0-1.0",
    )


looks = st.fixed_dictionaries(
    {facet: st.lists(st.sampled_from(names), max_size=2) for facet, names in FACETS.items()}
)


@st.composite
def sets(draw: st.DrawFn) -> CuratedSet:
    found = draw(st.lists(looks, max_size=8))
    images = [
        picture(i, **{f.replace(" ", "_"): tuple(n) for f, n in look.items()})
        for i, look in enumerate(found)
    ]
    return CuratedSet(Path("nowhere"), images)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures with a correct manifest."""
    entries = []
    for index, color in enumerate(("teal", "gold")):
        file = tmp_path / f"{index}.webp"
        Image.new("RGB", (8, 8), color).save(file)
        entries.append(
            {
                "id": str(index),
                "file": file.name,
                "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
                "title": color,
                "alt": f"All {color}.",
                "attributes": {"color palette": [color]},
                "license": "CC0-1.0",
            }
        )
    write(tmp_path, entries)
    return tmp_path


def write(folder: Path, entries: list[dict[str, Any]]) -> None:
    data = {"schema": "viper.curated/1", "images": entries}
    (folder / "manifest.json").write_text(json.dumps(data), encoding="utf-8")


def entries_of(folder: Path) -> list[dict[str, Any]]:
    images: list[dict[str, Any]] = json.loads(
        (folder / "manifest.json").read_text(encoding="utf-8")
    )["images"]
    return images


# -- which picture next -----------------------------------------------------------------------


@given(sets())
def test_every_picture_is_shown_once_and_then_none(curated: CuratedSet) -> None:
    seen: list[str] = []
    while (image := curated.next(seen)) is not None:
        assert image.reference not in seen
        seen.append(image.reference)
    assert sorted(seen) == sorted(image.reference for image in curated.images)


@given(sets(), st.data())
def test_the_order_of_what_was_seen_does_not_matter(curated: CuratedSet, data: Any) -> None:
    references = [image.reference for image in curated.images]
    seen = data.draw(st.lists(st.sampled_from(references), unique=True)) if references else []
    assert curated.next(seen) == curated.next(set(seen)) == curated.next([*reversed(seen)])
    assert curated.next([*seen, "image:elsewhere", "curated:gone"]) == curated.next(seen)


def test_the_first_pictures_differ_in_everything() -> None:
    same = picture(0, art_style=("a",), color_palette=("x",), mood=("calm",))
    near = picture(1, art_style=("a",), color_palette=("y",), mood=("calm",))
    other = picture(2, art_style=("b",), color_palette=("y",), mood=("wild",))
    curated = CuratedSet(Path("nowhere"), [same, near, other])
    assert curated.next(()) == same
    assert curated.next({same.reference}) == other
    assert curated.next({same.reference, other.reference}) == near


def test_style_tells_more_than_mood() -> None:
    seen = picture(0, art_style=("a",), mood=("calm",))
    new_mood = picture(1, art_style=("a",), mood=("wild",))
    new_style = picture(2, art_style=("b",), mood=("calm",))
    curated = CuratedSet(Path("nowhere"), [seen, new_mood, new_style])
    assert curated.next({seen.reference}) == new_style


@given(sets(), st.data())
def test_whatever_was_told_every_picture_still_comes(curated: CuratedSet, data: Any) -> None:
    names = sorted({n for i in curated.images for found in i.attributes.values() for n in found})
    known = data.draw(st.sets(st.sampled_from(names))) if names else set()
    seen: list[str] = []
    while (image := curated.next(seen, known)) is not None:
        seen.append(image.reference)
    assert sorted(seen) == sorted(image.reference for image in curated.images)


def test_what_was_told_is_not_asked_again() -> None:
    loved = picture(0, art_style=("a",), color_palette=("x",), mood=("calm",))
    other = picture(1, art_style=("b",), mood=("calm",))
    curated = CuratedSet(Path("nowhere"), [loved, other])
    assert curated.next((), {"nothing of theirs"}) == curated.next(()) == loved
    assert curated.next((), {"a", "x"}) == other


def test_what_is_told_makes_its_neighbors_go_unsaid() -> None:
    beside = picture(0, art_style=("a",), medium=("m",), mood=("calm",))
    alone = picture(1, medium=("n",))
    curated = CuratedSet(Path("nowhere"), [beside, alone])
    assert curated.next((), {"a"}) == alone


def test_told_is_what_was_said_and_not_what_was_hinted() -> None:
    click = Evidence(comment=0, strength=0.3, kind="click")
    taste = VisualPreference(
        liked=(
            Attribute(attribute="teal", strength=0.7),
            Attribute(attribute="dreamy", strength=0.3),
            Attribute(attribute="gold", evidence=(click,)),
        ),
        disliked=(Attribute(attribute="noir", strength=0.5),),
    )
    assert told(taste) == {"teal", "noir"}
    assert told(VisualPreference()) == frozenset()


# -- what is in it ----------------------------------------------------------------------------


def test_a_picture_is_found_by_its_reference_only(folder: Path) -> None:
    curated = load_curated(folder)
    assert curated.get("curated:1").title == "gold"
    assert curated.path("curated:0") == folder / "0.webp"
    assert curated.known_attributes("curated:0") == {"color palette": ("teal",)}
    opened = curated.open("curated:0")
    assert opened is not None
    assert (opened.size, opened.mode) == ((8, 8), "RGB")
    for other in (None, "0", "image:0", "curated:9", ""):
        assert curated.known_attributes(other) == {}
        assert curated.open(other) is None
        with pytest.raises(NotFound, match="no such picture"):
            curated.get(other or "")


def test_damage_is_named(folder: Path) -> None:
    curated = load_curated(folder)
    assert curated.damaged() == ()
    (folder / "1.webp").write_bytes(b"something else")
    assert curated.damaged() == ("1.webp",)
    (folder / "0.webp").unlink()
    assert curated.damaged() == ("0.webp", "1.webp")


def test_a_missing_manifest_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"manifest\.json: missing; `viper curate --out"):
        load_curated(tmp_path)


def test_one_id_used_twice_is_refused(folder: Path) -> None:
    first, second = entries_of(folder)
    write(folder, [first, {**second, "id": "0"}])
    with pytest.raises(BadInput, match="the id '0' is used twice"):
        load_curated(folder)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"file": "../secret.webp"}, "images.1.file"),
        ({"file": "/etc/passwd"}, "images.1.file"),
        ({"id": "a b"}, "images.1.id"),
        ({"sha256": "abc"}, "images.1.sha256"),
        ({"author": "me"}, "images.1.author"),
        ({"attributes": {"mood": "calm"}}, "images.1.attributes.mood"),
    ],
)
def test_a_broken_entry_is_named_in_one_line(
    folder: Path, change: dict[str, Any], problem: str
) -> None:
    first, second = entries_of(folder)
    write(folder, [first, {**second, **change}])
    with pytest.raises(BadInput) as error:
        load_curated(folder)
    assert str(error.value).startswith(f"{folder / 'manifest.json'}: {problem}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"images": 3}'])
def test_a_broken_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as error:
        load_curated(tmp_path)
    assert "manifest.json: " in str(error.value)
    assert "\n" not in str(error.value)
