"""Modular pipelines that take a preference: SDXL, SD3, Flux, Qwen-Image, Z-Image; see `guider`.

preference    PreferenceStep: liked, disliked ──the pipeline's own text encoder──► the guider
text_encoder  as it was
...           as they were; a denoiser that has no guider of its own is asked by GuidedDenoiser
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import torch
from diffusers.configuration_utils import FrozenDict
from diffusers.modular_pipelines.modular_pipeline import (
    LoopSequentialPipelineBlocks,
    ModularPipelineBlocks,
    PipelineState,
    SequentialPipelineBlocks,
)
from diffusers.modular_pipelines.modular_pipeline_utils import ComponentSpec, InputParam
from torch import Tensor

from viper.generation.guider import TEXT_FIELDS, Encoded, PreferenceGuidance

Text = str | list[str] | None
"""One text for all prompts, or one for each."""
Block = Any
"""A `ModularPipelineBlocks`; the base class has no `__call__`, its subclasses differ in theirs."""

_PROMPT_INPUTS = ("prompt", "negative_prompt")


class PreferenceStep(ModularPipelineBlocks):
    """Has the pipeline's own text encoder read `liked` and `disliked`, and tells the guider.

    It is a pipeline's first step, as the others ask the guider whether it needs a negative prompt.
    For a pipeline that encodes none it encodes `negative_prompt` as well.
    """

    model_name = None

    def __init__(self, text_encoder: Block, guider: ComponentSpec) -> None:
        """Takes the pipeline's text encoder step, and how to make the guider."""
        self._text_encoder = text_encoder
        self._guider = guider
        super().__init__()  # type: ignore[no-untyped-call]

    @property
    def description(self) -> str:
        """What it is for."""
        return "Encodes what is liked and disliked, for `PreferenceGuidance` to lean on."

    @property
    def expected_components(self) -> list[ComponentSpec]:
        """The guider before all: of specifications of one name a pipeline takes the first."""
        parts = self._text_encoder.expected_components
        return [self._guider, *(part for part in parts if part.name != "guider")]

    @property
    def inputs(self) -> list[InputParam]:
        """The texts, and how the text encoder step is to read them."""
        texts = {"liked": "What to lean towards.", "disliked": "What to lean away from."}
        if not self._has_negative():
            texts["negative_prompt"] = "What the picture should not show; empty by default."
        described = [InputParam(name, type_hint=Text, description=texts[name]) for name in texts]
        return [*described, *self._reading()]

    @torch.no_grad()
    def __call__(self, components: Any, state: PipelineState) -> tuple[Any, PipelineState]:
        """Encodes the texts that the guider will ask about."""
        guider = components.guider
        if not isinstance(guider, PreferenceGuidance):
            raise ValueError(
                f"The pipeline's guider is a {type(guider).__name__}: expected PreferenceGuidance, "
                "given with update_components(guider=...)."
            )
        with _disabled(guider) as enabled:
            degrees = {"liked": guider.liked_degree, "disliked": guider.disliked_degree}
            sides = {
                side: self._encoded(_behind(state, guider, state.get(side)), components, state)
                for side, degree in degrees.items()
                if enabled and degree and state.get(side)
            }
        guider.set_preference(**sides)
        if not self._has_negative() and guider.asks_for_negative:
            negative = self._encoded(state.get("negative_prompt") or "", components, state)
            guider.set_preference(**sides, negative=negative)
        return components, state

    def _has_negative(self) -> bool:
        return "negative_prompt" in self._text_encoder.input_names

    def _reading(self) -> list[InputParam]:
        """Inputs of the text encoder step that are no texts, such as `max_sequence_length`."""
        return [p for p in self._text_encoder.inputs if not p.name.startswith(_PROMPT_INPUTS)]

    def _encoded(self, text: Any, components: Any, state: PipelineState) -> Encoded:
        values = {param.name: state.get(param.name) for param in self._reading()}
        # Some steps write into the list that they are given.
        aside = PipelineState(values={**values, "prompt": deepcopy(text)})
        _, aside = self._text_encoder(components, aside)
        return {name: aside.get(name) for name in TEXT_FIELDS.values()}


def _behind(state: PipelineState, guider: PreferenceGuidance, text: Any) -> Any:
    """The text as it is read: behind the prompt, each behind its own, or alone."""
    prompt = state.get("prompt")
    if not guider.with_prompt or not prompt:
        return text
    if isinstance(prompt, str) and isinstance(text, str):
        return f"{prompt}, {text}"
    prompts = [prompt] if isinstance(prompt, str) else list(prompt)
    texts = [text] * len(prompts) if isinstance(text, str) else list(text)
    prompts = prompts * len(texts) if len(prompts) == 1 else prompts
    return [f"{p}, {t}" for p, t in zip(prompts, texts, strict=True)]


