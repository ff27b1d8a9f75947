"""IP-Adapter: parity with diffusers, who reads the pictures, what stays as it was, refusals."""

import json
import pickle
import shutil
import struct
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import diffusers
import huggingface_hub.constants
import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline, UNet2DConditionModel
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor

from tests.tiny_families import build_tiny_flux
from tests.tiny_ip_adapter import Kind, build_image_encoder, build_tiny_ip_adapter
from viper.errors import BadInput, ModelUnavailable
from viper.generation import GenerationRequest, Picture
from viper.generation.denoising import denoise_step
from viper.generation.diffusion import DiffusionGenerator
from viper.generation.engine import BatchingEngine
from viper.generation.ip_adapter import _style_layers
from viper.generation.models import load_generator
from viper.generation.recipe import Recipe, recipe_for
from viper.generation.style import StyleImage
from viper.preference import Attribute, VisualPreference

CLASSES = {"tiny_sd": StableDiffusionPipeline, "tiny_sdxl": StableDiffusionXLPipeline}
TASTE = VisualPreference(
    liked=(Attribute(attribute="teal"),), disliked=(Attribute(attribute="red"),)
)
RULES = ["none", "guidance", "condition", "viper2024"]
Adapter = Callable[..., Path]


def painting(seed: int) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize((56, 40))


def style(seed: int) -> StyleImage:
    file = BytesIO()
    painting(seed).save(file, "PNG")
    return StyleImage(data=file.getvalue())


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory, tiny_sd: Path, tiny_sdxl: Path) -> Adapter:
    """The file of an adapter for a tiny checkpoint, made once."""
    checkpoints = {"tiny_sd": tiny_sd, "tiny_sdxl": tiny_sdxl}
    made: dict[tuple[str, Kind], Path] = {}

    def file(family: str, kind: Kind = "plain") -> Path:
        if (family, kind) not in made:
            folder = tmp_path_factory.mktemp(f"{family}_{kind}")
            made[family, kind] = build_tiny_ip_adapter(folder, checkpoints[family], kind)
        return made[family, kind]

    return file


