"""The `viper` command.

Machine output goes to stdout, everything else to stderr. Exit 0: done; 2: bad input, one line that
names it; 1: anything else that failed. What a command needs is imported when it runs, so that
`viper --help` is instant.
"""

import re
from collections.abc import Sequence

import typer

from viper.cli import database, evaluate, pictures, profiles, taste, upkeep
from viper.cli.console import help_if_alone
from viper.errors import ViperError

_UNDECODED = re.compile("[\udc80-\udcff]")
"""What Python makes of bytes on the command line that are no text."""

app = typer.Typer(
    name="viper",
    help="Pictures that follow one person's taste.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(upkeep.serve)
app.command()(taste.extract)
app.command()(pictures.generate)
app.command()(pictures.score)
app.command()(pictures.recipe)
app.add_typer(profiles.app, name="profiles")
app.command()(upkeep.curate)
app.command()(upkeep.train)
app.command()(evaluate.evaluate)
app.add_typer(database.app, name="db")
app.command()(upkeep.doctor)


@app.callback()
def _alone(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
) -> None:
    if version:
        from viper import __version__

        typer.echo(__version__)
        raise typer.Exit
    help_if_alone(context)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code. Reads `sys.argv` if no arguments are given."""
    try:
        # Commands return nothing; a number is the code of an Exit.
        return app(args=arguments, prog_name="viper", standalone_mode=False) or 0
    except ViperError as error:
        typer.echo(f"viper: {' '.join(str(error).split())}", err=True)
        return error.exit_code
    except typer.TyperException as error:
        typer.echo(f"viper: {' '.join(error.format_message().split())}", err=True)
        return error.exit_code
    except UnicodeEncodeError as error:
        if not _UNDECODED.search(str(error.object)):
            raise
        typer.echo("viper: a name or text on the command line is not UTF-8.", err=True)
        return 2
    except typer.Abort:
        typer.echo("viper: stopped.", err=True)
        return 1
