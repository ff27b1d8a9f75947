"""From noise to pictures, step by step, for many pictures at a time.

A picture on its way is a `Drawing`. Four steps move it on, named as in vLLM-Omni's step contract;
the first and the last are the generator's, because texts and recipes are its business:

    prepare_encode    request -> drawings: encoded texts, noise, time steps
    denoise_step      drawings -> predictions, in one call of the denoiser
    step_scheduler    drawing, predictions -> the same drawing, one step further
    post_decode       drawing -> picture

Drawings that share a call may differ in texts, rule, number of conditions, steps, position and
seed: each condition of each of them is one row of the batch, with a time step of its own.
"""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import torch
from diffusers.models.embeddings import get_timestep_embedding
from diffusers.utils.torch_utils import randn_tensor
from PIL import Image
from torch import Tensor

from viper.generation import Progress
from viper.generation.conditioning import Conditioning
from viper.generation.guidance import Plan, Steering
from viper.generation.style import AppliedStyle

_PREVIEW_SIDE = 256


@dataclass(frozen=True)
class Denoiser:
    """The parts of a checkpoint that draw; texts are encoded elsewhere."""

    unet: Any
    """A `UNet2DConditionModel`."""
    vae: Any
    """An `AutoencoderKL` or `AutoencoderDC`."""
    scheduler: Any
    """Only its configuration is used: every drawing makes its own."""
    factor: int
    """Pixels a latent position covers along one side."""
    latent_dtype: torch.dtype
    """In which noise is drawn: that of the text encoder, as in diffusers."""
    rgb_factors: Tensor | None = None
    """[channels + 1, 3], the last row a bias; see `GuidanceDefaults.latent_rgb_factors`."""

    @property
    def device(self) -> torch.device:
        """Where the parts are."""
        device: torch.device = self.unet.device
        return device

    @property
    def embeds_guidance(self) -> bool:
        """The guidance scale is an input of the model, which was distilled from a guided one."""
        return self.unet.config.time_cond_proj_dim is not None


@dataclass(frozen=True, slots=True)
class Refining:
    """The end of the trajectory, where another denoiser takes over."""

    denoiser: Denoiser
    """Its scheduler has the same time steps as the one before it."""
    plan: Plan
    start: float
    """Fraction of the trajectory that is done by then, by the time steps of training."""


@dataclass(frozen=True, slots=True)
class Job:
    """What the pictures of one request have in common."""

    plan: Plan
    size: tuple[int, int]
    """Width and height in pixels, multiples of `Denoiser.factor`."""
    steps: int
    """Asked of the scheduler; some make one or more beyond that."""
    refining: Refining | None = None
    dropped_attributes: tuple[str, ...] = ()
    dropped_prompt: str = ""
    dropped_negative_prompt: str = ""
    tokens: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """What of the texts did not fit; see `viper.generation.Picture`."""
    style: AppliedStyle | None = None
    """Pictures that its plan reads."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the last step knew: enough to guess the picture that the model has in mind."""

    t: Tensor
    scaled: Tensor
    prediction: Tensor
    scheduler: Any


@dataclass(frozen=True, slots=True)
class _Relay:
    """Who takes over, and before which step."""

    step: int
    denoiser: Denoiser
    scheduler: Any
    steering: Steering