@pytest.fixture(params=list(CLASSES))
def family(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def folder(request: pytest.FixtureRequest, family: str) -> Path:
    path: Path = request.getfixturevalue(family)
    return path


def load(folder: Path, ip_adapter: object = "", **options: Any) -> DiffusionGenerator:
    generator = load_generator(str(folder), device="cpu", ip_adapter=str(ip_adapter), **options)
    assert isinstance(generator, DiffusionGenerator)
    return generator


def ask(**fields: Any) -> GenerationRequest:
    defaults = {"prompt": "a cat on the sea", "steps": 4, "seed": 11}
    return GenerationRequest.model_validate(defaults | fields)


def draw(generator: Any, **fields: Any) -> list[Picture]:
    return list(generator.generate(ask(**fields)))


def apart(first: Image.Image, second: Image.Image) -> int:
    """Largest difference of any value, of 255."""
    return int(abs(np.asarray(first).astype(int) - np.asarray(second).astype(int)).max())


# -- parity with diffusers ------------------------------------------------------------------------


def pipeline_with(family: str, folder: Path, file: Path, weight: float) -> Any:
    """Diffusers' own pipeline, its adapter acting where ours does."""
    diffusers.utils.logging.disable_progress_bar()
    pipeline: Any = CLASSES[family].from_pretrained(folder, dtype=torch.float32)
    diffusers.utils.logging.enable_progress_bar()
    pipeline.set_progress_bar_config(disable=True)
    pipeline.load_ip_adapter(str(file.parent), subfolder="", weight_name=file.name)
    # The tiny models' first block on the way up that has attention is the second, with two places.
    places = [weight, weight] if family == "tiny_sd" else [0.0, weight]
    pipeline.set_ip_adapter_scale({"up": {"block_1": places}})
    return pipeline


@pytest.mark.parametrize("kind", ["plain", "plus", "full"])
def test_a_style_picture_gives_diffusers_own_pictures(
    family: str, folder: Path, adapter: Adapter, kind: Kind
) -> None:
    generator = load(folder, adapter(family, kind))
    for weight, seeds, scale in ((0.7, [1], 6.0), (0.4, [1, 2], 6.0), (1.0, [2], 1.0)):
        pipeline = pipeline_with(family, folder, adapter(family, kind), weight)
        pictures = draw(
            generator, rule="none", count=2, guidance_scale=scale, negative_prompt="red boat",
            style=[style(seed) for seed in seeds], style_weight=weight,
        )  # fmt: skip
        for k, picture in enumerate(pictures):
            [expected] = pipeline(
                "a cat on the sea",
                negative_prompt="red boat",
                num_inference_steps=4,
                guidance_scale=scale,
                generator=torch.Generator("cpu").manual_seed(11 + k),
                ip_adapter_image=[[painting(seed) for seed in seeds]],
            ).images
            assert apart(picture.image, expected) <= 1
        [plain] = draw(generator, rule="none", guidance_scale=scale, negative_prompt="red boat")
        assert apart(pictures[0].image, plain.image) > 20


def test_style_is_read_where_instantstyle_reads_it() -> None:
    """By the shapes of the published models."""
    with torch.device("meta"):
        sd = UNet2DConditionModel(cross_attention_dim=768)
        sdxl = UNet2DConditionModel(
            block_out_channels=(320, 640, 1280),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            transformer_layers_per_block=(1, 2, 10),
            attention_head_dim=(5, 10, 20),
            cross_attention_dim=2048,
        )
    assert _style_layers(sdxl, "sdxl") == [
        f"up_blocks.0.attentions.1.transformer_blocks.{depth}.attn2" for depth in range(10)
    ]
    assert _style_layers(sd, "sd") == [
        f"up_blocks.1.attentions.{place}.transformer_blocks.0.attn2" for place in range(3)
    ]
    for unet, family in ((sdxl, "sdxl"), (sd, "sd")):
        crossed = {name.removesuffix(".processor") for name in unet.attn_processors}
        assert crossed.issuperset(_style_layers(unet, family))


# -- what stays as it was -------------------------------------------------------------------------


def test_without_a_picture_or_with_weight_0_nothing_has_changed(
    family: str, folder: Path, adapter: Adapter
) -> None:
    without, with_it = load(folder), load(folder, adapter(family))
    for rule in RULES:
        [plain] = draw(without, rule=rule, preference=TASTE)
        for fields in ({}, {"style": [style(1)], "style_weight": 0.0}):
            [same] = draw(with_it, rule=rule, preference=TASTE, **fields)
            assert same.image.tobytes() == plain.image.tobytes()
            assert (same.style, same.passes) == (None, plain.passes)
        assert recipe_for(ask(), same, with_it) == recipe_for(ask(), plain, without)


def test_a_picture_costs_no_pass_and_degree_0_is_no_preference(
    family: str, folder: Path, adapter: Adapter
) -> None:
    generator = load(folder, adapter(family))
    [plain] = draw(generator, rule="none", style=[style(1)])
    zero = {"liked_degree": 0.0, "disliked_degree": 0.0, "preference": TASTE}
    for rule in RULES:
        [picture] = draw(generator, rule=rule, style=[style(1)], **zero)
        assert picture.image.tobytes() == plain.image.tobytes()
        assert picture.passes == plain.passes
    [other] = draw(generator, rule="none", style=[style(2)])
    assert apart(other.image, plain.image) > 5


# -- who reads it ---------------------------------------------------------------------------------


def first_predictions(generator: DiffusionGenerator, **fields: Any) -> tuple[Tensor, ...]:
    [drawing] = generator.prepare_encode(ask(preference_interval=(0.0, 1.0), **fields))
    return denoise_step([drawing])[0]


@pytest.mark.parametrize("rule", ["guidance", "viper2024"])
def test_only_the_prompt_reads_the_picture(
    family: str, folder: Path, adapter: Adapter, rule: str
) -> None:
    generator = load(folder, adapter(family))
    wish = {"rule": rule, "preference": TASTE}
    first, second = (first_predictions(generator, **wish, style=[style(k)]) for k in (1, 2))
    equal = [bool(torch.equal(a, b)) for a, b in zip(first, second, strict=True)]
    # u, p, l, d: so l - u and u - d are the same whatever the picture is.
    assert equal == [True, False, True, True]
    # All of them are told of an empty one: u would differ from them in more than words otherwise.
    bare = first_predictions(generator, **wish)
    assert not any(torch.equal(a, b) for a, b in zip(first, bare, strict=True))


def test_read_with_the_prompt_a_preference_sees_the_prompts_picture(
    family: str, folder: Path, adapter: Adapter
) -> None:
    """What only repeats the prompt's picture pulls nowhere: u is the same, p, l and d see it."""
    generator = load(folder, adapter(family))
    wish = {"preference": TASTE, "preference_context": "prompt"}
    first, second = (first_predictions(generator, **wish, style=[style(k)]) for k in (1, 2))
    equal = [bool(torch.equal(a, b)) for a, b in zip(first, second, strict=True)]
    assert equal == [True, False, False, False]


def test_the_empty_picture_moves_neither_side(family: str, folder: Path, adapter: Adapter) -> None:
    """A preference for nothing but the negative prompt pulls nowhere, styled or not: l = u."""
    generator = load(folder, adapter(family))
    taste = VisualPreference(liked=(Attribute(attribute="teal"),))
    [u, _, liked] = first_predictions(
        generator, preference=taste, negative_prompt="teal", style=[style(1)]
    )
    assert float((u - liked).abs().max()) <= 1e-5 * float(u.abs().max())


def test_the_order_of_pictures_does_not_matter_and_their_number_does(
    tiny_sdxl: Path, adapter: Adapter
) -> None:
    generator = load(tiny_sdxl, adapter("tiny_sdxl", "plus"))
    one, two = style(1), style(2)
    pictures = [
        draw(generator, rule="none", style=images)[0].image
        for images in ((one, two), (two, one), (one,), (one, one))
    ]
    assert apart(pictures[0], pictures[1]) <= 1
    assert apart(pictures[2], pictures[3]) <= 1
    assert apart(pictures[0], pictures[2]) > 5


# -- many at once ---------------------------------------------------------------------------------


def test_company_changes_no_picture(family: str, folder: Path, adapter: Adapter) -> None:
    wishes: list[dict[str, Any]] = [
        {"rule": "none"},
        {"rule": "none", "style": [style(1)]},
        {"preference": TASTE, "style": [style(2)], "style_weight": 0.3, "count": 2},
        {"preference": TASTE, "style": [style(1), style(2)], "steps": 3},
        {"preference": TASTE, "rule": "condition", "style": [style(3)], "style_weight": 0.0},
    ]
    alone = load(folder, adapter(family))
    expected = [draw(alone, **wish) for wish in wishes]
    engine = BatchingEngine(load(folder, adapter(family), pictures_at_once=16))
    try:
        with ThreadPoolExecutor(len(wishes)) as pool:
            drawn = list(pool.map(lambda wish: draw(engine, **wish), wishes))
    finally:
        engine.close()
    for mine, theirs in zip(drawn, expected, strict=True):
        assert [p.seed for p in mine] == [p.seed for p in theirs]
        assert all(apart(a.image, b.image) <= 1 for a, b in zip(mine, theirs, strict=True))


def test_rows_with_different_weights_share_a_call(tiny_sdxl: Path, adapter: Adapter) -> None:
    generator = load(tiny_sdxl, adapter("tiny_sdxl"))
    wishes = [
        ask(style=[style(1)], style_weight=0.2),
        ask(style=[style(2)], style_weight=1.0, preference=TASTE, preference_interval=(0.0, 1.0)),
        ask(rule="none"),
    ]
    drawings = [drawing for wish in wishes for drawing in generator.prepare_encode(wish)]
    calls: list[int] = []
    generator._denoiser.unet.register_forward_pre_hook(lambda _, args: calls.append(len(args[0])))
    denoise_step(drawings)
    assert calls == [6, 2]  # who has no picture stays apart


def test_the_pictures_of_a_request_differ_by_seed_alone(tiny_sd: Path, adapter: Adapter) -> None:
    generator = load(tiny_sd, adapter("tiny_sd"))
    together = draw(generator, preference=TASTE, style=[style(1)], count=3)
    alone = [draw(generator, preference=TASTE, style=[style(1)], seed=11 + k)[0] for k in range(3)]
    assert [p.image.tobytes() for p in together] == [p.image.tobytes() for p in alone]


def test_it_goes_with_a_refiner(tiny_sdxl: Path, tiny_refiner: Path, adapter: Adapter) -> None:
    generator = load(tiny_sdxl, adapter("tiny_sdxl"), refiner=str(tiny_refiner))
    [styled] = draw(generator, preference=TASTE, style=[style(1)], steps=10)
    [plain] = draw(generator, preference=TASTE, steps=10)
    assert styled.refiner == str(tiny_refiner)
    assert apart(styled.image, plain.image) > 5


@pytest.mark.parametrize("kind", ["plain", "plus"])
def test_it_reads_in_the_numbers_of_the_model(
    tiny_sdxl: Path, adapter: Adapter, kind: Kind
) -> None:
    exact, rough = (
        draw(load(tiny_sdxl, adapter("tiny_sdxl", kind), dtype=dtype), style=[style(1)])[0]
        for dtype in ("fp32", "bf16")
    )
    difference = np.asarray(exact.image).astype(int) - np.asarray(rough.image).astype(int)
    assert abs(difference).mean() < 20
    [plain] = draw(load(tiny_sdxl, dtype="bf16"))
    assert apart(rough.image, plain.image) > 5


# -- recipes --------------------------------------------------------------------------------------


def test_a_recipe_asks_for_the_same_pictures_and_holds_none(
    tiny_sd: Path, adapter: Adapter
) -> None:
    generator = load(tiny_sd, adapter("tiny_sd"))
    images = [style(1), style(2)]
    request = ask(preference=TASTE, style=images, style_weight=0.6)
    [picture] = generator.generate(request)
    recipe = recipe_for(request, picture, generator)
    written = json.loads(recipe.to_json())["style"]
    assert written["images"] == [image.sha256 for image in images]
    assert (written["adapter"], written["weight"]) == (str(adapter("tiny_sd")), 0.6)
    hashes = (written["sha256"], written["encoder_sha256"], *written["images"])
    assert all(len(value) == 64 for value in hashes)
    assert recipe.to_settings()["ip_adapter"] == str(adapter("tiny_sd"))
    assert max(map(len, map(str, written.values()))) < 300  # no picture in it
    read = Recipe.from_json(recipe.to_json())
    [again] = generator.generate(read.to_request(images[::-1]))
    assert again.image.tobytes() == picture.image.tobytes()
    assert recipe_for(read.to_request(images), again, generator) == recipe


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "2 pictures that it does not hold: give the same files"),
        ([1], "expected SHA-256 .*…, got fewer"),
        ([1, 3], "expected SHA-256 .*…, got .*…"),
        ([1, 2, 3], "expected SHA-256 .*, .*…, got .*…"),
    ],
)
def test_other_pictures_than_the_recipes_are_refused(
    tiny_sd: Path, adapter: Adapter, given: list[int], said: str
) -> None:
    generator = load(tiny_sd, adapter("tiny_sd"))
    request = ask(style=[style(1), style(2)], steps=1)
    [picture] = generator.generate(request)
    recipe = recipe_for(request, picture, generator)
    with pytest.raises(BadInput, match=said) as error:
        recipe.to_request([style(seed) for seed in given])
    assert "\n" not in str(error.value)


