"""From noise to pictures: one loop over a diffusers scheduler, the same for every model family."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.utils.torch_utils import randn_tensor
from PIL import Image
from torch import Tensor

from viper.errors import Cancelled
from viper.generation.conditioning import Conditioning
from viper.generation.guidance import Plan, guided

Preview = tuple[Image.Image, ...]
OnStep = Callable[[int, int, Preview | None], None]
"""(step from 1, steps, previews)."""

_PREVIEW_SIDE = 256


@dataclass(frozen=True)
class Denoiser:
    """The parts of a checkpoint that draw; texts are encoded elsewhere."""

    unet: Any
    """A `UNet2DConditionModel`."""
    vae: Any
    """An `AutoencoderKL` or `AutoencoderDC`."""
    scheduler: Any
    """Only its configuration is used: every run makes its own."""
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


@dataclass(frozen=True, slots=True)
class Job:
    """What the pictures of one request have in common."""

    plan: Plan
    size: tuple[int, int]
    """Width and height in pixels, multiples of `Denoiser.factor`."""
    steps: int
    """Asked of the scheduler; some make one more of it."""


def denoise(
    denoiser: Denoiser,
    job: Job,
    *,
    seeds: Sequence[int],
    on_step: OnStep | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Tensor, int]:
    """Denoises one latent a seed, together.

    Args:
        denoiser: The parts.
        job: What to draw.
        seeds: One a picture; noise depends on its seed and on nothing else.
        on_step: Called after every step.
        cancelled: Asked before every step.

    Returns:
        Latents [len(seeds), channels, h, w], and how many evaluations each of them cost.

    Raises:
        Cancelled: `cancelled` said so.
    """
    scheduler = type(denoiser.scheduler).from_config(denoiser.scheduler.config)
    scheduler.set_timesteps(job.steps, device=denoiser.device)
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(0)
    generators = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]
    # A stochastic scheduler goes on drawing from the generators that drew the noise.
    stochastic = "generator" in inspect.signature(scheduler.step).parameters
    options = {"generator": generators} if stochastic else {}

    latents = _noise(denoiser, generators, job.size) * scheduler.init_noise_sigma
    predict = guided(_predictor(denoiser, job.size), job.plan)
    passes = 0
    for index, t in enumerate(scheduler.timesteps):
        if cancelled():
            raise Cancelled("Drawing was cancelled.")
        scaled = scheduler.scale_model_input(latents, t)
        prediction, cost = predict(scaled, t, index / len(scheduler.timesteps))
        passes += cost
        dtype = latents.dtype
        latents = scheduler.step(prediction, t, latents, **options, return_dict=False)[0].to(dtype)
        if on_step is not None:
            view = _preview(denoiser, scheduler, scaled, prediction, t)
            on_step(index + 1, len(scheduler.timesteps), view)
    return latents, passes


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


def _noise(denoiser: Denoiser, generators: list[torch.Generator], size: tuple[int, int]) -> Tensor:
    width, height = (side // denoiser.factor for side in size)
    shape = (len(generators), denoiser.unet.config.in_channels, height, width)
    noise: Tensor = randn_tensor(
        shape, generator=generators, device=denoiser.device, dtype=denoiser.latent_dtype
    )
    return noise


def _predictor(
    denoiser: Denoiser, size: tuple[int, int]
) -> Callable[[Tensor, Tensor, Sequence[Conditioning]], tuple[Tensor, ...]]:
    """The model as `guidance.Predict`: all conditions of all pictures in one call."""
    width, height = size
    # SDXL is told the original size, the crop's corner and the target size, each as (y, x).
    time_ids = torch.tensor([[height, width, 0, 0, height, width]], device=denoiser.device)

    def predict(
        latents: Tensor, t: Tensor, conditions: Sequence[Conditioning]
    ) -> tuple[Tensor, ...]:
        n, m = len(latents), len(conditions)
        states = torch.cat([c.states for c in conditions]).repeat_interleave(n, dim=0)
        pooled = [c.pooled for c in conditions if c.pooled is not None]
        added = None
        if pooled:
            added = {
                "text_embeds": torch.cat(pooled).repeat_interleave(n, dim=0),
                "time_ids": time_ids.to(states.dtype).expand(m * n, -1),
            }
        with torch.no_grad():
            output = denoiser.unet(
                torch.cat([latents] * m),
                t,
                encoder_hidden_states=states,
                added_cond_kwargs=added,
                return_dict=False,
            )[0]
        return tuple(output.chunk(m))

    return predict


def _preview(
    denoiser: Denoiser, scheduler: Any, scaled: Tensor, prediction: Tensor, t: Tensor
) -> Preview | None:
    """Linear view of the picture that the model has in mind at this step.

    `scaled` is the model's input; scaling turns the latents of every scheduler with a table of
    alphas into sqrt(ab) x0 + sqrt(1 - ab) eps, so that x0 follows from the prediction.
    """
    if denoiser.rgb_factors is None or not hasattr(scheduler, "alphas_cumprod"):
        return None
    alphas = scheduler.alphas_cumprod
    ab = float(alphas[min(round(float(t)), len(alphas) - 1)])
    signal, noise = max(ab, 1e-6) ** 0.5, (1 - ab) ** 0.5
    kind = scheduler.config.prediction_type
    if kind == "epsilon":
        x0 = (scaled - noise * prediction) / signal
    elif kind == "v_prediction":
        x0 = signal * scaled - noise * prediction
    else:
        x0 = prediction
    weights, bias = denoiser.rgb_factors[:-1], denoiser.rgb_factors[-1]
    rgb = torch.einsum("nchw,cr->nrhw", x0.float(), weights) + bias.view(1, 3, 1, 1)
    return tuple(_enlarged(image) for image in _images(rgb))


def _enlarged(image: Image.Image) -> Image.Image:
    scale = max(1, _PREVIEW_SIDE // max(image.size))
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.BICUBIC)


def _images(pixels: Tensor) -> list[Image.Image]:
    """RGB in [-1, 1], [n, 3, h, w], as pictures; rounded as diffusers rounds."""
    unit = (pixels * 0.5 + 0.5).clamp(0, 1)
    array = unit.permute(0, 2, 3, 1).float().cpu().numpy()
    return [Image.fromarray(picture) for picture in (array * 255).round().astype("uint8")]
