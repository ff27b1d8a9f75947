"""Which scorers load, how the others are refused, and whether the built-in one sees anything."""

from pathlib import Path
from random import Random

import pytest
from PIL import Image

from viper.atelier.painting import Painting, random_painting
from viper.errors import ModelUnavailable
from viper.judging import models
from viper.judging.models import load_scorer
from viper.preference import Attribute, VisualPreference

TASTE = VisualPreference(
    liked=(Attribute(attribute="teal"), Attribute(attribute="art deco")),
    disliked=(Attribute(attribute="red"),),
)


def pictures(count: int) -> list[Image.Image]:
    return [Image.fromarray(random_painting(Random(seed)).paint(seed, 64)) for seed in range(count)]


def test_a_clip_from_a_folder_scores(tiny_scorer: Path) -> None:
    scorer = load_scorer(str(tiny_scorer))
    shown = pictures(3)
    before = [picture.tobytes() for picture in shown]
    scores = scorer.score(shown, preference=TASTE, liked=shown[:1], disliked=shown[1:2])
    assert scorer.name == str(tiny_scorer)
    assert len({round(score.value, 6) for score in scores}) == 3
    assert all(0 < score.value < 1 and len(score.reasons) == 3 for score in scores)
    again = load_scorer(str(tiny_scorer))
    assert again.score(shown, preference=TASTE, liked=shown[:1], disliked=shown[1:2]) == scores
    assert [picture.tobytes() for picture in shown] == before
    backwards = scorer.score(shown[::-1], preference=TASTE, liked=shown[:1], disliked=shown[1:2])
    assert [s.value for s in backwards[::-1]] == pytest.approx([s.value for s in scores], abs=1e-5)


def test_an_example_agrees_with_itself(tiny_scorer: Path) -> None:
    scorer = load_scorer(str(tiny_scorer))
    shown = pictures(2)
    nothing = VisualPreference()
    first, second = scorer.score(shown, preference=nothing, liked=shown[:1], disliked=shown[1:])
    assert first.value > 0.5 > second.value
    assert all(-1 <= cosine <= 1 for cosine in scorer.agreement(shown, "a red boat"))


@pytest.mark.parametrize("name", ["no/such-model", "nothing", "/no/such/folder"])
def test_a_model_that_is_not_there_is_named_in_one_sentence(name: str) -> None:
    with pytest.raises(ModelUnavailable) as error:
        load_scorer(name)
    assert repr(name) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_model_of_another_kind_is_refused(tiny_sd: Path) -> None:
    with pytest.raises(ModelUnavailable, match="CLIP or SigLIP"):
        load_scorer(str(tiny_sd / "text_encoder"))


def test_a_checkout_without_the_weights_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "BUILTIN", tmp_path / "scorer")
    with pytest.raises(ModelUnavailable, match="the built-in scorer is missing") as error:
        load_scorer("builtin")
    assert "\n" not in str(error.value)


needs_weights = pytest.mark.skipif(
    not (models.BUILTIN / "config.json").exists(), reason="the built-in scorer is not trained yet"
)


@needs_weights
def test_the_builtin_scorer_tells_whose_picture_it_is() -> None:
    # Paintings with seeds of their own: none of them was trained on.
    paintings = [random_painting(Random(2_000_000_000_000 + k)) for k in range(21)]
    shown = [Image.fromarray(p.paint(7 + k, 256)) for k, p in enumerate(paintings)]
    scorer = load_scorer("builtin")

    def likes(painting: Painting) -> VisualPreference:
        attributes = painting.attributes()
        return VisualPreference(
            liked=tuple(
                Attribute(attribute=name, facet=facet)
                for facet in ("art style", "medium", "color palette")
                for name in attributes.get(facet, ())
            )
        )

    right = 0
    for k in range(20):
        own, other = scorer.score([shown[k], shown[k + 1]], preference=likes(paintings[k]))
        right += own.value > other.value
    assert right >= 16  # chance: 10


@needs_weights
def test_the_builtin_scorer_is_named_and_repeats_itself() -> None:
    shown = pictures(2)
    scorer = load_scorer("builtin")
    assert scorer.name == "builtin"
    assert scorer.score(shown, preference=TASTE) == scorer.score(shown, preference=TASTE)
