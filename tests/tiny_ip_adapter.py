"""Tiny IP-Adapters with random weights, in the layout of the published ones."""

from pathlib import Path
from typing import Any, Literal

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from torch import Tensor
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

IMAGE_SIDE = 16
_HIDDEN, _PROJECTED = 24, 20
_RESAMPLER = 64
Kind = Literal["plain", "plus", "full"]


def build_tiny_ip_adapter(folder: Path, checkpoint: Path, kind: Kind = "plain") -> Path:
    """The file of an adapter for a checkpoint, with `image_encoder/` beside it."""
    unet = UNet2DConditionModel.from_pretrained(checkpoint / "unet")
    source = torch.Generator().manual_seed(11)
    folder.mkdir(parents=True, exist_ok=True)
    build_image_encoder(folder / "image_encoder")
    width = unet.config.cross_attention_dim
    parts = {
        "image_proj": {"plain": _plain, "plus": _plus, "full": _full}[kind](width, source),
        "ip_adapter": _layers(unet, source),
    }
    tensors = {f"{part}.{name}": value for part, of in parts.items() for name, value in of.items()}
    file = folder / f"{kind}.safetensors"
    save_file(tensors, file)
    return file


def build_image_encoder(folder: Path, *, projected: int = _PROJECTED) -> Path:
    """A random CLIP image encoder that tells pictures apart."""
    with torch.random.fork_rng(devices=[]):
        torch.random.manual_seed(12)
        config = CLIPVisionConfig(
            hidden_size=_HIDDEN,
            intermediate_size=2 * _HIDDEN,
            num_hidden_layers=3,
            num_attention_heads=2,
            image_size=IMAGE_SIDE,
            patch_size=8,
            projection_dim=projected,
            initializer_factor=4.0,
        )
        CLIPVisionModelWithProjection(config).eval().save_pretrained(folder)
    return folder


def _layers(unet: Any, source: torch.Generator) -> dict[str, Tensor]:
    """Keys and values of every cross-attention, by the odd numbers that their files have."""
    tensors = {}
    crossed = [name for name in unet.attn_processors if name.endswith("attn2.processor")]
    for number, name in enumerate(crossed):
        shape = unet.get_submodule(name.removesuffix(".processor")).to_k.weight.shape
        for end in ("to_k_ip", "to_v_ip"):
            tensors[f"{2 * number + 1}.{end}.weight"] = _random(*shape, source=source, spread=4)
    return tensors


def _plain(width: int, source: torch.Generator) -> dict[str, Tensor]:
    return {
        "proj.weight": _random(4 * width, _PROJECTED, source=source),
        "proj.bias": _random(4 * width, 1, source=source)[:, 0].clone(),
        "norm.weight": torch.ones(width),
        "norm.bias": torch.zeros(width),
    }


def _full(width: int, source: torch.Generator) -> dict[str, Tensor]:
    return {
        "proj.0.weight": _random(_HIDDEN, _HIDDEN, source=source),
        "proj.0.bias": torch.zeros(_HIDDEN),
        "proj.2.weight": _random(width, _HIDDEN, source=source),
        "proj.2.bias": torch.zeros(width),
        "proj.3.weight": torch.ones(width),
        "proj.3.bias": torch.zeros(width),
    }


def _plus(width: int, source: torch.Generator) -> dict[str, Tensor]:
    """A Resampler of four layers with five queries, as its authors' code names its tensors."""
    d = _RESAMPLER
    tensors = {
        "latents": _random(1, 5, d, source=source, spread=8),
        "proj_in.weight": _random(d, _HIDDEN, source=source),
        "proj_in.bias": torch.zeros(d),
        "proj_out.weight": _random(width, d, source=source),
        "proj_out.bias": torch.zeros(width),
        "norm_out.weight": torch.ones(width),
        "norm_out.bias": torch.zeros(width),
    }
    for layer in range(4):
        attention, forward = f"layers.{layer}.0", f"layers.{layer}.1"
        for norm in (f"{attention}.norm1", f"{attention}.norm2", f"{forward}.0"):
            tensors |= {f"{norm}.weight": torch.ones(d), f"{norm}.bias": torch.zeros(d)}
        shapes = {
            f"{attention}.to_q": (64, d),
            f"{attention}.to_kv": (128, d),
            f"{attention}.to_out": (d, 64),
            f"{forward}.1": (4 * d, d),
            f"{forward}.3": (d, 4 * d),
        }
        tensors |= {f"{n}.weight": _random(*shape, source=source) for n, shape in shapes.items()}
    return tensors


def _random(*shape: int, source: torch.Generator, spread: float = 1.0) -> Tensor:
    return torch.randn(*shape, generator=source) * spread / shape[-1] ** 0.5
