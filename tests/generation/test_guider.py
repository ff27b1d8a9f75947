"""The guider and its step in modular pipelines of five families: real, tiny, of random weights."""

import ast
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import ClassifierFreeGuidance, FluxPipeline, ModularPipeline
from diffusers.modular_pipelines import SequentialPipelineBlocks
from diffusers.modular_pipelines.modular_pipeline import BlockState
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor

from tests.tiny_families import TINY_FAMILIES
from viper.generation import guided_blocks, guider
from viper.generation.conditioning import Conditioning
from viper.generation.guidance import Guidance, Plan, combine, direction
from viper.generation.guided_blocks import with_preference
from viper.generation.guider import (
    PreferenceGuidance,
    preference_direction,
    preference_guidance,
)

STEPS = 3
WINDOW = 96
PROMPT, LIKED, DISLIKED = "a boat on the sea", "teal art deco", "red cat"


class Recorder(PreferenceGuidance):
    """Notes at each step what the model predicted, and what followed from it."""

    def __call__(self, data: list[BlockState]) -> Any:
        output = super().__call__(data)
        predicted = {getattr(d, self._identifier_key): d.noise_pred for d in data}
        self.__dict__.setdefault("steps", []).append((predicted, output.pred))
        return output


@pytest.fixture(scope="module")
def pipelines(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Any, Any]]:
    """A family's pipeline as diffusers makes it, and one of the same parts that we guide."""
    loaded: dict[str, tuple[Any, Any]] = {}
    folder = tmp_path_factory.mktemp("families")

    def load(family: str) -> tuple[Any, Any]:
        if family not in loaded:
            checkpoint = str(TINY_FAMILIES[family](folder))
            blocks = ModularPipeline.from_pretrained(checkpoint).blocks.get_workflow("text2image")
            plain = blocks.init_pipeline(checkpoint)
            plain.load_components(dtype=torch.float32)
            ours = with_preference(blocks).init_pipeline(checkpoint)
            parts = {k: v for k, v in plain.components.items() if k != "guider"}
            ours.update_components(**parts)
            for pipeline in (plain, ours):
                pipeline.set_progress_bar_config(disable=True)
            loaded[family] = plain, ours
        return loaded[family]

    return load


@pytest.fixture(params=list(TINY_FAMILIES))
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def draw(pipeline: Any, *, seed: int = 3, **options: Any) -> np.ndarray:
    asked = {"prompt": PROMPT, "generator": torch.Generator("cpu").manual_seed(seed)} | options
    # Less to pad. Qwen-Image pads nothing, and its template alone is longer, byte by byte.
    if type(pipeline).__name__ not in (
        "StableDiffusionXLModularPipeline",
        "QwenImageModularPipeline",
    ):
        asked["max_sequence_length"] = WINDOW
    images = pipeline(
        **asked,
        height=64,
        width=64,
        num_inference_steps=STEPS,
        output_type="np",
        output="images",
    )
    return np.asarray(images)


def drawn(pipeline: Any, numbers: dict[str, Any], **options: Any) -> tuple[np.ndarray, Recorder]:
    recorder = Recorder(**numbers)
    pipeline.update_components(guider=recorder)
    return draw(pipeline, **options), recorder


def passes(recorder: Recorder) -> list[int]:
    return [len(predicted) for predicted, _ in recorder.__dict__["steps"]]


# ------------------------------------------------------------------------------- plain guidance
@pytest.mark.parametrize("numbers", [{}, {"guidance_rescale": 0.7}, {"stop": 0.5}])
@pytest.mark.parametrize("family", [name for name in TINY_FAMILIES if name != "flux"])
def test_without_degrees_it_is_classifier_free_guidance_bit_for_bit(
    family: str, numbers: dict[str, float], pipelines: Any
) -> None:
    plain, ours = pipelines(family)
    plain.update_components(guider=ClassifierFreeGuidance(guidance_scale=3.0, **numbers))
    calls: list[int] = []
    model = plain.unet if family == "sdxl" else plain.transformer
    hook = model.register_forward_hook(lambda *_: calls.append(1))
    expected = draw(plain)
    hook.remove()
    zero = {"guidance_scale": 3.0, "liked_degree": 0.0, "disliked_degree": 0.0}
    picture, recorder = drawn(ours, zero | numbers, liked=LIKED, disliked=DISLIKED)
    assert (picture == expected).all()
    assert recorder.passes == sum(passes(recorder)) == len(calls)
    # Degrees with nothing to lean on are no degrees.
    assert (drawn(ours, {"guidance_scale": 3.0} | numbers)[0] == expected).all()


