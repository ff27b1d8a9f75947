"""Many people at once: `python benchmarks/engine.py [--json] [--concurrency 1,4,8,16]`.

N requests come at the same moment, every second one personalized. They are served one after
another by the inline generator, or all at once by the batching engine. What each of them waits for
is counted from that moment on: the first preview, and the finished picture.

`--architecture sdxl --device cuda` measures SDXL's architecture with random weights: no download,
and as much arithmetic as with trained ones. `--width` makes it smaller for a first try.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from threading import Barrier
from typing import Any
from zlib import crc32

import numpy as np
import torch

from viper.generation import GenerationRequest, Generator, GuidanceDefaults
from viper.generation.conditioning import Conditioning, Reference
from viper.generation.denoising import Denoiser
from viper.generation.diffusion import DiffusionGenerator
from viper.generation.engine import BatchingEngine
from viper.generation.models import load_generator
from viper.preference import Attribute, VisualPreference

TASTE = VisualPreference(
    liked=(Attribute(attribute="teal"), Attribute(attribute="art deco")),
    disliked=(Attribute(attribute="cluttered"),),
)
SDXL_WIDTH = 320
_STATES, _POOLED, _WINDOW = 2048, 1280, 77
_LATENT_RGB = ((0.5, 0.5, 0.5), (-0.5, 0.0, 0.1), (0.2, 0.1, 0.0), (-0.5, -0.4, -0.3), (0, 0, 0))


@dataclass(frozen=True, slots=True)
class Waits:
    """Of one round; seconds since all requests came."""

    pictures_per_second: float
    cpu_seconds: float
    """A picture, of all cores together: what it takes where others are working, too."""
    latency_p50: float
    latency_p95: float
    first_preview_p95: float


@dataclass(frozen=True, slots=True)
class Row:
    """One number of concurrent requests."""

    concurrency: int
    sequential: Waits
    engine: Waits

    def ratios(self) -> dict[str, float]:
        """How many times better the engine is; less than 1 is worse."""
        one, many = self.sequential, self.engine
        return {
            "throughput": round(many.pictures_per_second / one.pictures_per_second, 2),
            "cpu_seconds": round(one.cpu_seconds / many.cpu_seconds, 2),
            "latency_p50": round(one.latency_p50 / many.latency_p50, 2),
            "latency_p95": round(one.latency_p95 / many.latency_p95, 2),
            "first_preview_p95": round(one.first_preview_p95 / many.first_preview_p95, 2),
        }


class RandomConditioner:
    """Stands in for SDXL's text encoders, whose cost is not what is measured."""

    def __init__(self, device: str, dtype: torch.dtype) -> None:
        """Where the denoiser is, and in what it computes."""
        self._place: dict[str, Any] = {"device": device, "dtype": dtype}

    @property
    def window(self) -> int:
        """As CLIP's."""
        return _WINDOW

    def tokens(self, text: str) -> int:
        """A token a word, and the marks of beginning and end."""
        return len(text.split()) + 2

    def encode(self, text: str) -> Conditioning:
        """Noise that depends on the text alone."""
        source = torch.Generator("cpu").manual_seed(crc32(text.encode()))
        states = torch.randn(1, _WINDOW, _STATES, generator=source)
        pooled = torch.randn(1, _POOLED, generator=source)
        return Conditioning(states.to(**self._place), pooled.to(**self._place))

    def fuse(self, text: str, references: Sequence[Reference]) -> Conditioning:
        """No rule that is measured asks for it."""
        raise NotImplementedError

    def nothing(self) -> Conditioning:
        """Zeros, as SDXL has them."""
        empty = self.encode("")
        assert empty.pooled is not None
        return Conditioning(torch.zeros_like(empty.states), torch.zeros_like(empty.pooled))


