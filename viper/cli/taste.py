"""The command that reads comments."""

from pathlib import Path
from typing import Annotated

import typer

from viper.cli.console import emit, read_text, say
from viper.errors import BadInput


def extract(
    comments: Annotated[Path | None, typer.Argument(help="A comments file; - is stdin.")] = None,
    history: Annotated[
        Path | None,
        typer.Option(help="A chat, a list of {role, content}: what the user said, weak evidence."),
    ] = None,
    extractor: Annotated[
        str | None, typer.Option(help="auto, openai, local, viper2024, offline.")
    ] = None,
    name: Annotated[str, typer.Option(help="What to call the preference.")] = "default",
) -> None:
    """Read comments on pictures; the visual preference as JSON on stdout."""
    from pydantic import ValidationError

    from viper.cli import parts
    from viper.extraction.progress import watching
    from viper.preference import VisualPreference, first_problem, parse_comments, parse_history

    if comments is None and history is None:
        raise BadInput("Nothing to read: name a comments file, or a chat with --history FILE.")
    try:
        VisualPreference(name=name)  # before anything is read for it
    except ValidationError as error:
        raise BadInput(f"--{first_problem(error)}.") from error
    said = parse_comments(read_text(comments), source=str(comments)) if comments else ()
    if history is not None:
        said += parse_history(read_text(history), source=str(history))
    settings = parts.settings(extractor=extractor)
    folder = Path() if comments is None or str(comments) == "-" else comments.parent
    pictures = parts.PicturesOnDisk.of(said, folder)
    with watching(lambda progress: say(str(progress))):
        found = parts.extractor(settings).extract(said, pictures=pictures, name=name).preference
    for warning in found.warnings:
        say(warning)
    emit(found.to_dict())
