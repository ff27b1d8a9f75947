"""My taste: what was understood, where it comes from, and how to change it."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from viper.errors import BadInput
from viper.preference import Attribute, Side, VisualPreference
from viper.web import evidence, markup, profiles
from viper.web.site import CLICKS, PRIVATE, Screen, Site, Visit, read_later, told

_SIDES: dict[str, Side] = {"I like it": "liked", "I do not like it": "disliked"}
_VERSIONS = 8


@dataclass(frozen=True, slots=True)
class _Events:
    """What happens on My taste; `chosen` is the attribute whose evidence is open."""

    site: Site
    bar: profiles.Bar

    def show(self, profile: str, request: gr.Request) -> tuple[Any, ...]:
        with told():
            visit = self.site.visit(request, profile)
            return *self._view(visit), *self.bar.view(visit)

    def choose(self, chosen: Any, profile: str, event: gr.EventData, request: gr.Request) -> Any:
        with told():
            visit, picked = self.site.visit(request, profile), (event.side, event.attribute)
            if event.do == "restore":
                self.site.studio.restore_attribute(
                    visit.owner, visit.id, side=event.side, attribute=event.attribute
                )
            return self._view(visit, picked)

    def act(self, chosen: Any, profile: str, event: gr.EventData, request: gr.Request) -> Any:
        side, name = chosen
        changes: dict[str, Any] = {
            "mute": lambda p: p.mute(side, name),
            "unmute": lambda p: p.mute(side, name, muted=False),
            "pin": lambda p: p.pin(side, name),
            "unpin": lambda p: p.pin(side, name, pinned=False),
            "remove": lambda p: p.remove(side, name),
        }
        with told():
            visit = self.site.visit(request, profile)
            note = f"{event.do}: {name}"
            self.site.studio.change(visit.owner, visit.id, change=changes[event.do], note=note)
            return self._view(visit, chosen)

    def strengthen(
        self, strength: float, chosen: Any, profile: str, request: gr.Request
    ) -> tuple[Any, ...]:
        side, name = chosen

        def stronger(preference: VisualPreference) -> VisualPreference:
            return preference.set_strength(side, name, strength)

        with told():
            visit = self.site.visit(request, profile)
            note = f"strength {strength:g}: {name}"
            self.site.studio.change(visit.owner, visit.id, change=stronger, note=note)
            return self._view(visit, chosen)

    def add(
        self, word: str, side: str, chosen: Any, profile: str, request: gr.Request
    ) -> tuple[Any, ...]:
        with told():
            visit = self.site.visit(request, profile)
            self.site.studio.add_attribute(visit.owner, visit.id, side=_SIDES[side], attribute=word)
            return self._view(visit, chosen)

    def undo(self, chosen: Any, profile: str, request: gr.Request) -> tuple[Any, ...]:
        with told():
            visit = self.site.visit(request, profile)
            self.site.studio.undo(visit.owner, visit.id)
            return self._view(visit, chosen)

    def on_comment(
        self, chosen: Any, profile: str, event: gr.EventData, request: gr.Request
    ) -> tuple[Any, ...]:
        with told():
            visit = self.site.visit(request, profile)
            number = int(event.comment)
            if event.do == "delete":
                self.site.studio.delete_comment(visit.owner, visit.id, comment=number)
                return *self._view(visit, chosen), 0
            stored = evidence.comment(self.site.studio, visit, number)
            chips, proof, strength, history, said, _, _, picked = self._view(visit, chosen)
            opened = gr.update(visible=True), stored.comment.text
            return chips, proof, strength, history, said, *opened, picked, number

    def save_comment(
        self, text: str, number: int, chosen: Any, profile: str, request: gr.Request
    ) -> tuple[Any, ...]:
        with told():
            visit = self.site.visit(request, profile)
            stance = evidence.comment(self.site.studio, visit, number).comment.stance
            with read_later():
                self.site.studio.edit_comment(
                    visit.owner, visit.id, comment=number, text=text, stance=stance
                )
            return self._view(visit, chosen)

    def _view(self, visit: Visit, chosen: Any = ("", "")) -> tuple[Any, ...]:
        studio = self.site.studio
        knowledge = studio.knowledge(visit.owner, visit.id)
        side, attribute = _found(knowledge.preference, chosen)
        picked = (side, attribute.attribute) if attribute else ("", "")
        clashes = "".join(evidence.conflict(studio, clash) for clash in knowledge.conflicts)
        taste = markup.facets(knowledge.preference, picked) + evidence.deleted(knowledge.preference)
        versions = studio.store.preferences.versions(visit.owner, visit.id, limit=_VERSIONS)
        strength = attribute.strength if attribute else 0.8
        return (
            markup.meter(knowledge) + clashes + taste,
            evidence.panel(studio, side, attribute),
            gr.update(visible=attribute is not None, value=strength),
            evidence.history(versions),
            evidence.comments(studio, visit),
            gr.update(visible=False),
            "",
            picked,
        )


def build(site: Site, profile: gr.BrowserState) -> Screen:
    """The screen; every change is a new version, so that everything can be undone."""
    chosen = gr.State(("", ""))
    comment = gr.State(0)
    bar = profiles.build(site, profile)
    with gr.Row(elem_classes="vp-taste"):
        with gr.Column(scale=7, min_width=320):
            chips = gr.HTML(js_on_load=CLICKS, elem_id="vp-chips")
            with gr.Row(elem_classes="vp-add"):
                word = gr.Textbox(
                    label="Add an attribute", placeholder="soft light, gold, minimalist ..."
                )
                side = gr.Radio([*_SIDES], value="I like it", label="Which way?")
                add = gr.Button("Add", scale=0, min_width=90)
        with gr.Column(scale=4, min_width=320):
            with gr.Group(elem_classes="vp-card"):
                proof = gr.HTML(js_on_load=CLICKS, elem_id="vp-evidence")
                strength = gr.Slider(0, 1, 0.8, step=0.05, label="Strength", visible=False)
            with gr.Group(elem_classes="vp-card"):
                history = gr.HTML()
                undo = gr.Button("Undo", size="sm")
    said = gr.HTML(js_on_load=CLICKS, elem_id="vp-comments")
    with gr.Group(visible=False, elem_classes="vp-card") as editor:
        text = gr.Textbox(label="Your comment", lines=2)
        save = gr.Button("Save comment", variant="primary", size="sm")
    outputs = [chips, proof, strength, history, said, editor, text, chosen]
    everything = [*outputs, *bar.outputs]
    on = _Events(site, bar)
    picked = [chosen, profile]
    for event, use, inputs in (
        (chips.click, on.choose, picked),
        (proof.click, on.act, picked),
        (strength.release, on.strengthen, [strength, *picked]),
        (add.click, on.add, [word, side, *picked]),
        (word.submit, on.add, [word, side, *picked]),
        (undo.click, on.undo, picked),
        (save.click, on.save_comment, [text, comment, *picked]),
    ):
        event(use, inputs, outputs, **PRIVATE)
    said.click(on.on_comment, picked, [*outputs, comment], **PRIVATE)
    bar.wire(on.show, everything)
    return Screen(on.show, everything)


def _found(preference: VisualPreference, chosen: Any) -> tuple[Side, Attribute | None]:
    """The chosen attribute, if it is still there."""
    wanted, name = chosen
    for side, attribute in preference.find(name) if name else ():
        if side == wanted:
            return side, attribute
    if wanted not in {"", "liked", "disliked"}:
        raise BadInput(f"There is no side {wanted!r}.")
    return "liked", None