def test_a_recipe_without_one_may_be_drawn_with_one(tiny_sd: Path, adapter: Adapter) -> None:
    generator = load(tiny_sd, adapter("tiny_sd"))
    [picture] = generator.generate(ask(steps=1))
    recipe = recipe_for(ask(steps=1), picture, generator)
    assert recipe.style is None
    assert recipe.to_settings()["ip_adapter"] == ""
    assert recipe.to_request([style(1)]).style == (style(1),)
    old = json.loads(recipe.to_json())
    del old["style"]
    assert Recipe.from_json(json.dumps(old)) == recipe


# -- pictures from anybody ------------------------------------------------------------------------


_BOMBS = {"bomb.png": 9_000, "large.png": 12_000, "huge.png": 20_000}
"""Their sides: too large for us, for Pillow worth a warning, and refused by it."""


def promise(side: int) -> bytes:
    """The beginning of a PNG that says how large it is going to be."""
    header = b"IHDR" + struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n\0\0\0\r" + header + struct.pack(">I", zlib.crc32(header))


def unusable(place: Path) -> dict[str, Path]:
    files = {name: place / name for name in ("words.png", "half.png", "anim.gif", *_BOMBS)}
    files["words.png"].write_text("no picture")
    files["half.png"].write_bytes(style(1).data[:60])
    painting(1).save(files["anim.gif"])
    for name, side in _BOMBS.items():
        files[name].write_bytes(promise(side) + style(1).data[33:])
    return files | {"folder": place, "missing": place / "nothing.png"}


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("words.png", "expected a picture"),
        ("half.png", "expected a picture"),
        *((name, "at most 64 megapixels") for name in _BOMBS),
        ("anim.gif", "expected a picture"),
        ("folder", "cannot be read"),
        ("missing", "no such file"),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(tmp_path: Path, which: str, said: str) -> None:
    file = unusable(tmp_path)[which]
    for name, shown in ((None, str(file)), ("mine.png", "mine.png")):
        with pytest.raises(BadInput, match=said) as error:
            StyleImage.read(file, name=name)
        assert str(error.value).startswith(f"{shown}: ")
        assert "\n" not in str(error.value)


