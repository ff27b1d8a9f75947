"""The `Generator` of Stable Diffusion 1.x and 2.x, SDXL and the built-in model alike."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Self

import torch

from viper.errors import BadInput, Cancelled, ModelUnavailable
from viper.generation import (
    AppliedLora,
    GenerationRequest,
    GuidanceDefaults,
    Picture,
    Progress,
)
from viper.generation.conditioning import CachedConditioner, TextConditioner
from viper.generation.denoising import Denoiser, Drawing, Job, begin, decode, denoise, progress_of
from viper.generation.guidance import Guidance, guidance_for
from viper.generation.ip_adapter import IPAdapter
from viper.generation.refiner import Refiner
from viper.generation.rules import check_rule, plan_for
from viper.generation.style import no_adapter
from viper.generation.texts import texts_of

logger = logging.getLogger(__name__)

POSITIONS_AT_ONCE = 16 * 128 * 128
"""Latent positions of all passes of all pictures in one call on an accelerator: four pictures of
1024 px with four passes each. Memory running out halves the pictures, so this may be generous."""


class DiffusionGenerator:
    """Draws with the parts of one checkpoint; may be shared between threads."""

    def __init__(  # noqa: PLR0913 (all that makes its pictures)
        self,
        denoiser: Denoiser,
        conditioner: TextConditioner,
        *,
        model_id: str,
        defaults: GuidanceDefaults,
        weight_hashes: Callable[[], Mapping[str, str]],
        pictures_at_once: int | None = None,
        refiner: Refiner | None = None,
        loras: Sequence[AppliedLora] = (),
        ip_adapter: IPAdapter | None = None,
    ) -> None:
        """Takes the parts as `viper.generation.models` loads them.

        Args:
            denoiser: Denoiser, autoencoder and scheduler.
            conditioner: The text encoder.
            model_id: What the checkpoint is called in recipes.
            defaults: Used where a request says None.
            weight_hashes: Called when the hashes are asked for: they cost reading every file.
            pictures_at_once: At most so many share a call; None is what suits the device.
            refiner: Denoises the end of the trajectory.
            loras: What was added to the weights.
            ip_adapter: Lets the denoiser read style pictures.
        """
        self._denoiser = denoiser
        self._conditioner = CachedConditioner(conditioner)
        self._model_id = model_id
        self._defaults = defaults
        self._weight_hashes = weight_hashes
        self._pictures_at_once = pictures_at_once
        self._refiner = refiner
        self._loras = tuple(loras)
        self._ip_adapter = ip_adapter

    @property
    def model_id(self) -> str:
        """What `load_generator` was asked for."""
        return self._model_id

    @property
    def weight_hashes(self) -> Mapping[str, str]:
        """SHA-256 of each weights file, by its path in the checkpoint."""
        return self._weight_hashes()

    @property
    def defaults(self) -> GuidanceDefaults:
        """Used where a request says None."""
        return self._defaults

    def fits(self, text: str) -> bool:
        """Whether the text encoder reads all of a text."""
        return self._conditioner.fits(text)

    def for_owner(self, owner: str) -> Self:
        """The same: whoever asks is served in their own thread."""
        return self

    def generate(
        self,
        request: GenerationRequest,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Picture]:
        """See `viper.generation.Generator.generate`."""
        self.check(request)
        return self._pictures(request, on_progress, cancelled)

    def check(self, request: GenerationRequest) -> None:
        """Refuses what this model cannot draw, at no cost.

        Raises:
            BadInput: The size, the rule or a style picture does not suit it.
        """
        request = request.as_drawn()
        if request.is_styled and self._ip_adapter is None:
            raise no_adapter(self._model_id)
        self._size(request)
        check_rule(request, self._guidance(request))

    def prepare_encode(self, request: GenerationRequest) -> Iterator[Drawing]:
        """The request's pictures before their first step, in order; each is made when asked for."""
        request = request.as_drawn()
        guidance = self._guidance(request)
        texts = texts_of(request, self._conditioner, guidance)
        guidance = replace(
            guidance,
            liked=guidance.liked if texts.liked else 0.0,
            disliked=guidance.disliked if texts.disliked else 0.0,
        )
        refiner = self._refiner
        plan = plan_for(request, texts.encoded(self._conditioner), guidance)
        style = None
        if request.is_styled and self._ip_adapter is not None:
            plan = self._ip_adapter.styled(plan, request.style, request.style_weight)
            style = self._ip_adapter.applied(request.style, request.style_weight)
        job = Job(
            plan=plan,
            refining=refiner.refining(request, texts, guidance) if refiner else None,
            size=self._size(request),
            steps=request.steps or self._defaults.steps,
            dropped_attributes=texts.dropped_attributes,
            dropped_prompt=texts.dropped_prompt,
            dropped_negative_prompt=texts.dropped_negative_prompt,
            tokens=texts.tokens,
            style=style,
        )
        for index in range(request.count):
            yield begin(self._denoiser, job, index=index, seed=request.seed + index)

    def post_decode(self, drawing: Drawing) -> Picture:
        """The picture of a drawing whose steps are done.

        Raises:
            ModelUnavailable: It does not fit into the device's memory.
        """
        job = drawing.job
        try:
            image = decode(drawing.denoiser, drawing.latents)
        except RuntimeError as error:
            if out_of_memory(error):
                raise too_large(job.size) from error
            raise
        return Picture(
            image=image,
            index=drawing.index,
            seed=drawing.seed,
            passes=drawing.passes,
            steps=job.steps,
            guidance_scale=job.plan.guidance.scale,
            preference_interval=job.plan.guidance.interval,
            preference_every=job.plan.guidance.every,
            preference_context=job.plan.guidance.context,
            disliked_weight=job.plan.guidance.disliked_weight,
            condition=job.plan.guidance.condition,
            rescale=job.plan.guidance.rescale,
            scheduler=type(drawing.scheduler).__name__,
            dropped_attributes=job.dropped_attributes,
            dropped_prompt=job.dropped_prompt,
            dropped_negative_prompt=job.dropped_negative_prompt,
            tokens=job.tokens,
            refiner=self._refiner.model_id if self._refiner and job.refining else None,
            refiner_start=job.refining.start if job.refining else None,
            loras=self._loras,
            style=job.style,
        )

    def at_once(self, job: Job) -> int:
        """How many pictures like these may share a call.

        One on a CPU: it gains little from more, the first picture is finished sooner, and
        arithmetic that never depends on the batch lets a recipe redraw its picture to the last bit.
        """
        if self._pictures_at_once is not None:
            return self._pictures_at_once
        if self._denoiser.device.type == "cpu":
            return 1
        width, height = (side // self._denoiser.factor for side in job.size)
        passes = len(job.plan.always) + len(job.plan.preference)
        return max(1, POSITIONS_AT_ONCE // (width * height * passes))

    def _pictures(
        self,
        request: GenerationRequest,
        on_progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool],
    ) -> Iterator[Picture]:
        waiting = list(self.prepare_encode(request))
        limit = self.at_once(waiting[0].job)
        while waiting:
            together = waiting[:limit]
            try:
                _check(cancelled)
                for moved in denoise(together):
                    if on_progress is not None:
                        for progress in progress_of(moved):
                            on_progress(progress)
                    _check(cancelled)
            except RuntimeError as error:
                if not out_of_memory(error):
                    raise
                if len(together) == 1:
                    raise too_large(together[0].job.size) from error
                limit = len(together) // 2
                logger.info("Memory ran out with %d pictures, trying %d.", len(together), limit)
                continue
            del waiting[:limit]
            for drawing in together:
                _check(cancelled)
                yield self.post_decode(drawing)

    def _size(self, request: GenerationRequest) -> tuple[int, int]:
        width = request.width or self._defaults.size[0]
        height = request.height or self._defaults.size[1]
        factor = self._denoiser.factor
        if width % factor or height % factor:
            raise BadInput(
                f"The model {self._model_id} draws sizes that are multiples of {factor}, "
                f"got {width}x{height}."
            )
        return width, height

    def _guidance(self, request: GenerationRequest) -> Guidance:
        return guidance_for(request, self._defaults, embedded=self._denoiser.embeds_guidance)


def _check(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled("Drawing was cancelled.")


def out_of_memory(error: BaseException) -> bool:
    """Whether the device's memory ran out; some backends say it in words only."""
    return isinstance(error, torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and "out of memory" in str(error)
    )


def too_large(size: tuple[int, int]) -> ModelUnavailable:
    """What to say when not even one picture of that size fits."""
    return ModelUnavailable(
        f"The device's memory is too small for a picture of {size[0]}x{size[1]}: choose a "
        "smaller size, or load the model in half precision (VIPER_DTYPE=fp16)."
    )
