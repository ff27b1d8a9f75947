"""What this machine can draw with."""

from dataclasses import dataclass

import torch

SDXL = "stabilityai/stable-diffusion-xl-base-1.0"
ROOM_FOR_SDXL = 12 * 2**30
"""Bytes of GPU memory from which `auto` means SDXL: half-precision weights and four passes."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """An accelerator that torch can use."""

    name: str
    memory: int | None
    """Bytes; None where it is shared with the CPU."""


def find_gpu() -> Gpu | None:
    """The first GPU, None without one."""
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        return Gpu(name=properties.name, memory=properties.total_memory)
    if torch.backends.mps.is_available():
        return Gpu(name="Apple GPU", memory=None)
    return None


def chosen_device(device: str) -> str:
    """The device itself, or what `auto` means here."""
    if device != "auto":
        return device
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def chosen_model(model: str, *, device: str = "auto") -> str:
    """The model itself, or what `auto` means here: SDXL on a CUDA GPU with room, else built-in."""
    if model != "auto":
        return model
    gpu = find_gpu() if device == "auto" or device.startswith("cuda") else None
    roomy = gpu is not None and gpu.memory is not None and gpu.memory >= ROOM_FOR_SDXL
    return SDXL if roomy else "builtin"
