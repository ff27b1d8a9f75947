"""Commands about the tastes that are stored here."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from viper.preference import Attribute, Evidence, Side

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
    from viper.preference import SIDES
    from viper.taxonomy import load_taxonomy

    with parts.opened_store(parts.settings()) as store:
        profile = store.profiles.named(owner, name)
        preference = store.preferences.current(owner, profile.id).preference
    for side in SIDES:
        for attribute in preference.side(side):
            say(_line(side, attribute))
    for clash in preference.conflicts(load_taxonomy().opposite):
        weak = " (one side rests on clicks or chats alone)" if clash.is_weak else ""
        say(f"conflict: {clash}{weak}")
        for side, attribute in clash.sides:
            say(f"  {_line(side, attribute)}")
    for side in SIDES:
        for gone in preference.deleted.side(side):
            again = f", mentioned again: {_quotes(gone.mentions)}" if gone.mentions else ""
            say(f"deleted: {gone.attribute} ({side}){again}")
    if preference.is_empty:
        say(f"Nothing is known about {name!r} yet.")
    if as_json:
        emit(preference.to_dict())


def _line(side: "Side", attribute: "Attribute") -> str:
    says = {"liked": "likes", "disliked": "dislikes"}[side]
    where = attribute.facet or "own words"
    flags = "".join(f", {flag}" for flag in ("pinned", "muted") if getattr(attribute, flag))
    return (
        f"{says} {attribute.attribute} ({where}, {attribute.strength:.2f}{flags})  "
        f"{_quotes(attribute.evidence)}"
    ).rstrip()


def _quotes(evidence: Sequence["Evidence"]) -> str:
    notes = {"click": "a click", "chat": " in a chat"}
    said = (
        notes["click"] if e.kind == "click" else repr(e.quote) + notes.get(e.kind, "")
        for e in evidence
        if e.quote or e.kind == "click"
    )
    return "; ".join(said)


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
        profile = store.profiles.create(owner, name=preference.name if name is None else name)
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