def random_sdxl(options: argparse.Namespace) -> DiffusionGenerator:
    """SDXL's architecture; `--width` scales its channels."""
    from diffusers import AutoencoderKL, EulerDiscreteScheduler, UNet2DConditionModel

    if options.width % 64:
        raise SystemExit(f"--width {options.width}: expected a multiple of 64, such as 320.")
    widths = [options.width * factor for factor in (1, 2, 4)]
    dtype = torch.bfloat16 if options.device.startswith("cuda") else torch.float32
    with torch.random.fork_rng(devices=[]), torch.device(options.device):
        torch.default_generator.manual_seed(0)
        unet: Any = UNet2DConditionModel(  # type: ignore[no-untyped-call]
            sample_size=128,
            block_out_channels=widths,
            down_block_types=("DownBlock2D", *["CrossAttnDownBlock2D"] * 2),
            up_block_types=(*["CrossAttnUpBlock2D"] * 2, "UpBlock2D"),
            transformer_layers_per_block=(1, 2, 10),
            attention_head_dim=[width // 64 for width in widths],
            use_linear_projection=True,
            cross_attention_dim=_STATES,
            addition_embed_type="text_time",
            addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=6 * 256 + _POOLED,
        )
        vae: Any = AutoencoderKL(  # type: ignore[no-untyped-call]
            block_out_channels=(128, 256, 512, 512) if options.width == SDXL_WIDTH else (32,) * 4,
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
            latent_channels=4,
            scaling_factor=0.13025,
        )
    unet = unet.to(dtype).eval().requires_grad_(False)
    if options.channels_last:
        unet = unet.to(memory_format=torch.channels_last)
    if options.compile:
        unet.compile_repeated_blocks(fullgraph=True, dynamic=True)
    denoiser = Denoiser(
        unet=unet,
        vae=vae.to(dtype).eval().requires_grad_(False),
        scheduler=EulerDiscreteScheduler(  # type: ignore[no-untyped-call]
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1
        ),
        factor=8,
        latent_dtype=dtype,
        rgb_factors=torch.tensor(_LATENT_RGB, device=options.device),
    )
    return DiffusionGenerator(
        denoiser,
        RandomConditioner(options.device, dtype),
        model_id="random SDXL",
        defaults=GuidanceDefaults(guidance_scale=5.0, steps=30, size=(1024, 1024)),
        weight_hashes=dict,
        pictures_at_once=options.at_once,
    )


def requests(count: int, options: argparse.Namespace) -> list[GenerationRequest]:
    """Every second one personalized, each with its own prompt and seed."""
    return [
        GenerationRequest(
            prompt=f"a castle by the sea, number {number}",
            preference=TASTE if number % 2 else None,
            steps=options.steps,
            seed=number,
            width=options.size,
            height=options.size,
        )
        for number in range(count)
    ]


def served(
    draw: Callable[[Callable[[GenerationRequest], None]], None], generator: Generator
) -> Waits:
    """Measures a round; `draw` calls what it is given once for each request."""
    firsts: list[float] = []
    finished: list[float] = []

    def one(request: GenerationRequest) -> None:
        seen: list[float] = []
        list(generator.generate(request, on_progress=lambda _: seen.append(time.perf_counter())))
        finished.append(time.perf_counter())
        firsts.append(seen[0])

    began, worked = time.perf_counter(), time.process_time()
    draw(one)
    worked = time.process_time() - worked
    latency = np.array(finished) - began
    return Waits(
        pictures_per_second=len(finished) / float(latency.max()),
        cpu_seconds=worked / len(finished),
        latency_p50=float(np.percentile(latency, 50)),
        latency_p95=float(np.percentile(latency, 95)),
        first_preview_p95=float(np.percentile(np.array(firsts) - began, 95)),
    )


def measured(inline: DiffusionGenerator, count: int, options: argparse.Namespace) -> Row:
    """Both ways, the same requests."""
    asked = requests(count, options)

    def in_a_row(one: Callable[[GenerationRequest], None]) -> None:
        for request in asked:
            one(request)

    def at_once(one: Callable[[GenerationRequest], None]) -> None:
        together = Barrier(count)

        def run(request: GenerationRequest) -> None:
            together.wait()
            one(request)

        with ThreadPoolExecutor(count) as pool:
            list(pool.map(run, asked))

    engine = BatchingEngine(inline)
    try:
        # Each way warms up with a request of its own: the first call on a device is a slow one.
        in_a_row_warm = requests(2, options)
        for generator in (inline, engine):
            for request in in_a_row_warm:
                list(generator.generate(request.model_copy(update={"steps": 1})))
        return Row(count, served(in_a_row, inline), served(at_once, engine))
    finally:
        engine.close()


def table(rows: Sequence[Row]) -> str:
    """In Markdown; a cell holds one after another, the engine, and how many times better it is."""
    heads: Mapping[str, tuple[str, str]] = {
        "throughput": ("pictures_per_second", "pictures / s"),
        "cpu_seconds": ("cpu_seconds", "CPU s a picture"),
        "latency_p50": ("latency_p50", "p50 latency, s"),
        "latency_p95": ("latency_p95", "p95 latency, s"),
        "first_preview_p95": ("first_preview_p95", "p95 first preview, s"),
    }
    lines = [
        "| requests | " + " | ".join(title for _, title in heads.values()) + " |",
        "|---|" + "---|" * len(heads),
    ]
    for row in rows:
        ratios = row.ratios()
        cells = [
            f"{getattr(row.sequential, field):.2f} → {getattr(row.engine, field):.2f} "
            f"({ratios[name]:.2f}x)"
            for name, (field, _) in heads.items()
        ]
        lines.append(f"| {row.concurrency} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _builtin(options: argparse.Namespace) -> DiffusionGenerator:
    loaded = load_generator("builtin", device=options.device, pictures_at_once=options.at_once)
    assert isinstance(loaded, DiffusionGenerator)
    return loaded


def main() -> None:
    """Measures, and prints a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--concurrency", default="1,4,8,16")
    parser.add_argument("--architecture", choices=["builtin", "sdxl"], default="builtin")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--size", type=int, help="Side in pixels; the model's own without it.")
    parser.add_argument("--width", type=int, default=SDXL_WIDTH, help="Channels; SDXL has 320.")
    parser.add_argument("--at-once", type=int, help="Pictures that may share a call.")
    parser.add_argument("--compile", action="store_true", help="torch.compile of SDXL's blocks.")
    parser.add_argument("--channels-last", action="store_true", help="Of SDXL's convolutions.")
    options = parser.parse_args()
    try:
        counts = [int(count) for count in options.concurrency.split(",")]
    except ValueError:
        counts = [0]
    if min(counts) < 1:
        parser.error(f"--concurrency {options.concurrency}: expected numbers from 1, as in 1,4.")
    if options.steps is not None and options.steps < 1:
        parser.error(f"--steps {options.steps}: expected at least 1.")
    inline = random_sdxl(options) if options.architecture == "sdxl" else _builtin(options)
    rows = [measured(inline, count, options) for count in counts]
    if options.json:
        json.dump([asdict(row) | {"ratios": row.ratios()} for row in rows], sys.stdout, indent=1)
    else:
        sys.stdout.write(table(rows) + "\n")


if __name__ == "__main__":
    main()
