from random import Random

import pytest
import skia

from viper.atelier.painting import Painting
from viper.atelier.palette import PALETTES
from viper.atelier.scene import ROLES, Scene
from viper.atelier.subjects import SUBJECTS
from viper.atelier.subjects.sketch import Sketch, box, smooth, trace

DETAILS = (0.0, 0.5, 1.0)

subject = pytest.mark.parametrize("name", SUBJECTS)


def drawing(scene: Scene) -> list[tuple[object, ...]]:
    return [
        (bytes(s.path.serialize()), s.role, s.shade, s.depth, s.width, s.soft) for s in scene.shapes
    ]


def whole_picture(path: skia.Path) -> bool:
    return bool(path.conservativelyContainsRect(skia.Rect.MakeWH(1, 1)))


@subject
@pytest.mark.parametrize("detail", DETAILS)
def test_a_seed_always_draws_the_same_scene(name: str, detail: float) -> None:
    first = SUBJECTS[name].build(Random(5), detail)
    again = SUBJECTS[name].build(Random(5), detail)
    assert drawing(first) == drawing(again)
    assert (first.focus, first.horizon) == (again.focus, again.horizon)


@subject
def test_other_seeds_draw_other_scenes(name: str) -> None:
    scenes = {repr(drawing(SUBJECTS[name].build(Random(seed), 0.5))) for seed in range(6)}
    assert len(scenes) == 6


@subject
@pytest.mark.parametrize("detail", DETAILS)
def test_a_scene_is_complete_and_within_the_picture(name: str, detail: float) -> None:
    for seed in range(8):
        scene = SUBJECTS[name].build(Random(seed), detail)
        assert 12 <= len(scene.shapes) <= 90
        assert whole_picture(scene.shapes[0].path)
        assert scene.shapes[0].width is None
        assert not scene.shapes[0].soft
        assert 0 < scene.focus[0] < 1
        assert 0 < scene.focus[1] < 1
        assert 0 < scene.horizon < 1


@subject
@pytest.mark.parametrize("detail", DETAILS)
def test_every_shape_is_sane(name: str, detail: float) -> None:
    for seed in range(8):
        for shape in SUBJECTS[name].build(Random(seed), detail).shapes:
            bounds = shape.path.getBounds()
            assert shape.path.isFinite()
            assert not shape.path.isEmpty()
            assert -2.5 < bounds.left() <= bounds.right() < 3.5
            assert -2.5 < bounds.top() <= bounds.bottom() < 3.5
            assert shape.role in ROLES
            assert -1.3 <= shape.shade <= 1
            assert 0 <= shape.depth <= 1
            assert shape.width is None or 0.001 < shape.width < 0.2


@subject
def test_the_subject_fills_the_picture(name: str) -> None:
    # Half of the height at the least between the highest and the lowest of its crisp shapes.
    for seed in range(8):
        scene = SUBJECTS[name].build(Random(seed), 0.5)
        bounds = skia.Rect.MakeEmpty()
        for shape in scene.shapes:
            if shape.role in ("main", "second", "light", "accent") and not shape.soft:
                bounds.join(shape.path.getBounds())
        assert bounds.intersect(skia.Rect.MakeWH(1, 1))
        assert bounds.height() >= 0.5
        assert bounds.width() >= 0.4


@subject
def test_detail_adds_shapes_or_parts(name: str) -> None:
    def verbs(detail: float) -> int:
        scenes = [SUBJECTS[name].build(Random(seed), detail) for seed in range(16)]
        return sum(shape.path.countVerbs() for scene in scenes for shape in scene.shapes)

    assert verbs(0.0) < verbs(1.0)


def test_every_subject_has_words_of_its_own() -> None:
    phrases = [phrase for subject in SUBJECTS.values() for phrase in subject.words]
    assert len(set(phrases)) == len(phrases)
    assert all(len(subject.words) >= 3 for subject in SUBJECTS.values())
    assert all(phrase == phrase.strip() and phrase for phrase in phrases)


def test_a_tracing_is_read_in_percent_and_corners_come_twice() -> None:
    assert trace("12,80! 50,7.5") == ((0.12, 0.8), (0.12, 0.8), (0.5, 0.075))
    assert trace([(1, 2)]) == ((1, 2),)


def test_a_curve_goes_through_its_points_and_stops_at_corners() -> None:
    path = smooth("0,0! 100,0! 100,100! 0,100!")
    assert path.computeTightBounds() == skia.Rect.MakeWH(1, 1)
    round_path = smooth("0,0 100,0 100,100 0,100")
    assert round_path.computeTightBounds().width() > 1.1


def test_a_nudge_moves_and_scales_what_follows_until_home() -> None:
    sketch = Sketch(Random(0), 0.5)
    sketch.add(box(0, 0, 1, 1), "sky")
    sketch.nudge(0.1, 0, scale=0.5, about=(0.0, 0.0))
    sketch.add(box(0, 0, 1, 1), "main", width=0.02)
    sketch.home()
    sketch.add(box(0, 0, 1, 1), "main", width=0.02)
    _, moved, same = sketch.scene(0.5, 0.5, horizon=0.5).shapes
    assert moved.path.getBounds().width() == pytest.approx(0.5)
    assert moved.width == pytest.approx(0.01)
    assert same.path.getBounds() == skia.Rect.MakeWH(1, 1)
    assert same.width == pytest.approx(0.02)


def test_few_scenes_are_mirrored_with_their_focus() -> None:
    mirrored = 0
    for seed in range(100):
        sketch = Sketch(Random(seed), 0.5)
        sketch.add(box(-0.1, -0.1, 1.1, 1.1), "sky")
        sketch.add(box(0.1, 0.2, 0.3, 0.4), "main")
        scene = sketch.scene(0.2, 0.3, horizon=0.5)
        assert scene.shapes[1].path.getBounds().centerX() == pytest.approx(scene.focus[0])
        mirrored += scene.focus[0] > 0.5
    assert 2 <= mirrored <= 30


def test_paths_that_skia_cannot_combine_are_painted_all_the_same() -> None:
    # Found by painting: the plume of this volcano is too tangled for skia.Simplify.
    picture = Painting("volcano", "flat design", PALETTES[0]).paint(14, 64)
    assert picture.std() > 12
