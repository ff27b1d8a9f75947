"""Likes and dislikes that are read together with the prompt."""

import json
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from viper.generation import GenerationRequest, Picture
from viper.generation.diffusion import DiffusionGenerator
from viper.generation.models import load_generator
from viper.generation.recipe import Recipe, recipe_for
from viper.preference import Attribute, VisualPreference

PROMPT = "a boat on the sea"
TASTE = VisualPreference(
    liked=(Attribute(attribute="teal"), Attribute(attribute="gold", strength=0.3)),
    disliked=(Attribute(attribute="red"),),
)


@pytest.fixture(scope="module", params=["tiny_sd", "tiny_sdxl", "tiny_builtin"])
def generator(request: pytest.FixtureRequest) -> DiffusionGenerator:
    return load_generator(str(request.getfixturevalue(request.param)), device="cpu")


def ask(**options: object) -> GenerationRequest:
    fields = {"prompt": PROMPT, "preference": TASTE, "steps": 3, "width": 64, "height": 64}
    return GenerationRequest.model_validate(
        fields | {"preference_context": "prompt", "rule": "guidance"} | options
    )


def draw(generator: DiffusionGenerator, **options: object) -> Picture:
    (picture,) = generator.generate(ask(**options))
    return picture


def apart(first: Picture, second: Picture) -> float:
    one, other = (np.asarray(picture.image, dtype=float) for picture in (first, second))
    return float(np.abs(one - other).max())


def test_at_degree_one_likes_alone_are_the_longer_prompt(generator: DiffusionGenerator) -> None:
    # Rescaling measures by the prompt's own prediction, and here the prompts differ.
    exact = {"preference_every": 1, "preference_interval": (0.0, 1.0), "rescale": 0.0}
    likes = draw(generator, liked_degree=1.0, disliked_degree=0.0, **exact)
    longer = draw(generator, rule="none", prompt=f"{PROMPT}, teal, gold", **exact)
    assert apart(likes, longer) <= 1
    assert apart(likes, draw(generator, rule="none", **exact)) > 1


def test_the_context_and_the_weight_of_dislikes_are_in_the_recipe(
    generator: DiffusionGenerator,
) -> None:
    picture = draw(generator, disliked_weight=0.5)
    recipe = recipe_for(ask(disliked_weight=0.5), picture, generator)
    assert (recipe.preference_context, recipe.disliked_weight) == ("prompt", 0.5)
    again = Recipe.from_json(recipe.to_json()).to_request()
    (redrawn,) = generator.generate(again)
    assert apart(picture, redrawn) == 0
    (alone,) = generator.generate(again.model_copy(update={"preference_context": "alone"}))
    assert apart(picture, alone) > 0


def test_a_recipe_of_before_reads_likes_alone_and_weighs_dislikes_in_full(
    generator: DiffusionGenerator,
) -> None:
    picture = draw(generator, preference_context="alone", disliked_weight=1.0)
    data = recipe_for(ask(), picture, generator).to_dict()
    del data["preference_context"], data["disliked_weight"]
    (redrawn,) = generator.generate(Recipe.from_json(json.dumps(data)).to_request())
    assert apart(picture, redrawn) == 0


def test_half_the_weight_is_half_the_degree(generator: DiffusionGenerator) -> None:
    weighed = draw(generator, disliked_degree=0.8, disliked_weight=0.5)
    assert apart(weighed, draw(generator, disliked_degree=0.4, disliked_weight=1.0)) == 0
    none = draw(generator, disliked_degree=0.8, disliked_weight=0.0)
    assert apart(none, draw(generator, disliked_degree=0.0)) == 0
    assert none.passes < weighed.passes


def test_the_released_rule_weighs_both_sides_alike(generator: DiffusionGenerator) -> None:
    first, second = (draw(generator, rule="viper2024", disliked_weight=w) for w in (0.2, 1.0))
    assert apart(first, second) == 0
    assert first.disliked_weight == 1.0


def test_behind_a_prompt_that_fills_the_window_attributes_have_their_own(
    generator: DiffusionGenerator,
) -> None:
    lengths = (" ".join(["boat"] * count) for count in range(100, 1, -1))
    prompt = next(text for text in lengths if generator.fits(text))
    picture = draw(generator, prompt=prompt, disliked_degree=0.0)
    assert picture.dropped_attributes == ()
    assert apart(picture, draw(generator, prompt=prompt, rule="none")) > 0


def test_a_model_says_how_it_likes_to_be_asked(tiny_builtin: Path, tmp_path: Path) -> None:
    own = copytree(tiny_builtin, tmp_path / "own")
    file = own / "viper.json"
    said = json.loads(file.read_text(encoding="utf-8"))
    said |= {"preference_context": "prompt", "disliked_weight": 0.25}
    file.write_text(json.dumps(said), encoding="utf-8")
    generator = load_generator(str(own), device="cpu")
    picture = draw(generator, preference_context=None)
    assert (picture.preference_context, picture.disliked_weight) == ("prompt", 0.25)