@dataclass(slots=True, eq=False)
class Drawing:
    """One picture on its way from noise; nothing in it is shared with another one.

    Between two steps everything may change, the denoiser included: a step asks the drawing anew.
    """

    denoiser: Denoiser
    job: Job
    index: int
    """Of the picture in its request."""
    seed: int
    scheduler: Any
    options: dict[str, Any]
    """Of `scheduler.step`: a stochastic one goes on drawing from what drew the noise."""
    latents: Tensor
    """[1, channels, h, w]."""
    steering: Steering
    step: int = 0
    """Steps done."""
    passes: int = 0
    """Evaluations of the denoiser so far."""
    relay: _Relay | None = field(default=None, repr=False)
    seen: _Seen | None = field(default=None, repr=False)

    @property
    def steps(self) -> int:
        """Of the scheduler."""
        return len(self.scheduler.timesteps)

    @property
    def done(self) -> bool:
        """No step is left; it can be decoded."""
        return self.step == self.steps

    def conditions(self) -> tuple[Conditioning, ...]:
        """What the next step evaluates; asking again changes nothing."""
        return self.steering.conditions(self.step / self.steps)

    def scaled(self) -> Tensor:
        """The latents as the model wants to see them at the next step."""
        scaled: Tensor = self.scheduler.scale_model_input(self.latents, self.t)
        return scaled

    @property
    def t(self) -> Tensor:
        """Time step of the next step, a number."""
        t: Tensor = self.scheduler.timesteps[self.step]
        return t


