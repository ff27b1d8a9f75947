"""Every style renders any scene, keeps its colors and its subject, and looks like no other."""

from functools import cache
from itertools import combinations
from random import Random

import numpy as np
import pytest

from viper.atelier.color import distance_to_colors, to_oklab
from viper.atelier.palette import PALETTES
from viper.atelier.scene import Scene
from viper.atelier.styles import STYLES
from viper.atelier.styles.fields import blur, distance_to, fractal, noise, resize
from viper.atelier.styles.layers import rasterize
from viper.atelier.styles.style import Picture, Raster, Roles
from viper.atelier.subjects import SUBJECTS
from viper.taxonomy import load_taxonomy

MOTIFS = (("cat", 0), ("lighthouse", 3), ("vase", 6), ("car", 12))
NAMES = tuple(STYLES)


def motif(index: int) -> tuple[Scene, Roles]:
    """A scene and its colors."""
    subject, palette = MOTIFS[index]
    return SUBJECTS[subject].build(Random(1), 0.5), PALETTES[palette].roles()


@cache
def picture(name: str, index: int = 0, size: int = 128, seed: int = 5) -> Picture:
    """A motif in a style; computed once."""
    scene, roles = motif(index)
    return STYLES[name].render(scene, roles, size, Random(seed))


def look(pixels: Picture) -> Raster:
    """What a style does to lightness: strength of edges at four scales, spread, colorfulness."""
    lab = to_oklab(np.asarray(pixels / 255, np.float32))
    light = lab[..., 0]
    values = [light.mean() / 2, light.std(), np.hypot(lab[..., 1], lab[..., 2]).mean()]
    for _ in range(4):
        across, down = np.diff(light, axis=1), np.diff(light, axis=0)
        values += [np.abs(across).mean(), np.abs(down).mean(), np.sqrt((across**2).mean())]
        half = light.shape[0] // 2
        light = light.reshape(half, 2, half, 2).mean(axis=(1, 3))
    return np.array(values)


def test_at_least_22_styles_each_under_its_name() -> None:
    assert len(STYLES) >= 22
    assert all(style.name == name for name, style in STYLES.items())
    words = [word for style in STYLES.values() for word in style.words]
    assert len(words) == len(set(words))
    assert all(len(style.words) >= 3 for style in STYLES.values())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [64, 100, 512])
def test_a_picture_has_the_asked_size_and_is_not_empty(name: str, size: int) -> None:
    pixels = picture(name, 1, size)
    assert pixels.shape == (size, size, 3)
    assert pixels.dtype == np.uint8
    assert pixels.std() > 12


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_picture(name: str) -> None:
    scene, roles = motif(0)
    again = STYLES[name].render(scene, roles, 128, Random(5))
    assert np.array_equal(again, picture(name))


def test_another_seed_gives_another_picture_wherever_a_hand_is_at_work() -> None:
    scene, roles = motif(0)
    fixed = {
        name
        for name, style in STYLES.items()
        if np.array_equal(style.render(scene, roles, 128, Random(6)), picture(name))
    }
    assert fixed <= {"flat design", "pixel art", "line art"}


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_looks_alike_at_every_size(name: str) -> None:
    small = picture(name, 2, 128).astype(float)
    large = picture(name, 2, 512).reshape(128, 4, 128, 4, 3).mean(axis=(1, 3))
    # Noise falls elsewhere, but areas keep their colors: compare 8 x 8 blocks.
    blocks = [image.reshape(8, 16, 8, 16, 3).mean(axis=(1, 3)) for image in (small, large)]
    assert np.abs(blocks[0] - blocks[1]).mean() < 16


def test_no_two_styles_look_alike() -> None:
    """Each pair differs by 4 % of the range per pixel or in its edges, on average of the motifs."""
    for first, second in combinations(NAMES, 2):
        pixels, looks = [], []
        for index in range(len(MOTIFS)):
            one, other = picture(first, index), picture(second, index)
            pixels.append(np.abs(one.astype(float) - other).mean() / 255)
            looks.append(np.abs(look(one) - look(other)).sum())
        assert np.mean(pixels) > 0.04, (first, second)
        assert np.mean(looks) > 0.08, (first, second)


