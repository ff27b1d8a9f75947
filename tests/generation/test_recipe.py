"""A recipe travels with its picture, says how it was made, and draws it again."""

import json
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from viper.errors import BadInput
from viper.generation import GenerationRequest
from viper.generation.diffusion import DiffusionGenerator
from viper.generation.models import load_generator
from viper.generation.recipe import SCHEMA, Recipe, read_recipe, recipe_for, write_png
from viper.preference import Attribute, Evidence, VisualPreference

SECRET = "because my sister hated it"
TASTE = VisualPreference(
    name="holiday",
    liked=(
        Attribute(attribute="teal", facet="color palette", strength=0.9),
        Attribute(attribute="gold", evidence=(Evidence(comment=0, quote=SECRET),)),
        Attribute(attribute="art deco", muted=True),
    ),
    disliked=(Attribute(attribute="red"),),
    warnings=(SECRET,),
)


@pytest.fixture(params=["tiny_sd", "tiny_sdxl", "tiny_builtin"])
def generator(request: pytest.FixtureRequest) -> DiffusionGenerator:
    return load_generator(str(request.getfixturevalue(request.param)), device="cpu")


@pytest.fixture(scope="module")
def request_and_recipe(tiny_sd: Path) -> tuple[GenerationRequest, Recipe, Image.Image]:
    request = GenerationRequest(prompt="a café — 海", preference=TASTE, steps=3, seed=5)
    generator = load_generator(str(tiny_sd), device="cpu")
    [picture] = generator.generate(request)
    recipe = recipe_for(request, picture, generator, scorer="clip", score=0.5)
    return request, recipe, picture.image


@pytest.mark.parametrize("rule", ["guidance", "condition", "viper2024", "none"])
def test_every_picture_of_a_request_can_be_drawn_again_to_the_last_bit(
    generator: DiffusionGenerator, rule: str, tmp_path: Path
) -> None:
    request = GenerationRequest.model_validate(
        {"prompt": "a boat", "negative_prompt": "cat", "preference": TASTE, "rule": rule}
        | {"steps": 3, "seed": 2**63 - 9, "count": 3, "width": 64, "height": 128}
    )
    for picture in generator.generate(request):
        path = tmp_path / f"{picture.index}.png"
        write_png(picture.image, recipe_for(request, picture, generator), path)
    for path in sorted(tmp_path.iterdir()):
        recipe = read_recipe(path)
        [again] = generator.generate(recipe.to_request())
        assert again.image.tobytes() == Image.open(path).tobytes()
        assert recipe_for(recipe.to_request(), again, generator) == recipe


def test_a_recipe_says_how_the_picture_was_made(
    request_and_recipe: tuple[GenerationRequest, Recipe, Image.Image],
) -> None:
    request, recipe, image = request_and_recipe
    data = json.loads(recipe.to_json())
    assert data["schema"] == SCHEMA == "viper.recipe/1"
    assert data["prompt"] == request.prompt
    assert data["seed"] == 5
    assert tuple(data["size"]) == image.size
    assert data["passes"] == 16
    assert data["scheduler"] == "PNDMScheduler"
    assert data["preference"]["schema"] == "viper.preference/1"
    assert [a["attribute"] for a in data["preference"]["liked"]] == ["teal", "gold"]
    assert data["preference_sha256"] == TASTE.sha256()
    assert recipe.preference is not None
    assert recipe.preference.sha256() == TASTE.sha256()
    assert set(data["versions"]) == {"viper", "torch", "diffusers"}
    assert all(len(value) == 64 for value in data["weight_hashes"].values())
    assert (data["scorer"], data["score"]) == ("clip", 0.5)


def test_a_recipe_keeps_what_the_person_said_to_itself(
    request_and_recipe: tuple[GenerationRequest, Recipe, Image.Image], tmp_path: Path
) -> None:
    _, recipe, image = request_and_recipe
    write_png(image, recipe, tmp_path / "shared.png")
    assert SECRET.encode() not in (tmp_path / "shared.png").read_bytes()


def test_a_png_keeps_pixels_and_recipe_and_is_the_same_twice(
    request_and_recipe: tuple[GenerationRequest, Recipe, Image.Image], tmp_path: Path
) -> None:
    _, recipe, image = request_and_recipe
    paths = [tmp_path / "new" / "folder" / f"{k}.png" for k in range(2)]
    for path in paths:
        write_png(image, recipe, path)
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert b"iTXtviper\0" in first
    assert read_recipe(paths[0]) == recipe
    assert Image.open(paths[0]).tobytes() == image.tobytes()
    assert sorted(p.name for p in paths[0].parent.iterdir()) == ["0.png", "1.png"]


def test_a_failed_write_leaves_nothing_behind(
    request_and_recipe: tuple[GenerationRequest, Recipe, Image.Image], tmp_path: Path
) -> None:
    _, recipe, image = request_and_recipe
    with pytest.raises(OSError, match="cannot write mode"):
        write_png(image.convert("LAB"), recipe, tmp_path / "bad.png")
    assert list(tmp_path.iterdir()) == []


def test_a_recipe_for_json_and_back_is_the_same(
    request_and_recipe: tuple[GenerationRequest, Recipe, Image.Image],
) -> None:
    _, recipe, _ = request_and_recipe
    assert Recipe.from_json(recipe.to_json()) == recipe


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.png", "no such file"),
        ("text.png", "not a picture"),
        ("cut.png", "not a picture"),
        ("folder", "not a picture"),
        ("plain.png", "carries no recipe"),
        ("converted.webp", "carries no recipe"),
        ("foreign.png", "viper.recipe/1"),
    ],
)
def test_what_carries_no_recipe_is_named_in_one_line(
    name: str,
    words: str,
    tmp_path: Path,
    request_and_recipe: tuple[GenerationRequest, Recipe, Image.Image],
) -> None:
    _, recipe, image = request_and_recipe
    write_png(image, recipe, tmp_path / "good.png")
    (tmp_path / "text.png").write_text("hello", encoding="utf-8")
    (tmp_path / "cut.png").write_bytes((tmp_path / "good.png").read_bytes()[:2500])
    (tmp_path / "folder").mkdir()
    image.save(tmp_path / "plain.png")
    image.save(tmp_path / "converted.webp")
    other = recipe.to_json(indent=None).replace("viper.recipe/1", "viper.recipe/9")
    _with_text(image, other, tmp_path / "foreign.png")
    with pytest.raises(BadInput) as error:
        read_recipe(tmp_path / name)
    assert name in str(error.value)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_recipe_with_a_wrong_value_is_answered_in_one_line(
    request_and_recipe: tuple[GenerationRequest, Recipe, Image.Image],
) -> None:
    data = request_and_recipe[1].to_dict()
    with pytest.raises(BadInput, match=r"mine\.json: steps"):
        Recipe.from_json(json.dumps(data | {"steps": "many"}), source="mine.json")
    data["preference"]["schema"] = "other"
    with pytest.raises(BadInput, match=r"viper\.preference/1"):
        Recipe.from_json(json.dumps(data))
    with pytest.raises(BadInput, match="JSON"):
        Recipe.from_json("{")


def _with_text(image: Image.Image, text: str, path: Path) -> None:
    info = PngInfo()
    info.add_itxt("viper", text)
    image.save(path, pnginfo=info)
