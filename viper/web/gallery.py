"""Gallery: everything made, and what its owner thinks of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr

from viper.errors import BadInput
from viper.generation.recipe import Recipe, read_recipe
from viper.preference import Stance
from viper.web import cards
from viper.web.controls import Controls
from viper.web.sheet import recipe_of
from viper.web.site import CLICKS, PRIVATE, Screen, Site, Visit, read_later, taken, told

PAGE = 12
_ORDERS = [("Newest", "newest"), ("Best rated", "rating"), ("Best predicted", "score")]
_STANCES: dict[str, Stance] = {"I like it": "like", "I do not like it": "dislike", "Both": "mixed"}


@dataclass(frozen=True, slots=True)
class _Where:
    """What part of the gallery is seen: the components that say so, and their values."""

    whose: Any
    order: Any
    offset: Any
    chosen: Any


@dataclass(frozen=True, slots=True)
class _Events:
    """What happens in the gallery. Inputs come by component: there are many."""

    site: Site
    profile: gr.BrowserState
    controls: Controls
    parts: _Where
    text: gr.Textbox
    stance: gr.Radio
    to_create: Callable[[], Any]

    def show(self, profile: str, request: gr.Request) -> tuple[Any, ...]:
        with told():
            return _view(self.site, self.site.visit(request, profile), _Where("", "newest", 0, ""))

    def filter(self, values: dict[Any, Any], request: gr.Request) -> tuple[Any, ...]:
        with told():
            visit, where = self._read(values, request)
            return _view(self.site, visit, replace(where, offset=0, chosen=""))

    def act(
        self, values: dict[Any, Any], event: gr.EventData, request: gr.Request
    ) -> tuple[Any, ...]:
        with told():
            visit, where = self._read(values, request)
            if event.do == "rate":
                rating = int(event.rating) if event.rating else None
                self.site.studio.rate(visit.owner, event.image, rating=rating)
            elif event.do == "delete":
                self.site.studio.delete_picture(visit.owner, event.image)
                where = replace(where, chosen="")
            elif event.do == "page":
                where = replace(where, offset=max(0, int(event.offset)))
            elif event.do in {"open", "close"}:
                where = replace(where, chosen=event.image)
            return _view(self.site, visit, where)

    def words(self, values: dict[Any, Any], request: gr.Request) -> tuple[Any, ...]:
        text, stance = values[self.text], _STANCES[values[self.stance]]
        with told():
            visit, where = self._read(values, request)
            if not text.strip():
                raise BadInput("There are no words yet: say what is right or wrong about it.")
            image = where.chosen
            with read_later():
                self.site.studio.comment_on_result(
                    visit.owner, visit.id, image=image, text=text, stance=stance
                )
            gr.Info("Saved. My taste shows what was learned from it.")
            return _view(self.site, visit, where)

    def restore(self, chosen: str, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        if event.do != "recipe":
            return (gr.skip(),) * (1 + len(self.controls.inputs))
        with told():
            stored = self.site.studio.store.images.get(self.site.owner(request), chosen)
            return self.to_create(), *self._filled(recipe_of(stored))

    def dropped(self, file: str | None) -> tuple[Any, ...]:
        with told():
            recipe = uploaded_recipe(taken(file, expected="a PNG picture"))
            return None, self.to_create(), *self._filled(recipe)

    def _filled(self, recipe: Recipe) -> tuple[Any, ...]:
        if recipe.style is not None:
            gr.Warning(
                "This recipe was drawn in the style of other pictures, which it does not hold. "
                + (
                    "Choose the same files again: Advanced, Style pictures."
                    if self.site.takes_style
                    else "Without an IP-Adapter (VIPER_IP_ADAPTER) they are left out here."
                )
            )
        return self.controls.fill(recipe)

    def _read(self, values: dict[Any, Any], request: gr.Request) -> tuple[Visit, _Where]:
        parts = self.parts
        where = _Where(*(values[p] for p in (parts.whose, parts.order, parts.offset, parts.chosen)))
        return self.site.visit(request, values[self.profile]), where


def build(
    site: Site,
    profile: gr.BrowserState,
    *,
    controls: Controls,
    tabs: gr.Tabs,
    to_create: Callable[[], Any],
) -> Screen:
    """The screen; a recipe goes from here into the controls of Create, which `to_create` opens."""
    with gr.Row(elem_classes="vp-filter"):
        whose = gr.Dropdown([("All profiles", "")], value="", label="Show", filterable=False)
        order = gr.Dropdown(_ORDERS, value="newest", label="Sort by", filterable=False)
        upload = gr.UploadButton(
            "Use the recipe in a picture file", file_types=[".png"], elem_classes="vp-drop"
        )
    detail = gr.HTML(js_on_load=CLICKS, elem_id="vp-detail")
    with gr.Group(visible=False, elem_classes="vp-card") as words:
        text = gr.Textbox(
            label="What is right or wrong about it?",
            info="Your words teach the profile, as in Discover.",
            lines=2,
        )
        stance = gr.Radio([*_STANCES], value="Both", label="All in all")
        save = gr.Button("Save words", variant="primary", size="sm")
    grid = gr.HTML(js_on_load=CLICKS, elem_id="vp-gallery")
    parts = _Where(whose, order, gr.State(0), gr.State(""))
    outputs = [grid, detail, words, text, whose, parts.offset, parts.chosen]
    inputs = {whose, order, parts.offset, parts.chosen, profile}
    on = _Events(site, profile, controls, parts, text, stance, to_create)
    gr.on([whose.input, order.input], on.filter, inputs, outputs, **PRIVATE)
    for component in (grid, detail):
        component.click(on.act, inputs, outputs, **PRIVATE)
    save.click(on.words, {*inputs, text, stance}, outputs, **PRIVATE)
    # Any click in the open picture comes here; only one button asks for the recipe.
    detail.click(on.restore, parts.chosen, [tabs, *controls.inputs], **PRIVATE)
    upload.upload(on.dropped, upload, [upload, tabs, *controls.inputs], **PRIVATE)
    return Screen(on.show, outputs)


def uploaded_recipe(file: Path) -> Recipe:
    """Reads an uploaded picture's recipe and deletes the upload.

    Raises:
        BadInput: It carries none.
    """
    try:
        return read_recipe(file)
    except BadInput as error:
        # The sentence names the path; people know the file by its name.
        raise BadInput(str(error).replace(str(file), file.name)) from error
    finally:
        file.unlink(missing_ok=True)


def _view(site: Site, visit: Visit, where: _Where) -> tuple[Any, ...]:
    store = site.studio.store
    profiles = store.profiles.list(visit.owner)
    whose = where.whose if where.whose in {p.id for p in profiles} else ""
    count = store.images.count(visit.owner, profile=whose or None)
    offset = min(where.offset, max(0, count - 1) // PAGE * PAGE)
    page = store.images.page(
        visit.owner, profile=whose or None, order=where.order, limit=PAGE, offset=offset
    )
    opened = store.images.get(visit.owner, where.chosen) if where.chosen else None
    names = {p.id: p.name for p in profiles}
    choices = [("All profiles", ""), *((p.name, p.id) for p in profiles)]
    return (
        cards.grid(page, offset=offset, size=PAGE, count=count),
        cards.detail(opened, names) if opened else "",
        gr.update(visible=opened is not None),
        "",
        gr.update(choices=choices, value=whose),
        offset,
        where.chosen,
    )
