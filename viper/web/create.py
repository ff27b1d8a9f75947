"""Create: a prompt, drawn as this person likes it."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from viper.errors import Cancelled, ViperError
from viper.generation import GenerationRequest, Progress
from viper.studio import Choosing, Drawn, Studio
from viper.web import markup, sheet
from viper.web.controls import Controls, style_images
from viper.web.drawing import Runs, Start, stream
from viper.web.sheet import Sheet, recipe_of
from viper.web.site import DRAWING, PRIVATE, Screen, Site, Visit, told


@dataclass(frozen=True, slots=True)
class _Events:
    """What happens on Create; a page has one drawing at a time."""

    site: Site
    runs: Runs
    controls: Controls
    profile: gr.BrowserState

    def begin(self, values: dict[Any, Any], request: gr.Request) -> Any:
        with told():
            asked = self.controls.request(values, None)
        self.runs.begin(request.session_hash or "")
        return _view(Sheet(asked.count, asked.prompt))

    def draw(self, values: dict[Any, Any], request: gr.Request) -> Iterator[Any]:
        session = request.session_hash or ""
        stop = self.runs.event(session)
        page = Sheet(1, "")
        try:
            visit = self.site.visit(request, values[self.profile])
            restored = self.controls.restored_preference(values)
            asked = self.controls.request(values, restored)
            choosing = self.controls.choosing(values)
            page = Sheet(asked.count, asked.prompt, best_of=choosing.best_of)
            start = _start(self.site.studio, visit, asked, choosing)
            for news in stream(start, stop):
                page = page.with_news(news)
                yield _view(page)
            yield _view(page.ended())
        except Cancelled:
            yield _view(page.ended("Stopped."))
        except ViperError as error:
            # What is finished stays; the sentence stands beside it instead of flying by.
            yield _view(page.ended(str(error), failed=True))
        finally:
            self.runs.end(session, stop)

    def cancel(self, request: gr.Request) -> Any:
        self.runs.cancel(request.session_hash or "")
        return gr.update(interactive=False)

    def compare(self, first: str, style: list[str] | None, request: gr.Request) -> tuple[str, Any]:
        with told():
            owner = self.site.owner(request)
            recipe = recipe_of(self.site.studio.store.images.get(owner, first))
            plain = {"liked_degree": 0.0, "disliked_degree": 0.0, "fused": None}
            images = style_images(style) if recipe.style else ()
            request_of_it = recipe.to_request(images).model_copy(update=plain)
            (drawn,) = self.site.studio.draw(owner, None, request=request_of_it)
            return sheet.comparison(first, drawn.stored.id, recipe), gr.update(visible=False)

    def show(self, profile: str, request: gr.Request) -> str:
        with told():
            return _about(self.site.studio, self.site.visit(request, profile))


def build(site: Site, profile: gr.BrowserState) -> tuple[Screen, Controls]:
    """The screen, and its controls, which a recipe can fill."""
    first = gr.State("")
    with gr.Row(elem_classes="vp-create"):
        with gr.Column(scale=4, min_width=320, elem_classes="vp-card"):
            about = gr.HTML()
            controls = Controls.build(takes_style=site.takes_style)
            with gr.Row(elem_classes="vp-verdict"):
                create = gr.Button("Create", variant="primary", elem_id="vp-create-button")
                cancel = gr.Button("Cancel", interactive=False, elem_id="vp-cancel-button")
        with gr.Column(scale=7, min_width=320):
            results = gr.HTML(sheet.welcome(), elem_id="vp-results")
            compare = gr.Button("Compare with plain", visible=False, size="sm")
            comparison = gr.HTML(elem_id="vp-comparison")
    outputs = [results, create, cancel, compare, comparison, first]
    inputs = {*controls.inputs, profile}

    on = _Events(site, Runs(), controls, profile)
    pressed = gr.on([create.click, controls.prompt.submit], on.begin, inputs, outputs, **PRIVATE)
    pressed.success(on.draw, inputs, outputs, **PRIVATE, **DRAWING)
    cancel.click(on.cancel, None, cancel, queue=False, **PRIVATE)
    shown = {**PRIVATE, "show_progress": "full"}
    compared = [first, controls.style]
    compare.click(on.compare, compared, [comparison, compare], **shown, **DRAWING)
    controls.dice.click(_seed, None, controls.seed, **PRIVATE)
    return Screen(on.show, [about]), controls


def _start(studio: Studio, visit: Visit, asked: GenerationRequest, choosing: Choosing) -> Start:
    # A restored recipe brings its own preference; otherwise the profile's is applied.
    profile = visit.id if asked.preference is None else None

    def start(
        on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> Iterator[Drawn]:
        return studio.draw(
            visit.owner,
            profile,
            request=asked,
            choosing=choosing,
            on_progress=on_progress,
            cancelled=cancelled,
        )

    return start


def _seed() -> int:
    return secrets.randbelow(2**31)


def _about(studio: Studio, visit: Visit) -> str:
    preference = studio.store.preferences.current(visit.owner, visit.id).preference
    if preference.is_empty:
        return markup.notice(
            "Your taste is unknown so far, so pictures will be plain: comment on a few in Discover."
        )
    liked, disliked = len(preference.active("liked")), len(preference.active("disliked"))
    return (
        f'<p class="vp-quiet">In the taste of <b>{markup.esc(visit.profile.name)}</b>: '
        f"{liked} liked, {disliked} disliked.</p>"
    )


def _view(page: Sheet) -> tuple[Any, ...]:
    return (
        page.markup(),
        gr.update(interactive=not page.running),
        gr.update(interactive=page.running),
        gr.update(visible=not page.running and page.comparable),
        "",
        page.first,
    )
