"""Commands that start the app, look it over, and rebuild what it ships with."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from viper.cli.console import AsJson, emit, require_folder, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image

    from viper.atelier.painting import Painting


def serve(
    host: Annotated[str | None, typer.Option(help="Address; this machine only by default.")] = None,
    port: Annotated[int | None, typer.Option(help="7860 by default.", min=1, max=65535)] = None,
    share: Annotated[bool, typer.Option(help="Also through a public Gradio link.")] = False,
) -> None:
    """Start the web app, as `python app.py` does."""
    import runpy

    from viper.settings import ROOT

    # The app stands above the commands, so it is run, not imported.
    app = runpy.run_path(str(ROOT / "app.py"), run_name="viper_app")
    app["main"](host=host, port=port, share=share)


def doctor(as_json: AsJson = False) -> None:
    """Tell what is installed, chosen and missing.

    Exit 1 if something that is needed is missing.
    """
    from viper.cli.doctor import MARKS, findings

    found = tuple(findings())
    for finding in found:
        say(f"{MARKS[finding.verdict]} {finding.text}")
    bad = sum(finding.verdict == "bad" for finding in found)
    say("Everything needed is there." if not bad else f"Needing attention: {bad}.")
    if as_json:
        emit([{"verdict": finding.verdict, "text": finding.text} for finding in found])
    if bad:
        raise typer.Exit(1)


def curate(
    out: Annotated[
        Path | None, typer.Option(help="Folder; by default the set that ships is made again.")
    ] = None,
    generator: Annotated[
        Literal["atelier", "model"], typer.Option(help="The painter, or the model in use.")
    ] = "atelier",
    count: Annotated[int, typer.Option(help="Pictures; 8 or more.", min=8)] = 64,
    seed: Annotated[int, typer.Option(help="Decides everything.", min=0)] = 0,
) -> None:
    """Draw a curated set; the same options give the same files."""
    from viper.atelier.collection import write_collection
    from viper.atelier.dealing import choose_paintings, largest_correlation
    from viper.curation import FOLDER

    folder = FOLDER if out is None else out
    require_folder("--out", folder)
    draw = None if generator == "atelier" else _drawn_by_model()
    size = write_collection(folder, count=count, seed=seed, draw=draw)
    say(f"Wrote {count} pictures, {size / 2**20:.1f} MiB, to {folder}.")
    correlation, subject, look = largest_correlation(choose_paintings(count, seed))
    if subject:
        say(
            f"A subject and an attribute correlate by {correlation:.2f} at most: {subject}, {look}."
        )


def _drawn_by_model() -> "Callable[[Painting, int], Image]":
    from random import Random

    from viper.atelier.caption import full_caption
    from viper.cli import parts
    from viper.generation import GenerationRequest

    model = parts.generator(parts.settings())

    def draw(painting: "Painting", seed: int) -> "Image":
        prompt = full_caption(painting, Random(seed))
        (picture,) = model.generate(GenerationRequest(prompt=prompt, seed=seed))
        return picture.image

    return draw


def train(
    part: Annotated[
        Literal["autoencoder", "denoiser", "encoder", "judge"],
        typer.Argument(help="The denoiser needs a trained autoencoder."),
    ],
    preset: Annotated[
        Literal["cpu", "gpu", "tiny"], typer.Option(help="Size; tiny only tries it out.")
    ] = "cpu",
    minutes: Annotated[float, typer.Option(help="Training time in all.", min=0)] = 60.0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where it stopped.")] = False,
    paintings: Annotated[
        int, typer.Option(help="Pictures to learn from, 0.2 MB each; painted ones count.", min=1)
    ] = 51_200,
    workers: Annotated[int, typer.Option(help="Processes that paint.", min=1)] = 2,
    folder: Annotated[Path, typer.Option(help="Paintings, runs and results.")] = Path("runs"),
    start: Annotated[
        Path | None, typer.Option(help="Go on from these weights: a folder like the shipped one.")
    ] = None,
) -> None:
    """Train a part of the built-in model from paintings; stop it at any time."""
    from viper.cli import parts
    from viper.generation.hardware import chosen_device
    from viper.training.chain import train as train_part

    require_folder("--folder", folder)
    result = train_part(
        part,
        folder,
        preset=preset,
        minutes=minutes,
        resume=resume,
        device=chosen_device(parts.settings().device),
        paintings=paintings,
        workers=workers,
        start=start,
    )
    say(f"Wrote {result}.")