class GuidedDenoiser(ModularPipelineBlocks):
    """Brings a guider to a denoiser of a loop that has none, such as Flux's.

    The denoiser is asked once for each of the guider's batches, with another text each time.
    """

    def __init__(self, denoiser: Block, guider: ComponentSpec) -> None:
        """Takes the loop's denoiser, and how to make the guider."""
        self._denoiser = denoiser
        self._guider = guider
        super().__init__()  # type: ignore[no-untyped-call]
        self.model_name = denoiser.model_name

    @property
    def description(self) -> str:
        """What it is for."""
        return f"Guides {type(self._denoiser).__name__}."

    @property
    def expected_components(self) -> list[ComponentSpec]:
        """The guider, and the denoiser's."""
        return [self._guider, *self._denoiser.expected_components]

    @property
    def inputs(self) -> list[InputParam]:
        """The denoiser's, and how many steps there are."""
        return [InputParam("num_inference_steps", required=True), *self._denoiser.inputs]

    @property
    def intermediate_outputs(self) -> list[Any]:
        """The denoiser's."""
        return list(self._denoiser.intermediate_outputs)

    @torch.no_grad()
    def __call__(self, components: Any, block_state: Any, i: int, t: Tensor) -> tuple[Any, Any]:
        """One step."""
        guider = components.guider
        given = block_state.as_dict()
        texts = {name: (given[name], None) for name in TEXT_FIELDS if given.get(name) is not None}
        guider.set_state(step=i, num_inference_steps=block_state.num_inference_steps, timestep=t)
        batches = guider.prepare_inputs(texts)
        for batch in batches:
            guider.prepare_models(components.transformer)
            asked = type(block_state)(**{**given, **{name: batch[name] for name in texts}})
            _, answered = self._denoiser(components, asked, i=i, t=t)
            batch.noise_pred = answered.noise_pred
            guider.cleanup_models(components.transformer)
        block_state.noise_pred = guider(batches).pred
        return components, block_state


def with_preference(blocks: SequentialPipelineBlocks) -> SequentialPipelineBlocks:
    """A copy of a pipeline's blocks that takes `liked` and `disliked`, guided by a preference.

    Its guider has the scale that is usual for the family, or 1 for one that is used without
    guidance; change it with `update_components(guider=PreferenceGuidance(...))`.

    Raises:
        ValueError: The blocks are of a kind that cannot be guided: they have no step
            `text_encoder` from a `prompt` to `prompt_embeds`, or no loop with a denoiser.
    """
    blocks = deepcopy(blocks)
    steps: Any = blocks.sub_blocks
    encoder = steps.get("text_encoder")
    outputs = encoder.intermediate_output_names if encoder is not None else ()
    if encoder is None or "prompt" not in encoder.input_names or "prompt_embeds" not in outputs:
        raise ValueError(
            f"{type(blocks).__name__} cannot be guided by a preference: expected a step "
            "text_encoder that makes prompt_embeds of a prompt."
        )
    guider = _guider_spec(blocks)
    if not any(part.name == "guider" for part in blocks.expected_components):
        _guide_denoisers(blocks, guider)
    if not any(part.name == "guider" for part in blocks.expected_components):
        raise ValueError(
            f"{type(blocks).__name__} cannot be guided by a preference: expected a loop with a "
            "step denoiser."
        )
    steps.insert("preference", PreferenceStep(encoder, guider), 0)
    return blocks


def _guider_spec(blocks: Block) -> ComponentSpec:
    """The guider in place of the family's own, with its scale."""
    own = [part.config for part in blocks.expected_components if part.name == "guider"]
    guided = [config for config in own if config and config.get("enabled", True)]
    scale = guided[0].get("guidance_scale", 1.0) if guided else 1.0
    return ComponentSpec(
        "guider",
        PreferenceGuidance,
        config=FrozenDict(guidance_scale=scale),  # type: ignore[no-untyped-call]
        default_creation_method="from_config",
    )


def _guide_denoisers(block: Block, guider: ComponentSpec) -> None:
    for name, part in list(block.sub_blocks.items()):
        if name == "denoiser" and isinstance(block, LoopSequentialPipelineBlocks):
            block.sub_blocks[name] = GuidedDenoiser(part, guider)
        else:
            _guide_denoisers(part, guider)


@contextmanager
def _disabled(guider: Any) -> Iterator[bool]:
    """Keeps text encoder steps from encoding a negative prompt besides; yields what it was."""
    enabled = bool(guider.get_state()["enabled"])
    guider.disable()
    try:
        yield enabled
    finally:
        if enabled:
            guider.enable()
