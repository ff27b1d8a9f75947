"""A curated set as the atelier paints it: even, unconfounded, light, the same each time."""

import json
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from viper.atelier.collection import MAX_BYTES, write_collection
from viper.atelier.dealing import ENOUGH, choose_paintings, contrary_sides, largest_correlation
from viper.atelier.painting import DIALS, Painting
from viper.atelier.palette import PALETTES
from viper.atelier.styles import STYLES
from viper.atelier.subjects import SUBJECTS
from viper.curation import FOLDER, load_curated


@pytest.fixture(scope="module")
def deal() -> tuple[Painting, ...]:
    return choose_paintings(64)


def test_subjects_and_looks_are_dealt_evenly(deal: tuple[Painting, ...]) -> None:
    assert len(deal) == 64
    columns: dict[str, tuple[list[str], int]] = {
        "subject": ([p.subject for p in deal], min(len(SUBJECTS), 32)),
        "style": ([p.style for p in deal], len(STYLES)),
        "palette": ([p.palette.name for p in deal], len(PALETTES)),
    }
    for values, kinds in columns.values():
        counts = Counter(values)
        assert len(counts) == min(kinds, 64)
        assert max(counts.values()) - min(counts.values()) <= 1
    for dial, choices in DIALS.items():
        counts = Counter(getattr(p, dial) for p in deal)
        assert all(3 <= counts[choice] <= 5 for choice in choices)
        assert 0.5 <= counts[None] / 64 <= 0.9


def test_a_taste_for_a_look_is_no_taste_for_a_subject(deal: tuple[Painting, ...]) -> None:
    assert largest_correlation(deal)[0] < 0.4


def test_every_facet_can_be_liked_and_disliked(deal: tuple[Painting, ...]) -> None:
    sides = contrary_sides(p.attributes() for p in deal)
    painted = {facet for style in STYLES.values() for facet in style.attributes} | set(DIALS)
    assert set(sides) >= painted
    assert {facet: number for facet, number in sides.items() if number < ENOUGH} == {}


def test_sides_are_opposites_or_at_least_share_nothing() -> None:
    pictures = [
        {"contrast": (name,), "medium": media, "lighting": ("moonlight",)}
        for name, media in (
            ("high contrast", ("mosaic",)),
            ("high contrast", ("mosaic", "digital art")),
            ("high contrast", ("digital art",)),
            ("low contrast", ("gouache",)),
            ("extreme contrast", ("pastel drawing",)),
        )
    ]
    assert contrary_sides(pictures) == {"contrast": 1, "medium": 2, "lighting": 0}


def test_what_always_goes_together_is_found() -> None:
    paintings = [
        Painting(subject, style, PALETTES[index], lighting=light)
        for subject, light in (("sailboat", "moonlight"), ("cat", None), ("car", None))
        for index, style in enumerate(("flat design", "watercolor", "pixel art"))
    ]
    found, subject, look = largest_correlation(paintings)
    assert found == 1
    assert (subject, look) in {("sailboat", "moonlight"), ("sailboat", "mysterious"),
                               ("sailboat", "serene")}  # fmt: skip


def test_a_few_paintings_correlate_by_chance_only() -> None:
    assert largest_correlation(choose_paintings(2)) == (0.0, "", "")


def test_the_same_arguments_give_the_same_files(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        total = write_collection(tmp_path / folder, count=4, seed=3, size=64)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == ["000.webp", "001.webp", "002.webp", "003.webp", "manifest.json"]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert total == sum(path.stat().st_size for path in (tmp_path / "two").glob("*.webp"))
    curated = load_curated(tmp_path / "one")
    assert curated.damaged() == ()
    for image, painting in zip(curated.images, choose_paintings(4, 3), strict=True):
        assert image.subject == painting.subject
        assert image.attributes == painting.attributes()
        assert painting.style in image.alt


def test_pictures_of_full_size_are_light(tmp_path: Path) -> None:
    write_collection(tmp_path, count=2)
    for file in tmp_path.glob("*.webp"):
        with Image.open(file) as picture:
            assert (picture.format, picture.size) == ("WEBP", (768, 768))
        assert file.stat().st_size <= MAX_BYTES


def test_another_hand_can_draw_the_set(tmp_path: Path) -> None:
    asked: list[tuple[Painting, int]] = []

    def draw(painting: Painting, seed: int) -> Image.Image:
        asked.append((painting, seed))
        return Image.new("RGBA", (40, 40), "teal")

    write_collection(tmp_path, count=3, seed=2, size=64, draw=draw)
    assert asked == list(zip(choose_paintings(3, 2), (20_000, 20_001, 20_002), strict=True))
    with Image.open(tmp_path / "000.webp") as picture:
        assert (picture.size, picture.mode) == ((64, 64), "RGB")
    assert "seed" not in json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.skipif(not FOLDER.is_dir(), reason="no curated set in this checkout")
def test_the_set_that_ships_is_whole_and_light() -> None:
    curated = load_curated()
    assert len(curated.images) >= 56
    assert curated.damaged() == ()
    for image in curated.images:
        assert curated.path(image.reference).stat().st_size <= MAX_BYTES


def test_in_the_set_that_ships_every_facet_can_be_liked_and_disliked() -> None:
    sides = contrary_sides(image.attributes for image in load_curated().images)
    assert set(sides) >= {facet for style in STYLES.values() for facet in style.attributes}
    assert {facet: number for facet, number in sides.items() if number < ENOUGH} == {}