@pytest.mark.parametrize("name", NAMES)
def test_colors_stay_those_of_the_palette(name: str) -> None:
    for index in range(len(MOTIFS)):
        roles = motif(index)[1]
        away = distance_to_colors(
            np.asarray(picture(name, index) / 255, np.float32), list(roles.values())
        )
        # Half the distance at which colors count as different ones (0.3).
        assert away.mean() < 0.15, MOTIFS[index]


def test_another_palette_changes_the_picture_more_than_another_seed() -> None:
    scene, roles = motif(0)
    for name, style in STYLES.items():
        seed = style.render(scene, roles, 64, Random(9)).astype(float)
        base = style.render(scene, roles, 64, Random(8)).astype(float)
        other = style.render(scene, PALETTES[3].roles(), 64, Random(8)).astype(float)
        assert np.abs(base - other).mean() > 1.5 * np.abs(base - seed).mean(), name


def _contrast(pixels: Picture, inside: Raster, around: Raster) -> float:
    lab = to_oklab(np.asarray(pixels / 255, np.float32))
    return float(np.linalg.norm(lab[inside].mean(axis=0) - lab[around].mean(axis=0)))


@pytest.mark.parametrize("name", NAMES)
def test_the_subject_stands_out_from_what_surrounds_it(name: str) -> None:
    """In color, at least a third as much as in flat design."""
    shares = []
    for index in range(len(MOTIFS)):
        scene, roles = motif(index)
        inside = rasterize(scene, roles, 128).role == 4
        around = (distance_to(inside, 12.0) < 12) & ~inside
        plain = _contrast(picture("flat design", index), inside, around)
        shares.append(_contrast(picture(name, index), inside, around) / plain)
    assert np.mean(shares) > 0.33


def test_attributes_are_the_taxonomys() -> None:
    attributes = load_taxonomy().attributes
    for style in STYLES.values():
        assert "art style" in style.attributes or "medium" in style.attributes
        for facet, names in style.attributes.items():
            assert names
            for name in names:
                assert attributes[name].facet == facet, (style.name, name)


def test_no_style_claims_an_attribute_and_its_opposite() -> None:
    taxonomy = load_taxonomy()
    for style in STYLES.values():
        claimed = {name for names in style.attributes.values() for name in names}
        assert not {taxonomy.opposite(name) for name in claimed} & claimed, style.name


def test_distance_is_euclidean_up_to_its_reach() -> None:
    mask = np.zeros((40, 40), bool)
    mask[10, 20] = True
    found = distance_to(mask, 8.0)
    y, x = np.mgrid[:40, :40]
    expected = np.minimum(np.hypot(y - 10, x - 20), 8.0)
    assert np.allclose(found, expected, atol=1e-4)


def test_blur_keeps_the_mean_and_flattens() -> None:
    image = np.random.default_rng(0).random((64, 64)).astype(np.float32)
    blurred = blur(image, 4.0)
    assert abs(blurred.mean() - image.mean()) < 0.02
    assert blurred.std() < image.std() / 5
    assert np.allclose(blur(np.full((32, 32), 0.3, np.float32), 3.0), 0.3)


def test_noise_is_smooth_and_has_unit_deviation() -> None:
    field = noise(256, 12, np.random.default_rng(1))
    assert 0.7 < field.std() < 1.3
    assert np.abs(np.diff(field)).max() < 0.4
    rich = fractal(256, 12, np.random.default_rng(1))
    assert np.abs(np.diff(rich)).mean() > np.abs(np.diff(field)).mean()


def test_resize_keeps_a_ramp_a_ramp() -> None:
    ramp = np.tile(np.arange(16, dtype=np.float32), (16, 1))
    wide = resize(ramp, 64)
    assert wide.shape == (64, 64)
    assert np.allclose(np.diff(wide[32, 4:-4]), 0.25, atol=1e-5)
