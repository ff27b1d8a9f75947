"""A modular pipeline of diffusers that leans towards what you like: SDXL, SD3, Flux, and more.

    python examples/preference_guidance.py stabilityai/stable-diffusion-xl-base-1.0 \
        "a harbor at dawn" --liked "teal, art deco, clean lines" --disliked "clutter, neon"

Writes plain.png and preferred.png, from the same noise. MODEL is an id of the Hub or a folder. No
other part of ViPer is used: copy viper/generation/guider.py and guided_blocks.py to where you are.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import torch
from diffusers import ModularPipeline

from viper.generation.guided_blocks import with_preference
from viper.generation.guider import PreferenceGuidance


def main(arguments: list[str] | None = None) -> int:
    """Draws the prompt without and with the preference."""
    asked = parser().parse_args(arguments)
    pipeline = load(asked.model)
    # Without being told, the scale that is usual for the family.
    scale = asked.scale or pipeline.guider.guidance_scale
    guider = PreferenceGuidance(
        guidance_scale=scale,
        liked_degree=asked.degree,
        disliked_degree=asked.degree,
        preference_every=asked.every,
    )
    pipeline.update_components(guider=guider)
    asked.out.mkdir(parents=True, exist_ok=True)
    preference = {"liked": asked.liked, "disliked": asked.disliked}
    for name, texts in (("plain", {}), ("preferred", preference)):
        image = draw(pipeline, asked, texts)
        image.save(asked.out / f"{name}.png")
        sys.stdout.write(f"{asked.out / name}.png: {guider.passes} passes\n")
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="id of the Hub, or folder in diffusers layout")
    parser.add_argument("prompt")
    parser.add_argument("--liked", help="what to lean towards")
    parser.add_argument("--disliked", help="what to lean away from")
    parser.add_argument("--degree", type=float, default=0.8, help="how far, 0 to 1")
    parser.add_argument("--every", type=int, default=1, help="evaluate it at every so many steps")
    parser.add_argument("--scale", type=float, help="guidance scale; 1 for distilled models")
    parser.add_argument("--steps", type=int, default=28)
    parser.add_argument("--size", type=int, default=1024, help="width and height in pixels")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path())
    return parser


def load(model: str) -> Any:
    """A pipeline from text to image that takes `liked` and `disliked`."""
    whole: Any = ModularPipeline.from_pretrained(model)  # type: ignore[no-untyped-call]
    blocks = whole.blocks.get_workflow("text2image")
    pipeline = with_preference(blocks).init_pipeline(model)
    if torch.cuda.is_available():
        pipeline.load_components(dtype=torch.bfloat16)
        return pipeline.to("cuda")
    pipeline.load_components(dtype=torch.float32)
    return pipeline


def draw(pipeline: Any, asked: argparse.Namespace, texts: dict[str, str]) -> Any:
    """One picture."""
    images = pipeline(
        prompt=asked.prompt,
        **texts,
        num_inference_steps=asked.steps,
        height=asked.size,
        width=asked.size,
        generator=torch.Generator("cpu").manual_seed(asked.seed),
        output="images",
    )
    return images[0]


if __name__ == "__main__":
    sys.exit(main())
