"""The command that reads comments."""

from pathlib import Path
from typing import Annotated

import typer

from viper.cli.console import emit, read_text, say


def extract(
    comments: Annotated[Path, typer.Argument(help="A comments file; - is stdin.")],
    extractor: Annotated[str | None, typer.Option(help="auto, openai, local or offline.")] = None,
    name: Annotated[str, typer.Option(help="What to call the preference.")] = "default",
) -> None:
    """Read comments on pictures; the visual preference as JSON on stdout."""
    from viper.cli import parts
    from viper.preference import parse_comments

    said = parse_comments(read_text(comments), source=str(comments))
    settings = parts.settings(extractor=extractor)
    folder = Path() if str(comments) == "-" else comments.parent
    pictures = parts.PicturesOnDisk.of(said, folder)
    found = parts.extractor(settings).extract(said, pictures=pictures, name=name).preference
    for warning in found.warnings:
        say(warning)
    emit(found.to_dict())