def test_a_picture_is_read_in_rgb_and_named_by_its_file(tmp_path: Path) -> None:
    file = tmp_path / "a.webp"
    painting(1).convert("RGBA").save(file, lossless=True)
    image = StyleImage.read(file)
    assert image.opened().mode == "RGB"
    assert apart(image.opened(), painting(1)) == 0
    assert image != style(1)
    request = ask(style=[image])  # it may be drawn in another process
    assert pickle.loads(pickle.dumps(request)) == request  # noqa: S301 - written a moment ago
    assert GenerationRequest.model_validate_json(request.model_dump_json()) == request
    assert "RIFF" not in repr(ask(style=[image]))
    with pytest.raises(BadInput, match="style"):
        ask(style=[image] * 9)
    with pytest.raises(BadInput, match="style_weight"):
        ask(style=[image], style_weight=1.5)


# -- where an adapter lies ------------------------------------------------------------------------


def in_published_layout(root: Path, checkpoint: Path, file: str) -> Path:
    built = build_tiny_ip_adapter(root / Path(file).parent, checkpoint)
    return built.rename(root / file)


@pytest.mark.parametrize("asked", ["", "models", "models/ip-adapter_sd15.safetensors"])
@pytest.mark.parametrize("where", ["here", "hub"])
def test_a_file_is_found_by_the_published_names(
    tiny_sd: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, where: str
) -> None:
    root, name = tmp_path / "adapters", str(tmp_path / "adapters")
    if where == "hub":
        repository = tmp_path / "models--some--adapter"
        root, name = repository / "snapshots" / ("0" * 40), "some/adapter"
        (repository / "refs").mkdir(parents=True)
        (repository / "refs" / "main").write_text("0" * 40)
        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    in_published_layout(root, tiny_sd, "models/ip-adapter_sd15.safetensors")
    generator = load(tiny_sd, "/".join(filter(None, (name, asked))))
    [picture] = draw(generator, style=[style(1)], steps=1)
    assert picture.style is not None
    assert picture.style.adapter == "/".join(filter(None, (name, asked)))