def test_flux_gets_the_guidance_that_only_its_classic_pipeline_has(pipelines: Any) -> None:
    plain, ours = pipelines("flux")
    classic = FluxPipeline(**{k: v for k, v in plain.components.items() if k != "image_processor"})
    classic.set_progress_bar_config(disable=True)
    expected = classic(
        PROMPT,
        negative_prompt="red",
        true_cfg_scale=3.0,
        height=64,
        width=64,
        num_inference_steps=STEPS,
        max_sequence_length=WINDOW,
        generator=torch.Generator("cpu").manual_seed(3),
        output_type="np",
    ).images
    picture, recorder = drawn(ours, {"guidance_scale": 3.0}, negative_prompt="red")
    assert (picture == expected).all()
    assert passes(recorder) == [2] * STEPS
    picture, recorder = drawn(ours, {"guidance_scale": 1.0})
    assert (picture == draw(plain)).all()
    assert passes(recorder) == [1] * STEPS


# -------------------------------------------------------------------------------- the preference
def test_a_preference_is_drawn_by_our_own_rule(family: str, pipelines: Any) -> None:
    _, ours = pipelines(family)
    numbers = {"guidance_scale": 3.0, "liked_degree": 0.9, "disliked_degree": 0.4}
    picture, recorder = drawn(ours, numbers, liked=LIKED, disliked=DISLIKED)
    assert passes(recorder) == [4] * STEPS
    for predicted, result in recorder.__dict__["steps"]:
        u, p, l, d = (  # noqa: E741
            predicted[f"pred_{name}"] for name in ("uncond", "cond", "liked", "disliked")
        )
        assert torch.equal(result, combine(u, p, direction(u, (l, d), (0.9, -0.4)), s=3.0))
    plain, _ = drawn(ours, numbers)
    assert np.abs(picture - plain).max() > 2 / 255


def test_with_the_prompt_both_texts_are_read_behind_it_and_compared_with_it(
    family: str, pipelines: Any
) -> None:
    _, ours = pipelines(family)
    numbers = {"guidance_scale": 3.0, "liked_degree": 0.9, "disliked_degree": 0.4}
    told = {"liked": LIKED, "disliked": DISLIKED}
    _, recorder = drawn(ours, numbers | {"with_prompt": True}, **told)
    for predicted, result in recorder.__dict__["steps"]:
        u, p, l, d = (  # noqa: E741
            predicted[f"pred_{name}"] for name in ("uncond", "cond", "liked", "disliked")
        )
        assert torch.equal(result, combine(u, p, direction(p, (l, d), (0.9, -0.4)), s=3.0))
    first = recorder.__dict__["steps"][0][0]
    for side, text in told.items():
        _, alone = drawn(ours, {"guidance_scale": 1.0}, prompt=f"{PROMPT}, {text}")
        assert torch.equal(first[f"pred_{side}"], alone.__dict__["steps"][0][0]["pred_cond"])


def test_liked_and_disliked_are_read_as_the_family_reads_a_prompt(
    family: str, pipelines: Any
) -> None:
    """With all that belongs to it: pooled vectors, masks, text ids."""
    _, ours = pipelines(family)
    _, recorder = drawn(ours, {"guidance_scale": 3.0}, liked=LIKED, disliked=DISLIKED)
    first = recorder.__dict__["steps"][0][0]
    for side, text in (("pred_liked", LIKED), ("pred_disliked", DISLIKED)):
        _, alone = drawn(ours, {"guidance_scale": 1.0}, prompt=text)
        assert torch.equal(first[side], alone.__dict__["steps"][0][0]["pred_cond"])


