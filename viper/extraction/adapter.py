"""A LoRA adapter, added to the weights it was trained for.

    W + s B A,   s = alpha / r   (alpha / sqrt(r) if the adapter says so)

That is what the adapter computes beside W on every call, so nothing is lost by adding it once, and
answering needs neither another library nor more time. In float32; W keeps its number format.
"""

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

_PREFIX = "base_model.model."
_MUST_BE_OFF = ("use_dora", "fan_in_fan_out", "modules_to_save", "rank_pattern", "alpha_pattern")
"""Variants of LoRA that compute something else."""


def merge(adapter: str, *, into: "Module") -> None:
    """Adds a LoRA adapter to a model, in place.

    Args:
        adapter: Folder, or id at the hub.
        into: The model it was trained for; unchanged if there is an error.

    Raises:
        ValueError: Not plain LoRA, or made for another model.
        OSError: There is no such adapter, or it is not in safetensors.
    """
    import torch
    from safetensors.torch import load_file
    from transformers.utils.hub import cached_file

    config = json.loads(Path(str(cached_file(adapter, "adapter_config.json"))).read_text("utf-8"))
    scale = _scale(config)
    tensors = load_file(str(cached_file(adapter, "adapter_model.safetensors")))
    updates = _updates(tensors, dict(into.named_parameters()))
    with torch.no_grad():
        for weight, down, up in updates:
            delta = up.to(weight.device).float() @ down.to(weight.device).float()
            weight.copy_(weight.float() + scale * delta)


def _scale(config: Any) -> float:
    if not isinstance(config, dict) or config.get("peft_type") != "LORA":
        raise ValueError("the adapter is not LoRA")
    variants = [name for name in _MUST_BE_OFF if config.get(name)]
    if variants or config.get("bias", "none") != "none":
        raise ValueError(f"the adapter is not plain LoRA: {variants[0] if variants else 'bias'}")
    rank, alpha = config["r"], config["lora_alpha"]
    return float(alpha / (math.sqrt(rank) if config.get("use_rslora") else rank))


def _updates(
    tensors: dict[str, "Tensor"], weights: dict[str, Any]
) -> list[tuple[Any, "Tensor", "Tensor"]]:
    """Each weight with its A and B."""
    updates = []
    left = dict(tensors)
    for name in tensors:
        module = name.removeprefix(_PREFIX).removesuffix(".lora_A.weight")
        other = name.replace(".lora_A.", ".lora_B.")
        weight = weights.get(f"{module}.weight")
        if not name.endswith(".lora_A.weight"):
            continue
        if weight is None or other not in left:
            raise ValueError(f"the adapter was made for another model: {module}")
        down, up = left.pop(name), left.pop(other)
        if weight.shape != (up.shape[0], down.shape[1]) or up.shape[1] != down.shape[0]:
            raise ValueError(f"the adapter was made for a model of another size: {module}")
        updates.append((weight, down, up))
    if left or not updates:
        raise ValueError(f"the adapter is not plain LoRA: {min(left, default='it is empty')}")
    return updates
