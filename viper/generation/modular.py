"""The `Generator` of SD3, Flux, Qwen-Image and Z-Image: a modular pipeline under our guider.

The pipeline's steps are run one by one, with one more at the end of the denoising loop, so that
progress is told and cancelling acts between steps and before decoding.
"""

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Self

import torch
from diffusers import ModularPipeline
from diffusers.modular_pipelines.modular_pipeline import (
    LoopSequentialPipelineBlocks,
    ModularPipelineBlocks,
    PipelineState,
)
from diffusers.modular_pipelines.modular_pipeline_utils import InputParam
from PIL.Image import Image
from torch import Tensor

from viper.errors import BadInput, Cancelled
from viper.generation import GenerationRequest, GuidanceDefaults, Picture, Progress
from viper.generation.checkpoint import Checkpoint, Family
from viper.generation.conditioning import cut_words, side_text
from viper.generation.diffusion import out_of_memory, too_large
from viper.generation.guidance import Guidance, guidance_for
from viper.generation.guided_blocks import with_preference
from viper.generation.guider import PreferenceGuidance
from viper.generation.rules import check_rule
from viper.generation.style import no_adapter
from viper.preference import Side

logger = logging.getLogger(__name__)

PICTURES_AT_ONCE = 4
"""On an accelerator, at most; memory running out halves it."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """The text encoder that reads the longest."""

    tokenizer: str
    window: int
    """Tokens, of which a template takes `template`."""
    template: int = 0


_READERS: Mapping[Family, tuple[_Reader, ...]] = {
    "sd3": (_Reader("tokenizer_3", 256), _Reader("tokenizer", 77)),
    "flux": (_Reader("tokenizer_2", 512),),
    "qwenimage": (_Reader("tokenizer", 1024, template=8),),
    "zimage": (_Reader("tokenizer", 512, template=16),),
}
_FAMILY_DEFAULTS: Mapping[Family, Mapping[str, Any]] = {
    "sd3": {"guidance_scale": 4.5, "steps": 28},
    # Guidance is distilled into both; the preference acts beside it.
    "flux": {"guidance_scale": 1.0, "steps": 28},
    "zimage": {"guidance_scale": 1.0, "steps": 9},
    "qwenimage": {"guidance_scale": 4.0, "steps": 50},
}
_LOOPS = "diffusers.modular_pipelines.modular_pipeline"
"""The logger of whoever runs a loop's parts."""
_Watch = Callable[[int, int], None]
"""(steps that are done, steps), called after each."""


