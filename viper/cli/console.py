"""How commands read their input and speak: JSON on stdout, everything for people on stderr."""

import codecs
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from viper.errors import BadInput, ViperError

AsJson = Annotated[bool, typer.Option("--json", help="The result as JSON on stdout.")]
Owner = Annotated[str, typer.Option(help="Whose profiles; browsers have owners of their own.")]
LOCAL = "local"
"""The owner of what is made from the command line."""


def help_if_alone(context: typer.Context) -> None:
    """A group of commands without a command shows what there is."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit


def say(text: str) -> None:
    """One line for the person at the terminal."""
    typer.echo(text, err=True)


def emit(data: Any) -> None:
    """The result of a command, for programs.

    Raises:
        ViperError: It cannot be written, as on a full disk.
    """
    plain = sys.stdout is not None and codecs.lookup(sys.stdout.encoding).name != "utf-8"
    try:
        typer.echo(json.dumps(data, indent=2, ensure_ascii=plain))
    except BrokenPipeError:
        raise  # whoever read it has enough
    except OSError as error:
        raise ViperError(f"The result cannot be written ({error.strerror}).") from error


def read_text(file: Path) -> str:
    """A text file, or standard input for `-`.

    Raises:
        BadInput: It does not exist, cannot be read, or is not UTF-8.
    """
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInput(f"{file}: there is no such file.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{file}: expected UTF-8 text.") from None
    except OSError as error:
        raise BadInput(f"{file}: cannot be read ({error.strerror}).") from error


def write_text(file: Path, text: str) -> None:
    """Writes a result to a file of the person's choice.

    Raises:
        BadInput: It cannot be written there.
    """
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file}: cannot be written ({error.strerror}).") from error


def require_folder(option: str, folder: Path) -> None:
    """Makes a folder for results where it is missing.

    Raises:
        BadInput: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        expected = f"expected a folder that can be written ({error.strerror})"
        raise BadInput(f"{option} {folder}: {expected}.") from error
