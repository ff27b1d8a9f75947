"""Commands about the database and about what is stored of a person."""

from pathlib import Path
from typing import Annotated

import typer

from viper.cli.console import emit, help_if_alone, say

app = typer.Typer(
    help="The database, and what is stored about a person.",
    callback=help_if_alone,
    invoke_without_command=True,
    rich_markup_mode=None,
)

Owner = Annotated[str, typer.Argument(help="The person's id.")]


@app.command()
def upgrade() -> None:
    """Make the database, or bring it to this version."""
    from viper.cli import parts
    from viper.store import Store

    with Store(parts.settings().database_url) as store:
        changed = store.upgrade()
    say("The database was brought to this version." if changed else "Nothing to do.")


@app.command()
def check() -> None:
    """Tell whether the database fits this version; exit 1 if not."""
    from viper.cli import parts
    from viper.store import Store

    with Store(parts.settings().database_url) as store:
        state = store.check()
    says = {
        "current": "The database fits this version.",
        "outdated": "The database is older than this version: run `viper db upgrade`.",
        "empty": "There is no database yet; the first start makes it, or `viper db upgrade`.",
    }
    say(says[state])
    if state != "current":
        raise typer.Exit(1)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="A new file.")]) -> None:
    """Copy the database while it is in use."""
    from viper.cli import parts
    from viper.store import Store

    with Store(parts.settings().database_url) as store:
        store.backup(file)
    say(f"Wrote {file}.")


@app.command("export-owner")
def export_owner(owner: Owner) -> None:
    """Everything that is stored about a person, as JSON on stdout."""
    from viper.cli import parts

    with parts.opened_store(parts.settings()) as store:
        emit(store.owners.export(owner))


@app.command("erase-owner")
def erase_owner(owner: Owner) -> None:
    """Delete everything about a person for good, pictures included."""
    from viper.cli import parts

    settings = parts.settings()
    with parts.opened_store(settings) as store:
        files = store.owners.erase(owner)
    for file in files:
        (settings.data_dir / file).unlink(missing_ok=True)
    say(f"Erased {owner} and {len(files)} pictures.")