class ModularGenerator:
    """Draws with a modular pipeline; may be shared between threads, which then take turns."""

    def __init__(
        self,
        pipeline: Any,
        blocks: Any,
        *,
        checkpoint: Checkpoint,
        defaults: GuidanceDefaults,
        pictures_at_once: int | None = None,
    ) -> None:
        """Takes a loaded pipeline.

        Args:
            pipeline: It holds the parts.
            blocks: Its steps from text to image, with a preference; they are run here.
            checkpoint: Where the parts come from.
            defaults: Used where a request says None.
            pictures_at_once: At most so many share a call; None is what suits the device.
        """
        self._pipeline = pipeline
        self._blocks = _watched(blocks)
        self._checkpoint = checkpoint
        self._defaults = defaults
        on_cpu = pipeline.transformer.device.type == "cpu"
        self._pictures_at_once = pictures_at_once or (1 if on_cpu else PICTURES_AT_ONCE)
        self._reader = next(
            reader
            for reader in _READERS[checkpoint.family]
            if getattr(pipeline, reader.tokenizer) is not None
        )
        self._turn = Lock()

    @property
    def model_id(self) -> str:
        """What `load_generator` was asked for."""
        return self._checkpoint.name

    @property
    def weight_hashes(self) -> Mapping[str, str]:
        """SHA-256 of each weights file, by its path in the checkpoint."""
        return self._checkpoint.weight_hashes()

    @property
    def defaults(self) -> GuidanceDefaults:
        """Used where a request says None."""
        return self._defaults

    def fits(self, text: str) -> bool:
        """Whether the text encoder with the longest window reads all of a text."""
        tokens = getattr(self._pipeline, self._reader.tokenizer)(text, verbose=False).input_ids
        return len(tokens) + self._reader.template <= self._reader.window

    def for_owner(self, owner: str) -> Self:
        """The same: whoever asks is served in turn."""
        return self

    def generate(
        self,
        request: GenerationRequest,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Picture]:
        """See `viper.generation.Generator.generate`."""
        request = request.as_drawn()
        if request.is_styled:
            raise no_adapter(self.model_id)
        if request.rule not in ("guidance", "none") and any(request.active_degrees()):
            raise BadInput(
                f"The rule {request.rule} is not defined for the model {self.model_id}: choose "
                "guidance, fusion or none."
            )
        size = self._size(request)
        guidance = guidance_for(request, self._defaults)
        check_rule(request, guidance)
        return self._pictures(request, size, guidance, on_progress, cancelled)

    def _pictures(
        self,
        request: GenerationRequest,
        size: tuple[int, int],
        guidance: Guidance,
        on_progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool],
    ) -> Iterator[Picture]:
        texts, dropped = self._texts(request, guidance)
        waiting = tuple(range(request.count))
        chunk = self._pictures_at_once
        while waiting:
            indexes = waiting[:chunk]

            def watch(step: int, steps: int, indexes: tuple[int, ...] = indexes) -> None:
                if on_progress is not None and step:
                    on_progress(Progress(step, steps, pictures=indexes, preview=None))
                if cancelled():
                    raise Cancelled("Drawing was cancelled.")

            asked: dict[str, Any] = {
                **texts,
                "width": size[0],
                "height": size[1],
                "num_inference_steps": request.steps or self._defaults.steps,
                "num_images_per_prompt": len(indexes),
                "generator": [
                    torch.Generator("cpu").manual_seed(request.seed + k) for k in indexes
                ],
            }
            try:
                images, passes = self._draw(asked, guidance, watch)
            except RuntimeError as error:
                if not out_of_memory(error):
                    raise
                if len(indexes) == 1:
                    raise too_large(size) from error
                chunk = len(indexes) // 2
                logger.info("Memory ran out with %d pictures at once.", len(indexes))
                continue
            waiting = waiting[len(indexes) :]
            for index, image in zip(indexes, images, strict=True):
                yield Picture(
                    image=image,
                    index=index,
                    seed=request.seed + index,
                    passes=passes,
                    steps=asked["num_inference_steps"],
                    guidance_scale=guidance.scale,
                    preference_interval=guidance.interval,
                    preference_every=guidance.every,
                    preference_context=guidance.context,
                    disliked_weight=guidance.disliked_weight,
                    rescale=guidance.rescale,
                    scheduler=type(self._pipeline.scheduler).__name__,
                    dropped_attributes=dropped,
                    dropped_prompt=cut_words(request.prompt, self.fits),
                    dropped_negative_prompt=cut_words(request.negative_prompt, self.fits),
                )

    def _draw(
        self, asked: Mapping[str, Any], guidance: Guidance, watch: _Watch
    ) -> tuple[list[Image], int]:
        """Pictures, and how many evaluations each of them cost."""
        state = PipelineState()
        given = {**asked, "watch": watch}
        for parameter in self._blocks.inputs:
            if parameter.name is not None:
                value = given.get(parameter.name, parameter.default)
                state.set(parameter.name, value, parameter.kwargs_type)
        with self._turn, torch.no_grad():
            # Adding it once more changes nothing.
            logging.getLogger(_LOOPS).addFilter(_not_cancelled)
            guider = _guider(guidance)
            self._pipeline.update_components(guider=guider)
            watch(0, 0)
            for block in self._blocks.sub_blocks.values():
                _, state = block(self._pipeline, state)
            return list(state.get("images")), guider.passes

    def _size(self, request: GenerationRequest) -> tuple[int, int]:
        width = request.width or self._defaults.size[0]
        height = request.height or self._defaults.size[1]
        # Transformers take the latents in squares of two.
        factor = 2 * self._pipeline.vae_scale_factor
        if width % factor or height % factor:
            raise BadInput(
                f"The model {self.model_id} draws sizes that are multiples of {factor}, "
                f"got {width}x{height}."
            )
        return width, height

    def _texts(
        self, request: GenerationRequest, guidance: Guidance
    ) -> tuple[dict[str, str], tuple[str, ...]]:
        """The pipeline's text inputs, and the attributes that did not fit."""
        texts = {"prompt": request.prompt, "negative_prompt": request.negative_prompt}
        dropped: list[str] = []
        sides: tuple[tuple[Side, float], ...] = (
            ("liked", guidance.liked),
            ("disliked", guidance.disliked),
        )
        lead = f"{request.prompt}, " if guidance.context == "prompt" else ""
        for side, degree in sides:
            if request.preference is not None and degree:
                attributes = request.preference.active(side)
                text, left_out = side_text(attributes, lambda t: self.fits(lead + t))
                texts[side] = text
                dropped.extend(left_out)
        return texts, tuple(dropped)


