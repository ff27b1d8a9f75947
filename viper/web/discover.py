"""Discover: one picture at a time, what do you think of it?"""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from viper.curation import CuratedImage
from viper.preference import Stance
from viper.studio import Studio
from viper.web import markup
from viper.web.site import CLICKS, PRIVATE, Screen, Site, Visit, read_later, told


@dataclass(frozen=True, slots=True)
class _Events:
    """What happens on Discover: values in, one use case, values out."""

    site: Site

    def like(self, text: str, image: str, profile: str, request: gr.Request) -> tuple[Any, ...]:
        with told():
            return self._said("like", text, image, self.site.visit(request, profile))

    def dislike(self, text: str, image: str, profile: str, request: gr.Request) -> tuple[Any, ...]:
        with told():
            return self._said("dislike", text, image, self.site.visit(request, profile))

    def _said(self, stance: Stance, text: str, image: str, visit: Visit) -> tuple[Any, ...]:
        with read_later():
            self.site.studio.comment(visit.owner, visit.id, image=image, text=text, stance=stance)
        return _view(self.site.studio, visit)

    def skip(self, image: str, profile: str, request: gr.Request) -> tuple[Any, ...]:
        with told():
            visit = self.site.visit(request, profile)
            self.site.studio.skip(visit.owner, visit.id, image=image)
            return _view(self.site.studio, visit)

    def show(self, profile: str, request: gr.Request) -> tuple[Any, ...]:
        with told():
            return _view(self.site.studio, self.site.visit(request, profile))

    def choose(self, profile: str, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        with told():
            visit = self.site.visit(request, profile)
            picture, strip, _, _, *rest = _view(
                self.site.studio, visit, self.site.studio.curated.get(event.image)
            )
            return picture, strip, *rest


def build(site: Site, profile: gr.BrowserState) -> Screen:
    """The screen; its events store what was said, then show the next picture."""
    shown = gr.State("")
    with gr.Row(elem_classes="vp-discover"):
        with gr.Column(scale=6, min_width=320):
            picture = gr.HTML(elem_id="vp-picture")
        with gr.Column(scale=5, min_width=320):
            said = gr.Textbox(
                label="What do you think of this picture?",
                placeholder="“The teal is lovely, but it is far too busy.”",
                info="How it looks, in your own words. What it shows does not matter.",
                lines=3,
                max_lines=8,
                elem_id="vp-said",
            )
            with gr.Row(elem_classes="vp-verdict"):
                like = gr.Button("Like", variant="primary", elem_id="vp-like")
                dislike = gr.Button("Dislike", elem_id="vp-dislike", elem_classes="vp-clay")
                skip = gr.Button("Skip", elem_id="vp-skip", variant="secondary")
            gr.HTML(
                '<p class="vp-quiet vp-keys">Keys <kbd>1</kbd> like, <kbd>2</kbd> dislike, '
                "<kbd>3</kbd> skip. Everything is saved; stop and come back any time.</p>"
            )
            known = gr.HTML(elem_classes="vp-card")
    strip = gr.HTML(js_on_load=CLICKS, elem_id="vp-strip")
    outputs = [picture, strip, known, said, shown, like, dislike, skip]
    inputs = [said, shown, profile]
    on = _Events(site)
    like.click(on.like, inputs, outputs, **PRIVATE)
    dislike.click(on.dislike, inputs, outputs, **PRIVATE)
    skip.click(on.skip, [shown, profile], outputs, **PRIVATE)
    strip.click(on.choose, profile, [picture, strip, shown, *outputs[5:]], **PRIVATE)
    return Screen(on.show, outputs)


def _view(studio: Studio, visit: Visit, chosen: CuratedImage | None = None) -> tuple[Any, ...]:
    image = chosen or studio.next_image(visit.owner, visit.id)
    there = gr.update(interactive=image is not None)
    return (
        _picture(studio, visit, image),
        _strip(studio, visit, image),
        markup.known(studio.knowledge(visit.owner, visit.id)),
        "",
        image.reference if image else "",
        *(there,) * 3,
    )


def _picture(studio: Studio, visit: Visit, image: CuratedImage | None) -> str:
    if image is None:
        return markup.empty(
            "That was the whole set.",
            "Create draws by what you said; a click on a small picture lets you say more about it.",
        )
    stances = {"like": "You liked it", "dislike": "You disliked it"}
    before = "".join(
        f'<p class="vp-before">{stances.get(c.comment.stance or "", "You said")}'
        f"{': “' + markup.esc(c.comment.text) + '”' if c.comment.text else ''}</p>"
        for c in studio.store.comments.list(visit.owner, visit.id)
        if c.comment.image == image.reference
    )
    return (
        f'<figure class="vp-figure"><img src="{markup.curated_address(image)}" '
        f'alt="{markup.esc(image.alt)}"><figcaption>{markup.esc(image.title)}</figcaption>'
        f"{before}</figure>"
    )


def _strip(studio: Studio, visit: Visit, current: CuratedImage | None) -> str:
    seen = studio.seen(visit.owner, visit.id)
    skipped = studio.store.comments.skipped(visit.owner, visit.id)
    thumbs = "".join(
        _thumb(image, _state(image, seen, skipped), current is image)
        for image in studio.curated.images
    )
    done = sum(image.reference in seen for image in studio.curated.images)
    return (
        f'<p class="vp-label">{done} of {len(studio.curated.images)} seen</p>'
        f'<div class="vp-strip">{thumbs}</div>'
    )


def _state(image: CuratedImage, seen: Any, skipped: tuple[str, ...]) -> str:
    if image.reference in skipped:
        return "skipped"
    return "done" if image.reference in seen else "new"


def _thumb(image: CuratedImage, state: str, current: bool) -> str:
    label = image.title if state == "new" else f"{image.title}, {state}"
    return (
        f'<button type="button" class="vp-thumb vp-{state}" aria-label="{markup.esc(label)}" '
        f'aria-current="{str(current).lower()}" {markup.data(do="show", image=image.reference)}>'
        f'<img src="{markup.curated_address(image)}?small" alt="" loading="lazy"></button>'
    )