@pytest.mark.parametrize("asked", ["sdxl_models/ip-adapter_sdxl.safetensors", "sdxl_models"])
def test_an_adapter_of_the_smaller_encoder_finds_it_in_models(
    tiny_sdxl: Path, tmp_path: Path, asked: str
) -> None:
    in_published_layout(tmp_path, tiny_sdxl, "sdxl_models/ip-adapter_sdxl.safetensors")
    (tmp_path / "models").mkdir()
    (tmp_path / "sdxl_models" / "image_encoder").rename(tmp_path / "models" / "image_encoder")
    build_image_encoder(tmp_path / "sdxl_models" / "image_encoder", projected=28)
    assert draw(load(tiny_sdxl, tmp_path / asked), style=[style(1)], steps=1)


def test_the_only_file_of_a_folder_is_meant(tiny_sd: Path, adapter: Adapter) -> None:
    assert draw(load(tiny_sd, adapter("tiny_sd").parent), style=[style(1)], steps=1)


# -- refusals -------------------------------------------------------------------------------------


def refusal(folder: Path, name: object) -> str:
    with pytest.raises(ModelUnavailable) as error:
        load(folder, name)
    message = str(error.value)
    assert "\n" not in message
    assert len(message) < 450
    return message


def test_an_adapter_for_another_model_is_refused(
    tiny_sd: Path, tiny_sdxl: Path, adapter: Adapter, tmp_path: Path
) -> None:
    for file, model in (("tiny_sd", tiny_sdxl), ("tiny_sdxl", tiny_sd)):
        for kind in ("plain", "plus"):
            assert "made for another model" in refusal(model, adapter(file, kind))
    short = shutil.copytree(adapter("tiny_sd").parent, tmp_path / "short") / "plain.safetensors"
    tensors = load_file(short)
    save_file({k: v for k, v in tensors.items() if "ip_adapter.3." not in k}, short)
    assert "made for another model" in refusal(tiny_sd, short)