class WatchStep(ModularPipelineBlocks):
    """The last part of a denoising loop: tells that a step is done."""

    @property
    def inputs(self) -> list[InputParam]:
        """Whom to tell, and how many steps there are."""
        return [InputParam("watch", required=True), InputParam("timesteps", required=True)]

    def __call__(self, components: Any, block_state: Any, i: int, t: Tensor) -> tuple[Any, Any]:
        """After a step."""
        block_state.watch(i + 1, len(block_state.timesteps))
        return components, block_state


def load_modular(
    checkpoint: Checkpoint,
    *,
    device: torch.device,
    dtype: torch.dtype,
    pictures_at_once: int | None = None,
) -> ModularGenerator:
    """Loads a checkpoint whose family is drawn by a modular pipeline.

    Raises:
        ValueError: A part of it is missing or broken.
    """
    folder = str(checkpoint.folder)
    plain = ModularPipeline.from_pretrained(folder)  # type: ignore[no-untyped-call]
    blocks = with_preference(plain.blocks.get_workflow("text2image"))
    pipeline: Any = blocks.init_pipeline(folder)
    # Of a broken part diffusers would only warn, and go on without it.
    named = {
        name
        for name in pipeline.pretrained_component_names
        if checkpoint.index.get(name, (None, None))[0] is not None
    }
    required = {"transformer", "vae", "scheduler", _READERS[checkpoint.family][-1].tokenizer}
    if missing := sorted(required - named):
        raise ValueError(f"it names no {missing[0]}.")
    parts = {}
    for name in sorted(named):
        variant = checkpoint.variant(name, half=dtype == torch.float16)
        options = {"variant": variant} if variant else {}
        parts[name] = pipeline.get_component_spec(name).load(dtype=dtype, **options)
    pipeline.update_components(**parts)
    pipeline.to(device)
    return ModularGenerator(
        pipeline,
        blocks,
        checkpoint=checkpoint,
        defaults=_defaults(checkpoint, pipeline),
        pictures_at_once=pictures_at_once,
    )


def _defaults(checkpoint: Checkpoint, pipeline: Any) -> GuidanceDefaults:
    values = dict(_FAMILY_DEFAULTS[checkpoint.family])
    if checkpoint.family == "flux" and not pipeline.transformer.config.guidance_embeds:
        values["steps"] = 4  # Schnell is distilled further.
    size = (pipeline.default_width, pipeline.default_height)
    return checkpoint.defaults({"size": size, **values})


def _guider(guidance: Guidance) -> PreferenceGuidance:
    guider: PreferenceGuidance = PreferenceGuidance(
        guidance_scale=max(1.0, guidance.scale),
        liked_degree=guidance.liked,
        disliked_degree=guidance.disliked,
        preference_start=guidance.interval[0],
        preference_stop=guidance.interval[1],
        preference_every=guidance.every,
        with_prompt=guidance.context == "prompt",
        guidance_rescale=guidance.rescale,
    )
    return guider


def _not_cancelled(_record: logging.LogRecord) -> bool:
    """False for the report of a person's own cancelling, which diffusers takes for a fault."""
    return not isinstance(sys.exception(), Cancelled)


def _watched(blocks: Any) -> Any:
    for block in blocks.sub_blocks.values():
        if isinstance(block, LoopSequentialPipelineBlocks):
            block.sub_blocks["watch"] = WatchStep()  # type: ignore[no-untyped-call]
            block.set_progress_bar_config(disable=True)  # type: ignore[no-untyped-call]
    return blocks