@pytest.mark.parametrize(
    ("numbers", "texts", "cost"),
    [
        ({}, {"liked": LIKED}, [3, 3, 3]),
        ({}, {"disliked": DISLIKED}, [3, 3, 3]),
        ({}, {"liked": LIKED, "disliked": ""}, [3, 3, 3]),
        ({"disliked_degree": 0.0}, {"liked": LIKED, "disliked": DISLIKED}, [3, 3, 3]),
        ({"enabled": False}, {"liked": LIKED, "disliked": DISLIKED}, [1, 1, 1]),
        ({"preference_start": 0.3}, {"liked": LIKED, "disliked": DISLIKED}, [2, 4, 4]),
        ({"preference_stop": 0.6}, {"liked": LIKED, "disliked": DISLIKED}, [4, 4, 2]),
        ({"preference_every": 2}, {"liked": LIKED, "disliked": DISLIKED}, [4, 2, 4]),
        # u cancels out of both differences where guidance itself does not need it.
        ({"guidance_scale": 1.0}, {"liked": LIKED, "disliked": DISLIKED}, [3, 3, 3]),
        ({"guidance_scale": 1.0}, {"liked": LIKED}, [3, 3, 3]),
        ({"guidance_scale": 1.0, "preference_every": 3}, {"liked": LIKED}, [3, 1, 1]),
        ({"guidance_scale": 1.0, "with_prompt": True}, {"liked": LIKED}, [2, 2, 2]),
    ],
)
def test_only_what_acts_is_asked_for(
    numbers: dict[str, Any], texts: dict[str, str], cost: list[int], pipelines: Any
) -> None:
    _, ours = pipelines("zimage")
    picture, recorder = drawn(ours, {"guidance_scale": 3.0} | numbers, **texts)
    assert passes(recorder) == cost
    assert recorder.passes == sum(cost)
    assert np.isfinite(picture).all()


@pytest.mark.parametrize("every", [1, 2])
@pytest.mark.parametrize("interval", [(0.0, 1.0), (0.3, 0.6), (0.2, 0.9)])
def test_interval_and_memory_are_those_of_our_own_loop(
    every: int, interval: tuple[float, float]
) -> None:
    torch_seed = torch.Generator("cpu").manual_seed(0)
    steps = 10
    u, p, l, d = (Conditioning(torch.zeros(1, 1, 1)) for _ in range(4))  # noqa: E741
    numbers = Guidance(scale=3.0, liked=0.9, disliked=0.4, interval=interval, every=every)
    plan = Plan(always=(u, p), preference=(l, d), weights=(0.9, -0.4), guidance=numbers)
    steering = plan.steering()
    guide = PreferenceGuidance(
        guidance_scale=3.0,
        liked_degree=0.9,
        disliked_degree=0.4,
        preference_start=interval[0],
        preference_stop=interval[1],
        preference_every=every,
    )
    guide.set_preference(liked={}, disliked={})
    for step in range(steps):
        guide.set_state(step, steps, torch.tensor(step))
        asked = steering.conditions(step / steps)
        predictions = {
            name: torch.randn(1, 2, 4, generator=torch_seed) for name in guide.active_predictions()
        }
        assert len(predictions) == len(asked)
        order = ("pred_uncond", "pred_cond", "pred_liked", "pred_disliked")
        expected = steering.combine(tuple(predictions[n] for n in order if n in predictions))
        assert torch.equal(guide.forward(**predictions).pred, expected)


def test_a_run_leaves_nothing_for_the_next(family: str, pipelines: Any) -> None:
    _, ours = pipelines(family)
    numbers = {"guidance_scale": 3.0, "preference_every": 9, "preference_stop": 0.5, "stop": 0.9}
    plain, _ = drawn(ours, numbers)
    before, recorder = drawn(ours, numbers, liked=LIKED, disliked=DISLIKED)
    assert (draw(ours) == plain).all()
    assert (draw(ours, liked=LIKED, disliked=DISLIKED) == before).all()
    assert not (before == plain).all()
    assert passes(recorder) == [4, 2, 1, 2, 2, 1, 4, 2, 1]


def test_several_prompts_with_a_preference_each(family: str, pipelines: Any) -> None:
    _, ours = pipelines(family)
    likes = [LIKED, "gold"]
    prompts = [PROMPT, "a cat"]
    ours.update_components(guider=PreferenceGuidance(guidance_scale=3.0))

    def asked(ks: list[int]) -> np.ndarray:
        return draw(
            ours,
            prompt=[prompts[k] for k in ks],
            negative_prompt=[""] * len(ks),
            liked=[likes[k] for k in ks],
            disliked=DISLIKED,
            generator=[torch.Generator("cpu").manual_seed(k) for k in ks],
        )

    together = asked([0, 1])
    for k in range(2):
        assert np.abs(together[k] - asked([k])[0]).max() < 2e-3


def test_one_preference_for_several_pictures_of_a_prompt(family: str, pipelines: Any) -> None:
    _, ours = pipelines(family)
    ours.update_components(guider=PreferenceGuidance(guidance_scale=3.0))
    pictures = draw(ours, liked=LIKED, disliked=DISLIKED, num_images_per_prompt=2)
    assert pictures.shape == (2, 64, 64, 3)
    assert not np.allclose(pictures[0], pictures[1])


