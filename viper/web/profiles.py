"""Profiles: choose, make, rename, delete; a taste as a file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from viper.errors import BadInput
from viper.preference import VisualPreference
from viper.web.markup import data, esc
from viper.web.site import CLICKS, PRIVATE, Site, Visit, taken, told

_MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Bar:
    """The profile bar at the top of My taste."""

    site: Site
    profile: gr.BrowserState
    chooser: gr.Dropdown
    name: gr.Textbox
    add: gr.Button
    rename: gr.Button
    upload: gr.UploadButton
    links: gr.HTML

    @property
    def outputs(self) -> list[Any]:
        """What `view` fills."""
        return [self.chooser, self.name, self.links]

    def view(self, visit: Visit) -> tuple[Any, ...]:
        """The values of `outputs`."""
        every = self.site.studio.store.profiles.list(visit.owner)
        choices = [(profile.name, profile.id) for profile in every]
        return gr.update(choices=choices, value=visit.id), "", _links(visit)

    def wire(self, show: Callable[..., Any], outputs: list[Any]) -> None:
        """Every event ends with the whole screen for the profile that is then in use."""
        on, profile = _Events(self.site), self.profile
        for event, use, inputs in (
            (self.chooser.input, on.use, [self.chooser]),
            (self.add.click, on.create, [self.name]),
            (self.rename.click, on.rename, [self.name, profile]),
            (self.upload.upload, on.take, [self.upload, profile]),
            (self.links.click, on.delete, [profile]),
        ):
            changed = event(use, inputs, profile, **PRIVATE)
            changed.success(show, profile, outputs, **PRIVATE)


@dataclass(frozen=True, slots=True)
class _Events:
    """What happens to profiles; each answers the id of the profile that is then in use."""

    site: Site

    def use(self, chosen: str, request: gr.Request) -> str:
        with told():
            return self.site.visit(request, chosen).id

    def create(self, name: str, request: gr.Request) -> str:
        with told():
            return self.site.studio.store.profiles.create(self.site.owner(request), name=name).id

    def rename(self, name: str, profile: str, request: gr.Request) -> str:
        with told():
            visit = self.site.visit(request, profile)
            return self.site.studio.store.profiles.rename(visit.owner, visit.id, name=name).id

    def take(self, file: str | None, profile: str, request: gr.Request) -> str:
        with told():
            visit = self.site.visit(request, profile)
            preference = read_preference(taken(file, expected="a preference as JSON"))
            self.site.studio.import_preference(visit.owner, visit.id, preference=preference)
            return visit.id

    def delete(self, profile: str, event: gr.EventData, request: gr.Request) -> str:
        with told():
            visit = self.site.visit(request, profile)
            if event.do == "all":
                self.site.studio.erase(visit.owner)
            else:
                self.site.studio.store.profiles.delete(visit.owner, visit.id)
            return self.site.visit(request, None).id


def build(site: Site, profile: gr.BrowserState) -> Bar:
    """The bar: the chooser in sight, the rest folded away."""
    with gr.Row(elem_classes="vp-bar"):
        chooser = gr.Dropdown(label="Profile", filterable=False)
        with gr.Accordion("Manage profiles and data", open=False):
            with gr.Row():
                name = gr.Textbox(label="Name of a profile", max_length=80)
                add = gr.Button("New profile", size="sm", min_width=110)
                rename = gr.Button("Rename this one", size="sm", min_width=110)
            upload = gr.UploadButton("Import JSON", file_types=[".json"], size="sm")
            links = gr.HTML(js_on_load=CLICKS)
    return Bar(site, profile, chooser, name, add, rename, upload, links)


def _links(visit: Visit) -> str:
    ask = f"Delete the profile {visit.profile.name}, its comments and versions, for good?"
    everything = "Delete all your profiles, comments and pictures, for good?"
    return (
        '<div class="vp-actions">'
        f'<a class="vp-small" download href="profiles/{esc(visit.id)}.json">Export JSON</a>'
        '<a class="vp-small" download href="my-data.json">Export all my data</a>'
        f'<button type="button" class="vp-small" {data(do="profile", confirm=ask)}>'
        "Delete this profile</button>"
        f'<button type="button" class="vp-small vp-danger" {data(do="all", confirm=everything)}>'
        "Delete all my data</button></div>"
    )


def read_preference(file: Path) -> VisualPreference:
    """Reads an uploaded preference and deletes the upload.

    Raises:
        BadInput: It is no preference, or too large to be one.
    """
    try:
        size = file.stat().st_size
        if size > _MAX_BYTES:
            raise BadInput(f"{file.name}: {size} bytes are too many for a preference.")
        return VisualPreference.from_json(file.read_bytes(), source=file.name)
    finally:
        file.unlink(missing_ok=True)
