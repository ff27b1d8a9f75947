"""Commands about the tastes that are stored here."""

from pathlib import Path
from typing import Annotated

import typer

from viper.cli.console import (
    LOCAL,
    AsJson,
    Owner,
    emit,
    help_if_alone,
    read_text,
    say,
    write_text,
)

app = typer.Typer(
    help="Tastes that are stored here.",
    callback=help_if_alone,
    invoke_without_command=True,
    rich_markup_mode=None,
)

Name = Annotated[str, typer.Argument(help="Name of the profile.")]


@app.command("list")
def list_all(owner: Owner = LOCAL, as_json: AsJson = False) -> None:
    """Name every profile."""
    from viper.cli import parts

    with parts.opened_store(parts.settings()) as store:
        found = store.profiles.list(owner)
    for profile in found:
        say(f"{profile.name}  version {profile.version}, {profile.comments} comments")
    if not found:
        say(f"No profiles of {owner} yet; `viper profiles import FILE` makes one.")
    if as_json:
        emit([profile.model_dump(mode="json") for profile in found])


@app.command()
def show(name: Name, owner: Owner = LOCAL, as_json: AsJson = False) -> None:
    """Tell what a profile likes and dislikes, and why."""
    from viper.cli import parts

    with parts.opened_store(parts.settings()) as store:
        profile = store.profiles.named(owner, name)
        preference = store.preferences.current(owner, profile.id).preference
    for side, attributes in (("likes", preference.liked), ("dislikes", preference.disliked)):
        for a in attributes:
            quotes = "; ".join(repr(e.quote) for e in a.evidence if e.quote)
            say(f"{side} {a.attribute} ({a.facet or 'own words'}, {a.strength:.2f})  {quotes}")
    if preference.is_empty:
        say(f"Nothing is known about {name!r} yet.")
    if as_json:
        emit(preference.to_dict())


@app.command()
def export(
    name: Name,
    out: Annotated[Path | None, typer.Option(help="File to write; stdout by default.")] = None,
    owner: Owner = LOCAL,
) -> None:
    """Write a profile as a preference file."""
    from viper.cli import parts

    with parts.opened_store(parts.settings()) as store:
        profile = store.profiles.named(owner, name)
        preference = store.preferences.current(owner, profile.id).preference
    if out is None:
        emit(preference.to_dict())
    else:
        write_text(out, preference.to_json() + "\n")
        say(f"Wrote {out}.")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A preference file; - is stdin.")],
    name: Annotated[str | None, typer.Option(help="Name of the new profile.")] = None,
    owner: Owner = LOCAL,
) -> None:
    """Make a profile of a preference file."""
    from viper.cli import parts
    from viper.preference import VisualPreference

    preference = VisualPreference.from_json(read_text(file), source=str(file))
    with parts.opened_store(parts.settings()) as store, store.transaction():
        profile = store.profiles.create(owner, name=name or preference.name)
        store.preferences.save(owner, profile.id, preference=preference, note=f"from {file.name}")
    say(f"Made the profile {profile.name!r}.")


@app.command()
def rename(
    name: Name,
    new_name: Annotated[str, typer.Argument(help="Its new name.")],
    owner: Owner = LOCAL,
) -> None:
    """Give a profile another name."""
    from viper.cli import parts

    with parts.opened_store(parts.settings()) as store:
        profile = store.profiles.named(owner, name)
        store.profiles.rename(owner, profile.id, name=new_name)
    say(f"Renamed {name!r} to {new_name!r}.")


@app.command()
def delete(name: Name, owner: Owner = LOCAL) -> None:
    """Delete a profile with its comments; its pictures stay."""
    from viper.cli import parts

    with parts.opened_store(parts.settings()) as store:
        profile = store.profiles.named(owner, name)
        store.profiles.delete(owner, profile.id)
    say(f"Deleted {name!r}.")