def begin(denoiser: Denoiser, job: Job, *, index: int, seed: int) -> Drawing:
    """Pure noise, which depends on the seed and on nothing else, and a scheduler before step 1."""
    scheduler = _scheduler(denoiser, job.steps)
    generator = torch.Generator("cpu").manual_seed(seed)
    stochastic = "generator" in inspect.signature(scheduler.step).parameters
    width, height = (side // denoiser.factor for side in job.size)
    noise: Tensor = randn_tensor(
        (1, denoiser.unet.config.in_channels, height, width),
        generator=generator,
        device=denoiser.device,
        dtype=denoiser.latent_dtype,
    )
    drawing = Drawing(
        denoiser=denoiser,
        job=job,
        index=index,
        seed=seed,
        scheduler=scheduler,
        options={"generator": generator} if stochastic else {},
        latents=noise * scheduler.init_noise_sigma,
        steering=job.plan.steering(),
        relay=_relay(job.refining, job.steps),
    )
    _hand_over(drawing)
    return drawing


def denoise(drawings: Sequence[Drawing]) -> Iterator[list[Drawing]]:
    """Takes drawings from wherever they are to their last step, together.

    Memory that runs out in the denoiser leaves all of them before a step: fewer can go on.

    Yields:
        After every step, the drawings that it moved.
    """
    while pending := [drawing for drawing in drawings if not drawing.done]:
        for drawing, predictions in zip(pending, denoise_step(pending), strict=True):
            step_scheduler(drawing, predictions)
        yield pending


def denoise_step(drawings: Sequence[Drawing]) -> list[tuple[Tensor, ...]]:
    """Evaluates the denoiser for the next step of each drawing, and changes none of them.

    Rows with the same model, size and numbers of tokens share a call.

    Returns:
        Of each drawing one prediction [1, c, h, w] for each of its conditions.
    """
    rows = [
        _Row(number, place, drawing, condition)
        for number, drawing in enumerate(drawings)
        for place, condition in enumerate(drawing.conditions())
    ]
    predictions: dict[tuple[int, int], Tensor] = {}
    for bucket in _buckets(rows):
        for row, prediction in zip(bucket, _evaluate(bucket), strict=True):
            predictions[row.number, row.place] = prediction.unsqueeze(0)
    ordered = groupby(sorted(predictions), key=lambda key: key[0])
    return [tuple(predictions[key] for key in keys) for _, keys in ordered]


def step_scheduler(drawing: Drawing, predictions: tuple[Tensor, ...]) -> None:
    """Takes a drawing one step further, by what `denoise_step` said of it."""
    t, scaled, latents = drawing.t, drawing.scaled(), drawing.latents
    prediction = drawing.steering.combine(predictions)
    moved = drawing.scheduler.step(prediction, t, latents, **drawing.options, return_dict=False)[0]
    drawing.latents = moved.to(latents.dtype)
    drawing.seen = _Seen(t, scaled, prediction, drawing.scheduler)
    drawing.step += 1
    drawing.passes += len(predictions)
    _hand_over(drawing)


def progress_of(drawings: Sequence[Drawing]) -> Iterator[Progress]:
    """What a step brought; drawings of one request that are equally far are told together."""
    for (step, steps), group in groupby(drawings, key=lambda d: (d.step, d.steps)):
        together = list(group)
        previews = [_preview(drawing) for drawing in together]
        shown = tuple(view for view in previews if view is not None)
        yield Progress(
            step=step,
            steps=steps,
            pictures=tuple(drawing.index for drawing in together),
            preview=shown or None,
        )


def decode(denoiser: Denoiser, latents: Tensor) -> Image.Image:
    """The picture of one latent [1, channels, h, w]."""
    vae = denoiser.vae
    latents = latents.to(vae.dtype)
    mean = getattr(vae.config, "latents_mean", None)
    std = getattr(vae.config, "latents_std", None)
    if mean is not None and std is not None:
        latents = latents * latents.new_tensor(std).view(1, -1, 1, 1)
    latents = latents / vae.config.scaling_factor
    if mean is not None and std is not None:
        latents = latents + latents.new_tensor(mean).view(1, -1, 1, 1)
    with torch.no_grad():
        pixels = vae.decode(latents, return_dict=False)[0]
    return _images(pixels)[0]


def _scheduler(denoiser: Denoiser, steps: int, *, begin: int = 0) -> Any:
    scheduler = type(denoiser.scheduler).from_config(denoiser.scheduler.config)
    scheduler.set_timesteps(steps, device=denoiser.device)
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(begin)
    return scheduler


def _relay(refining: Refining | None, steps: int) -> _Relay | None:
    """As in diffusers, the noise that is left decides when the refiner takes over."""
    if refining is None:
        return None
    scheduler = _scheduler(refining.denoiser, steps)
    trained = scheduler.config.num_train_timesteps
    left = round(trained - refining.start * trained)
    step = int((scheduler.timesteps >= left).sum())
    if step == len(scheduler.timesteps):
        return None
    # Never between the two halves of a step of second order.
    step -= step % scheduler.order
    scheduler = _scheduler(refining.denoiser, steps, begin=step)
    return _Relay(step, refining.denoiser, scheduler, refining.plan.steering())


def _hand_over(drawing: Drawing) -> None:
    relay = drawing.relay
    if relay is not None and relay.step == drawing.step:
        drawing.denoiser, drawing.scheduler = relay.denoiser, relay.scheduler
        drawing.steering, drawing.relay = relay.steering, None


@dataclass(frozen=True, slots=True)
class _Row:
    """One condition of one drawing: what the denoiser evaluates."""

    number: int
    """Of the drawing in the batch."""
    place: int
    """Of the condition in the drawing."""
    drawing: Drawing
    condition: Conditioning

    @property
    def bucket(self) -> tuple[object, ...]:
        """Rows of one bucket can be stacked."""
        drawing, pooled, image = self.drawing, self.condition.pooled, self.condition.image
        return (
            id(drawing.denoiser.unet),
            drawing.latents.shape,
            self.condition.states.shape,
            None if pooled is None else pooled.shape,
            # Rows without a picture stay by themselves: for them nothing at all is changed.
            None if image is None else image.tokens.shape,
        )

    @property
    def time_ids(self) -> tuple[float, ...]:
        """The original size, the crop's corner, and the target size or how good the picture is.

        Sizes and corner as (y, x). SDXL is told the one, its refiner the other.
        """
        width, height = self.drawing.job.size
        score = self.condition.aesthetic_score
        return (height, width, 0, 0, *((height, width) if score is None else (score,)))


def _buckets(rows: Sequence[_Row]) -> list[list[_Row]]:
    buckets: dict[tuple[object, ...], list[_Row]] = {}
    for row in rows:
        buckets.setdefault(row.bucket, []).append(row)
    return list(buckets.values())


def _evaluate(rows: Sequence[_Row]) -> Tensor:
    """Predictions [len(rows), c, h, w] of rows of one bucket, in one call."""
    states = torch.cat([row.condition.states for row in rows])
    pooled = [row.condition.pooled for row in rows if row.condition.pooled is not None]
    added = None
    if pooled:
        time_ids = torch.tensor([row.time_ids for row in rows], device=states.device)
        added = {"text_embeds": torch.cat(pooled), "time_ids": time_ids.to(states.dtype)}
    scaled = {id(row.drawing): row.drawing.scaled() for row in rows}
    with torch.no_grad():
        predictions: Tensor = rows[0].drawing.denoiser.unet(
            torch.cat([scaled[id(row.drawing)] for row in rows]),
            torch.stack([row.drawing.t for row in rows]),
            encoder_hidden_states=states,
            timestep_cond=_embedded_scales(rows, states),
            cross_attention_kwargs=_image_tokens(rows),
            added_cond_kwargs=added,
            return_dict=False,
        )[0]
    return predictions


def _image_tokens(rows: Sequence[_Row]) -> dict[str, Any] | None:
    """For `viper.generation.ip_adapter.PictureAttention`, under a name that others ignore."""
    images = [row.condition.image for row in rows if row.condition.image is not None]
    if not images:
        return None
    tokens = torch.cat([image.tokens for image in images])
    weights = tokens.new_tensor([image.weight for image in images])
    return {"ip_hidden_states": (tokens, weights.view(-1, 1, 1))}


def _embedded_scales(rows: Sequence[_Row], like: Tensor) -> Tensor | None:
    """[rows, width], the guidance scales for a model that takes them as an input.

    Meng et al., "On Distillation of Guided Diffusion Models" (arXiv 2210.03142); 0 is no guidance.
    """
    unet = rows[0].drawing.denoiser.unet
    if unet.config.time_cond_proj_dim is None:
        return None
    scales = torch.tensor([row.drawing.job.plan.guidance.scale - 1 for row in rows])
    embedded: Tensor = get_timestep_embedding(
        1000 * scales, unet.config.time_cond_proj_dim, downscale_freq_shift=1
    )
    return embedded.to(like)


def _preview(drawing: Drawing) -> Image.Image | None:
    """Linear view of the picture that the model had in mind at the last step.

    Scaling turns the latents of every scheduler with a table of alphas into
    sqrt(ab) x0 + sqrt(1 - ab) eps, so that x0 follows from the prediction.
    """
    factors, seen = drawing.denoiser.rgb_factors, drawing.seen
    if factors is None or seen is None or not hasattr(seen.scheduler, "alphas_cumprod"):
        return None
    scheduler = seen.scheduler
    alphas = scheduler.alphas_cumprod
    ab = float(alphas[min(round(float(seen.t)), len(alphas) - 1)])
    signal, noise = max(ab, 1e-6) ** 0.5, (1 - ab) ** 0.5
    kind = scheduler.config.prediction_type
    if kind == "epsilon":
        x0 = (seen.scaled - noise * seen.prediction) / signal
    elif kind == "v_prediction":
        x0 = signal * seen.scaled - noise * seen.prediction
    else:
        x0 = seen.prediction
    weights, bias = factors[:-1], factors[-1]
    rgb = torch.einsum("nchw,cr->nrhw", x0.float(), weights) + bias.view(1, 3, 1, 1)
    return _enlarged(_images(rgb)[0])


def _enlarged(image: Image.Image) -> Image.Image:
    scale = max(1, _PREVIEW_SIDE // max(image.size))
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.BICUBIC)


def _images(pixels: Tensor) -> list[Image.Image]:
    """RGB in [-1, 1], [n, 3, h, w], as pictures; rounded as diffusers rounds."""
    unit = (pixels * 0.5 + 0.5).clamp(0, 1)
    array = unit.permute(0, 2, 3, 1).float().cpu().numpy()
    return [Image.fromarray(picture) for picture in (array * 255).round().astype("uint8")]
