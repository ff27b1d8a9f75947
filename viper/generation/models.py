"""Loading a model: the built-in one, or one of the families that ViPer knows, by id or folder."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import diffusers
import torch
import transformers
from diffusers import AutoencoderDC, AutoencoderKL, UNet2DConditionModel
from safetensors import SafetensorError
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from viper.errors import ModelUnavailable
from viper.generation import GuidanceDefaults
from viper.generation.checkpoint import MODULAR, Checkpoint, Family, find_checkpoint
from viper.generation.conditioning import (
    CachedConditioner,
    ClipConditioner,
    DualClipConditioner,
    MiniLMConditioner,
    TextConditioner,
)
from viper.generation.denoising import Denoiser
from viper.generation.diffusion import DiffusionGenerator
from viper.generation.ip_adapter import load_ip_adapter
from viper.generation.lora import LoraChoice, add_loras
from viper.generation.refiner import Refiner
from viper.minilm import load_minilm

if TYPE_CHECKING:
    from viper.generation.modular import ModularGenerator

_DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}

# Linear approximations of the two autoencoders' decoders, as known from community previews:
# RGB in [-1, 1], one row a channel, then the bias.
_SD_RGB = (
    (0.298, 0.207, 0.208),
    (0.187, 0.286, 0.173),
    (-0.158, 0.189, 0.264),
    (-0.184, -0.271, -0.473),
    (0.0, 0.0, 0.0),
)
_SDXL_RGB = (
    (0.471, 0.471, 0.471),
    (-0.471, -0.039, 0.078),
    (0.196, 0.118, -0.039),
    (-0.549, -0.392, -0.275),
    (0.176, 0.098, 0.020),
)
# Early checkpoints were published with these wrong; diffusers corrects them as well.
_SD_SCHEDULER_FIXES = {"steps_offset": 1, "clip_sample": False}
_FAMILY_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "builtin": {
        "guidance_scale": 4.0,
        "steps": 16,
        "preference_interval": (0.3, 1.0),
        "rescale": 0.7,
    },
    "sd": {"guidance_scale": 7.5, "steps": 30, "latent_rgb_factors": _SD_RGB},
    "sdxl": {"guidance_scale": 5.0, "steps": 30, "latent_rgb_factors": _SDXL_RGB},
}
# As in diffusers' pipeline for latent consistency models.
_CONSISTENCY_DEFAULTS = {"guidance_scale": 8.5, "steps": 4}
_ENCODERS: Mapping[str, Mapping[str, Any]] = {
    "sd": {"text_encoder": CLIPTextModel},
    "sdxl": {"text_encoder": CLIPTextModel, "text_encoder_2": CLIPTextModelWithProjection},
    "refiner": {"text_encoder_2": CLIPTextModelWithProjection},
}


def load_generator(  # noqa: PLR0913 (all that makes its pictures)
    model: str,
    *,
    device: str = "auto",
    dtype: str = "auto",
    pictures_at_once: int | None = None,
    refiner: str = "",
    loras: Sequence[LoraChoice] = (),
    ip_adapter: str = "",
) -> "DiffusionGenerator | ModularGenerator":
    """Loads a model.

    Args:
        model: "builtin", a folder in diffusers layout, or an id of the Hub.
        device: "auto", or a torch device such as "cpu", "cuda:0" or "mps".
        dtype: "auto" (fp32 on a CPU and for the built-in model, else fp16, or bf16 for
            what a modular pipeline draws), "fp32", "fp16", "bf16".
        pictures_at_once: At most so many pictures of a request are drawn together; None is what
            suits the device.
        refiner: Folder or id of SDXL's refiner, for the end of the trajectory; empty is none.
        loras: Added to the model's weights, not to the refiner's.
        ip_adapter: File, folder or place on the Hub of an IP-Adapter, for style pictures; the
            refiner does without it. Empty is none.

    Raises:
        ModelUnavailable: It does not exist, cannot be reached, or is of another kind; or a refiner,
            a LoRA or an IP-Adapter does not fit it.
    """
    place = _device(device)
    with _quiet():
        half = _number(dtype, place, "sd") == torch.float16
        checkpoint = find_checkpoint(model, half=half)
        number = _number(dtype, place, checkpoint.family)
        _check_extras(checkpoint, refiner, loras, ip_adapter)
        with _explained(f"model {model}"):
            if checkpoint.family in MODULAR:
                from viper.generation.modular import load_modular

                return load_modular(
                    checkpoint, device=place, dtype=number, pictures_at_once=pictures_at_once
                )
            encoders = _encoders(checkpoint, place, number)
            conditioner = _conditioner(checkpoint, encoders, place, number)
            denoiser, defaults = _denoiser(checkpoint, place, number)
        _check(denoiser, model)
        applied = add_loras(loras, {"unet": denoiser.unet, **encoders})
        second = _refiner(refiner, denoiser, place, number) if refiner else None
        with _explained(f"IP-Adapter {ip_adapter}"):
            family = checkpoint.family
            adapter = (
                load_ip_adapter(ip_adapter, denoiser.unet, family=family) if ip_adapter else None
            )
    return DiffusionGenerator(
        denoiser,
        conditioner,
        model_id=model,
        defaults=defaults,
        weight_hashes=partial(_weight_hashes, checkpoint, second),
        pictures_at_once=pictures_at_once,
        refiner=second,
        loras=applied,
        ip_adapter=adapter,
    )


def _device(name: str) -> torch.device:
    if name == "auto":
        if torch.cuda.is_available():
            name = "cuda"
        else:
            name = "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ModelUnavailable(
            f"The device {name} cannot be used here: choose cpu, or auto to let ViPer choose."
        ) from error
    return device


def _number(name: str, device: torch.device, family: Family) -> torch.dtype:
    if name == "auto":
        small = device.type == "cpu" or family == "builtin"
        large = torch.bfloat16 if family in MODULAR else torch.float16
        return torch.float32 if small else large
    if name not in _DTYPES:
        raise ModelUnavailable(f"Number format {name!r} is unknown: choose one of {[*_DTYPES]}.")
    return _DTYPES[name]


def _encoders(
    checkpoint: Checkpoint, device: torch.device, number: torch.dtype
) -> Mapping[str, Any]:
    """The text encoders by the names of their folders; none of the built-in model."""
    return {
        name: _part(kind, checkpoint, name, number).to(device)
        for name, kind in _ENCODERS.get(checkpoint.family, {}).items()
    }


def _conditioner(
    checkpoint: Checkpoint, encoders: Mapping[str, Any], device: torch.device, number: torch.dtype
) -> TextConditioner:
    if checkpoint.family == "builtin":
        return MiniLMConditioner(load_minilm(), device=device, dtype=number)
    names = [name.replace("text_encoder", "tokenizer") for name in encoders]
    tokenizers = [_tokenizer(checkpoint, name) for name in names]
    if checkpoint.family == "sd":
        return ClipConditioner(*tokenizers, *encoders.values())
    zeros = bool(checkpoint.index.get("force_zeros_for_empty_prompt", True))
    return DualClipConditioner(tokenizers, [*encoders.values()], zeros_for_nothing=zeros)


def _tokenizer(checkpoint: Checkpoint, name: str) -> Any:
    folder = checkpoint.folder / name
    # The library makes up an empty vocabulary where there is none.
    if not any((folder / file).is_file() for file in ("vocab.json", "tokenizer.json")):
        raise ValueError(f"its {name} is missing.")
    return CLIPTokenizer.from_pretrained(folder)


def _denoiser(
    checkpoint: Checkpoint, device: torch.device, number: torch.dtype
) -> tuple[Denoiser, GuidanceDefaults]:
    unet = _part(UNet2DConditionModel, checkpoint, "unet", number).to(device)
    vae_config = _json(checkpoint.folder / "vae" / "config.json")
    deep = vae_config.get("_class_name") == "AutoencoderDC"
    # Half precision overflows in most of these decoders, and decoding happens only once.
    upcast = deep or vae_config.get("force_upcast", True)
    half = number == torch.float16
    vae = _part(
        AutoencoderDC if deep else AutoencoderKL,
        checkpoint,
        "vae",
        torch.float32 if half and upcast else number,
    ).to(device)
    factor = (
        vae.spatial_compression_ratio if deep else 2 ** (len(vae.config.block_out_channels) - 1)
    )
    defaults = _defaults(checkpoint, unet, factor)
    rgb = defaults.latent_rgb_factors
    denoiser = Denoiser(
        unet=unet,
        vae=vae,
        scheduler=_scheduler(checkpoint),
        factor=factor,
        latent_dtype=number,
        rgb_factors=torch.tensor(rgb, device=device) if rgb else None,
    )
    return denoiser, defaults


def _refiner(name: str, base: Denoiser, device: torch.device, number: torch.dtype) -> Refiner:
    """SDXL's refiner; it goes on with the model's decoder, scheduler and latents."""
    checkpoint = find_checkpoint(name, half=number == torch.float16)
    told = bool(checkpoint.index.get("requires_aesthetics_score"))
    if checkpoint.family != "refiner" or not told:
        raise ModelUnavailable(
            f"{name} is no refiner of SDXL: expected a StableDiffusionXLImg2ImgPipeline that is "
            "told an aesthetic score."
        )
    with _explained(f"refiner {name}"):
        encoders = _encoders(checkpoint, device, number)
        unet = _part(UNet2DConditionModel, checkpoint, "unet", number).to(device)
        kind = _scheduler(checkpoint).config.get("prediction_type", "epsilon")
        conditioner = _conditioner(checkpoint, encoders, device, number)
    # Another kind of scheduler would scale latents in another way.
    scheduler = type(base.scheduler).from_config(base.scheduler.config, prediction_type=kind)
    denoiser = replace(base, unet=unet, scheduler=scheduler)
    _check(denoiser, name)
    return Refiner(
        denoiser=denoiser,
        conditioner=CachedConditioner(conditioner),
        model_id=name,
        weight_hashes=partial(checkpoint.weight_hashes, ("unet", *encoders)),
    )


def _check_extras(
    checkpoint: Checkpoint, refiner: str, loras: Sequence[LoraChoice], ip_adapter: str
) -> None:
    family, name = checkpoint.family, checkpoint.name
    if family == "refiner":
        raise ModelUnavailable(
            f"The model {name} refines what SDXL has begun: choose it as the refiner beside an "
            "SDXL model."
        )
    if refiner and family != "sdxl":
        raise ModelUnavailable(
            f"The refiner {refiner} goes with SDXL, and the model {name} is of another kind: leave "
            'it out (--refiner "").'
        )
    if loras and family in MODULAR:
        raise ModelUnavailable(
            f"The LoRA {loras[0].name} cannot be added to {name}: that works with Stable Diffusion "
            '1.x and 2.x, SDXL and the built-in model; leave it out (--lora "").'
        )
    if ip_adapter and family not in ("sd", "sdxl"):
        raise ModelUnavailable(
            f"The IP-Adapter {ip_adapter} cannot act on {name}: that works with Stable Diffusion "
            '1.x and 2.x and SDXL; leave it out (--ip-adapter "").'
        )


def _weight_hashes(checkpoint: Checkpoint, refiner: Refiner | None) -> Mapping[str, str]:
    hashes = {} if refiner is None else refiner.weight_hashes()
    return {**checkpoint.weight_hashes(), **{f"refiner/{k}": v for k, v in hashes.items()}}


def _part(kind: Any, checkpoint: Checkpoint, name: str, number: torch.dtype) -> Any:
    """One model of a checkpoint, in eval mode; half-precision files where there are no others."""
    variant = checkpoint.variant(name, half=number == torch.float16)
    options = {"variant": variant} if variant else {}
    model = kind.from_pretrained(checkpoint.folder, subfolder=name, dtype=number, **options)
    return model.eval().requires_grad_(False)


def _scheduler(checkpoint: Checkpoint) -> Any:
    config = _json(checkpoint.folder / "scheduler" / "scheduler_config.json")
    # As in diffusers, the index decides: a scheduler's settings may come from another class.
    _, name = checkpoint.index.get("scheduler", (None, config.get("_class_name")))
    kind = getattr(diffusers, str(name), None)
    if kind is None:
        raise ValueError(f"its scheduler {name} is unknown.")
    if checkpoint.family == "sd":
        config |= {key: value for key, value in _SD_SCHEDULER_FIXES.items() if key in config}
    return kind.from_config(config)


def _defaults(checkpoint: Checkpoint, unet: Any, factor: int) -> GuidanceDefaults:
    side = unet.config.sample_size
    height, width = (side, side) if isinstance(side, int) else side
    family = _FAMILY_DEFAULTS[checkpoint.family]
    if unet.config.time_cond_proj_dim is not None:
        family = {**family, **_CONSISTENCY_DEFAULTS}
    defaults = checkpoint.defaults({"size": (width * factor, height * factor), **family})
    rgb = defaults.latent_rgb_factors
    if rgb is not None and len(rgb) != unet.config.in_channels + 1:
        return defaults.model_copy(update={"latent_rgb_factors": None})
    return defaults


def _json(path: Path) -> dict[str, Any]:
    data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise ValueError(f"{path.name} is not an object.")
    return data


def _check(denoiser: Denoiser, model: str) -> None:
    config = denoiser.unet.config
    channels = denoiser.vae.config.latent_channels
    if config.in_channels != channels:
        raise ModelUnavailable(
            f"The model {model} takes {config.in_channels} channels where its pictures have "
            f"{channels}: inpainting and similar models cannot draw from a prompt alone."
        )


@contextmanager
def _explained(what: str) -> Iterator[None]:
    """Says in one sentence why something cannot be loaded."""
    try:
        yield
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelUnavailable(f"The {what} cannot be loaded: {reason}") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps the libraries' notices and progress bars off the terminal while a model is read."""
    libraries = (diffusers.utils.logging, transformers.utils.logging)
    levels = [library.get_verbosity() for library in libraries]
    for library in libraries:
        library.set_verbosity_error()
        library.disable_progress_bar()
    try:
        yield
    finally:
        for library, level in zip(libraries, levels, strict=True):
            library.set_verbosity(level)
            library.enable_progress_bar()