# -------------------------------------------------------------------------------------- the rule
numbers = st.floats(-5, 5, width=32)
degrees = st.floats(0, 1)


@given(st.tuples(numbers, numbers, numbers, numbers), degrees, degrees, st.floats(1, 9), numbers)
def test_coefficients_sum_to_one(
    values: tuple[float, ...], a: float, b: float, s: float, constant: float
) -> None:
    """So that what all predictions have in common, the result has as well."""

    def rule(*predictions: float) -> Tensor:
        u, p, l, d = (torch.tensor(x, dtype=torch.float64) for x in predictions)  # noqa: E741
        return preference_guidance(p, u, preference_direction(u, l, d, a=a, b=b), s=s)

    moved = rule(*(value + constant for value in values))
    assert torch.isclose(moved, rule(*values) + constant, atol=1e-9)


@given(st.tuples(numbers, numbers, numbers, numbers), degrees)
def test_equal_degrees_need_no_negative_prompt_at_scale_one(
    values: tuple[float, ...], a: float
) -> None:
    u, p, l, d = (torch.tensor(x, dtype=torch.float64) for x in values)  # noqa: E741
    asked = preference_guidance(p, u, preference_direction(u, l, d, a=a, b=a), s=1.0)
    spared = preference_guidance(p, None, preference_direction(None, l, d, a=a, b=a), s=1.0)
    assert torch.isclose(asked, spared, atol=1e-9)


# ----------------------------------------------------------------------------------- as a guider
def test_its_numbers_are_saved_and_read(tmp_path: Path) -> None:
    guide = PreferenceGuidance(guidance_scale=4.0, liked_degree=0.3, preference_every=2)
    guide.save_pretrained(tmp_path)
    read = PreferenceGuidance.from_pretrained(tmp_path)
    assert {k: v for k, v in read.config.items() if k[0] != "_"} == {
        k: v for k, v in guide.config.items() if k[0] != "_"
    }
    assert guide.new(liked_degree=0.5).liked_degree == 0.5
    assert "passes: 0" in repr(guide)


@pytest.mark.parametrize(
    "numbers",
    [
        {"guidance_scale": 0.5},
        {"liked_degree": 1.2},
        {"disliked_degree": -0.1},
        {"preference_start": 0.6, "preference_stop": 0.5},
        {"preference_every": 0},
        {"guidance_rescale": 2.0},
    ],
)
def test_numbers_out_of_range_are_refused_by_name(numbers: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=list(numbers)[-1]):
        PreferenceGuidance(**numbers)


def test_what_cannot_be_guided_is_refused_in_a_sentence(pipelines: Any) -> None:
    _, ours = pipelines("sd3")
    ours.update_components(guider=ClassifierFreeGuidance())
    with pytest.raises(ValueError, match="expected PreferenceGuidance"):
        draw(ours, liked=LIKED)
    with pytest.raises(ValueError, match="expected a step text_encoder"):
        with_preference(SequentialPipelineBlocks())
    ours.update_components(guider=PreferenceGuidance())
    with pytest.raises(ValueError, match="give one text for all"):
        draw(ours, liked=[LIKED, "gold", "red"])
    guide = PreferenceGuidance()
    guide.set_preference(liked={"prompt_embeds": torch.zeros(1, 2)})
    with pytest.raises(ValueError, match="hold no text"):
        guide.prepare_inputs({"sound": (torch.zeros(1), torch.zeros(1))})


def test_others_can_use_it_without_the_rest_of_viper() -> None:
    allowed = {"torch", "diffusers", "viper.generation.guider"}
    allowed |= {"math", "collections", "contextlib", "copy", "typing"}
    for module in (guider, guided_blocks):
        assert module.__file__
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name in allowed or name.split(".")[0] in allowed


def test_the_example_draws_with_any_family(family: str, tmp_path: Path, capsys: Any) -> None:
    example = runpy.run_path("examples/preference_guidance.py")["main"]
    model = str(TINY_FAMILIES[family](tmp_path / "model"))
    asked = [model, PROMPT, "--liked", LIKED, "--disliked", DISLIKED, "--scale", "3"]
    assert example([*asked, "--steps", "2", "--size", "64", "--out", str(tmp_path)]) == 0
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["4", "8"]
    pictures = [Image.open(tmp_path / f"{name}.png") for name in ("plain", "preferred")]
    assert [picture.size for picture in pictures] == [(64, 64)] * 2
    assert pictures[0].tobytes() != pictures[1].tobytes()