def test_what_is_no_adapter_is_refused(tiny_sd: Path, adapter: Adapter, tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    save_file({"unet.conv_in.weight": torch.zeros(2, 2)}, file)
    assert "not those of an IP-Adapter" in refusal(tiny_sd, file)
    layers = {k: v for k, v in load_file(adapter("tiny_sd")).items() if "ip_adapter" in k}
    face = {"image_proj.proj.0.weight": torch.zeros(4, 2), "image_proj.norm.weight": torch.ones(4)}
    save_file(layers | face, file)
    assert "Face ID" in refusal(tiny_sd, file)
    save_file(layers | {"image_proj.proj.weight": torch.zeros(4)}, file)
    assert "Face ID" in refusal(tiny_sd, file)
    odd = {"image_proj.latents": torch.zeros(4), "image_proj.proj_in.weight": torch.zeros(4, 24)}
    save_file(layers | odd, file)
    build_image_encoder(tmp_path / "image_encoder")
    assert "made for another model" in refusal(tiny_sd, file)
    file.write_bytes(b"no tensors")
    assert "cannot be loaded" in refusal(tiny_sd, file)
    pickled = tmp_path / "ip-adapter_sd15.bin"
    pickled.write_bytes(b"whatever")
    assert "run code" in refusal(tiny_sd, pickled)
    assert "run code" in refusal(tiny_sd, "some/adapter/models/ip-adapter_sd15.bin")


@pytest.mark.parametrize("name", ["nothing.safetensors", "./no/such.safetensors", "no/such"])
def test_a_file_that_is_not_there_is_named(tiny_sd: Path, name: str) -> None:
    assert f"The IP-Adapter {name} is neither a file" in refusal(tiny_sd, name)


def test_a_missing_encoder_is_named(tiny_sd: Path, adapter: Adapter, tmp_path: Path) -> None:
    alone = Path(shutil.copy(adapter("tiny_sd"), tmp_path))
    assert "its image encoder is missing: expected image_encoder/config" in refusal(tiny_sd, alone)
    build_image_encoder(tmp_path / "image_encoder", projected=28)
    assert "image encoder of width 20" in refusal(tiny_sd, alone)
    build_image_encoder(tmp_path / "image_encoder")
    weights = tmp_path / "image_encoder" / "model.safetensors"
    tensors = load_file(weights)
    save_file({k: v for k, v in tensors.items() if "layers.1" not in k}, weights)
    assert "image encoder are incomplete" in refusal(tiny_sd, alone)
    weights.unlink()
    assert "its image encoder is missing" in refusal(tiny_sd, alone)
    (tmp_path / "image_encoder" / "config.json").write_text("no json")
    assert "cannot be loaded" in refusal(tiny_sd, alone)


def test_other_families_take_no_adapter_and_no_picture(
    tiny_builtin: Path, tiny_sd: Path, adapter: Adapter, tmp_path: Path
) -> None:
    flux = build_tiny_flux(tmp_path)
    for folder in (tiny_builtin, flux):
        message = refusal(folder, adapter("tiny_sd"))
        assert "works with Stable Diffusion 1.x and 2.x and SDXL" in message
    for folder in (tiny_builtin, flux, tiny_sd):
        generator = load_generator(str(folder), device="cpu")
        with pytest.raises(BadInput, match="without an IP-Adapter"):
            generator.generate(ask(style=[style(1)]))
    assert draw(load(tiny_sd), style=[style(1)], style_weight=0.0, steps=1)
