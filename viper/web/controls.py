"""The controls of Create, and the request they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import gradio as gr

from viper.errors import BadInput
from viper.generation import GenerationRequest, Rule
from viper.generation.recipe import Recipe
from viper.generation.style import STYLE_WEIGHT, StyleImage
from viper.judging.objective import ALPHA
from viper.preference import VisualPreference
from viper.studio import Choosing

MAX_COUNT, MAX_BEST_OF = 8, 8
EXPLORE_FROM = 4
"""Pictures of a batch from which one explores, unless it is switched off."""
_RULES: list[tuple[str, Rule]] = [
    ("Guidance: strongest, pulls and pushes", "guidance"),
    ("Condition: fastest, adds no passes", "condition"),
    ("ViPer 2024: as published", "viper2024"),
    ("Fusion: only through the words of the prompt", "fusion"),
    ("None: the plain model", "none"),
]


@dataclass(frozen=True, slots=True)
class Controls:
    """What a person sets before pressing Create."""

    prompt: gr.Textbox
    degree: gr.Slider
    auto: gr.Checkbox
    count: gr.Slider
    seed: gr.Number
    dice: gr.Button
    rule: gr.Dropdown
    guidance: gr.Number
    steps: gr.Number
    best_of: gr.Slider
    weight: gr.Slider
    explore: gr.Checkbox
    leave_out: gr.Textbox
    apart: gr.Checkbox
    liked: gr.Slider
    disliked: gr.Slider
    style: gr.File
    style_weight: gr.Slider
    restored: gr.State
    """A restored recipe as JSON, or nothing; its file was not kept."""
    whose: gr.Radio

    @classmethod
    def build(cls, *, takes_style: bool = False) -> Self:
        """Draws them where it is called; those for style pictures are seen where one can act."""
        prompt = gr.Textbox(
            label="Prompt",
            placeholder="a lighthouse at dusk",
            lines=2,
            max_lines=5,
        )
        degree = gr.Slider(
            0, 1, 0.8, step=0.05, label="Personalization", info="0 is the plain model.",
            buttons=[],
        )  # fmt: skip
        auto = gr.Checkbox(
            False, label="Choose for me", info="As strong as suits your taste and this prompt."
        )
        whose = gr.Radio(
            ["Mine", "The recipe's"], value="Mine", label="Whose taste?", visible=False
        )
        count = gr.Slider(1, MAX_COUNT, 2, step=1, label="Number of pictures", buttons=[])
        with gr.Row(elem_classes="vp-seed"):
            seed = gr.Number(
                1,
                label="Seed",
                precision=0,
                minimum=0,
                min_width=110,
                info="The same seed, the same picture.",
            )
            dice = gr.Button("Random seed", size="sm", min_width=120, scale=0)
        with gr.Accordion("Advanced", open=False):
            rule = gr.Dropdown(_RULES, value="guidance", label="Rule", filterable=False)
            with gr.Row():
                guidance = gr.Number(
                    None, label="Guidance scale", info="0: as the model prefers.", min_width=120
                )
                steps = gr.Number(
                    None, label="Steps", precision=0, info="0: as it prefers.", min_width=120
                )
            best_of = gr.Slider(
                1, MAX_BEST_OF, 1, step=1, label="Best of", buttons=[],
                info="So many are drawn for each picture; the most promising is kept.",
            )  # fmt: skip
            weight = gr.Slider(
                0, 1, ALPHA, step=0.05, label="Taste against prompt", buttons=[],
                info="When ViPer chooses: 0 minds only the prompt, 1 only your taste.",
            )  # fmt: skip
            explore = gr.Checkbox(
                True,
                label="Let one picture explore",
                info=f"Of {EXPLORE_FROM} or more, the last one follows your taste less.",
            )
            leave_out = gr.Textbox(label="Leave out", placeholder="text, people")
            apart = gr.Checkbox(False, label="Set likes and dislikes apart")
            liked = gr.Slider(0, 1, 0.8, step=0.05, label="Likes", visible=False, buttons=[])
            disliked = gr.Slider(0, 1, 0.8, step=0.05, label="Dislikes", visible=False, buttons=[])
            style = gr.File(
                label="Style pictures", file_count="multiple", visible=takes_style, height=120,
                file_types=[".png", ".jpg", ".jpeg", ".webp"],
            )  # fmt: skip
            style_weight = gr.Slider(
                0, 1, STYLE_WEIGHT, step=0.05, label="Style", buttons=[], visible=takes_style,
                info="How much of their colors and texture; what they show stays theirs.",
            )  # fmt: skip
        gr.on(
            [apart.change, auto.change],
            _set_degrees,
            [apart, auto],
            [liked, disliked, degree, apart],
            api_visibility="private",
            show_progress="hidden",
        )
        return cls(
            prompt=prompt, degree=degree, auto=auto, count=count, seed=seed, dice=dice, rule=rule,
            guidance=guidance, steps=steps, best_of=best_of, weight=weight, explore=explore,
            leave_out=leave_out, apart=apart, liked=liked, disliked=disliked, style=style,
            style_weight=style_weight, restored=gr.State(""), whose=whose,
        )  # fmt: skip

    @property
    def inputs(self) -> list[Any]:
        """Everything that `request` reads and `fill` writes."""
        return [
            self.prompt, self.degree, self.auto, self.count, self.seed, self.rule, self.guidance,
            self.steps, self.best_of, self.weight, self.explore, self.leave_out, self.apart,
            self.liked, self.disliked, self.style, self.style_weight, self.restored, self.whose,
        ]  # fmt: skip

    def request(
        self, values: dict[Any, Any], preference: VisualPreference | None
    ) -> GenerationRequest:
        """What was asked for.

        Raises:
            BadInput: It cannot be drawn; the message names what is wrong.
        """
        apart = values[self.apart]
        if values[self.seed] is None:
            raise BadInput("The seed is empty: write a whole number, or press Random seed.")
        asked = GenerationRequest(
            prompt=values[self.prompt] or "",
            negative_prompt=values[self.leave_out] or "",
            preference=preference,
            liked_degree=values[self.liked if apart else self.degree],
            disliked_degree=values[self.disliked if apart else self.degree],
            rule=values[self.rule],
            # Gradio shows and sends an empty number inside a closed accordion as 0.
            guidance_scale=values[self.guidance] or None,
            steps=values[self.steps] or None,
            seed=values[self.seed],
            count=values[self.count],
            style=style_images(values[self.style]),
            style_weight=values[self.style_weight],
        )
        recipe = self._applied_recipe(values)
        if recipe is not None and _same_words(recipe, asked):
            return asked.model_copy(update={"fused": recipe.fused})
        return asked

    def choosing(self, values: dict[Any, Any]) -> Choosing:
        """What is left to ViPer to choose."""
        return Choosing(
            best_of=int(values[self.best_of]),
            weight=values[self.weight] if values[self.auto] else None,
            explore=bool(values[self.explore]) and values[self.count] >= EXPLORE_FROM,
        )

    def restored_preference(self, values: dict[Any, Any]) -> VisualPreference | None:
        """The preference of the restored recipe, if it is to be applied."""
        recipe = self._applied_recipe(values)
        return None if recipe is None else recipe.preference

    def _applied_recipe(self, values: dict[Any, Any]) -> Recipe | None:
        if not values[self.restored] or values[self.whose] == "Mine":
            return None
        return Recipe.from_json(values[self.restored], source="the recipe")

    def fill(self, recipe: Recipe) -> tuple[Any, ...]:
        """The values that draw this recipe's picture again."""
        apart = recipe.liked_degree != recipe.disliked_degree
        taste = recipe.preference
        return (
            recipe.prompt,
            recipe.liked_degree,
            False,
            1,
            recipe.seed,
            recipe.rule,
            recipe.guidance_scale or 1.0,  # both turn it off
            recipe.steps,
            1,
            ALPHA,
            True,
            recipe.negative_prompt,
            apart,
            recipe.liked_degree,
            recipe.disliked_degree,
            None,
            STYLE_WEIGHT if recipe.style is None else recipe.style.weight,
            recipe.to_json(indent=None) if taste else "",
            gr.update(visible=taste is not None, value="The recipe's" if taste else "Mine"),
        )


def style_images(files: Sequence[str] | None) -> tuple[StyleImage, ...]:
    """The style pictures that were uploaded.

    Raises:
        BadInput: One is no picture, or was uploaded too long ago.
    """
    return tuple(StyleImage.read(Path(file), name=Path(file).name) for file in files or ())


def _same_words(before: Recipe, asked: GenerationRequest) -> bool:
    """Whether what the rule `fusion` wrote before is what was asked for again."""
    names = ("rule", "prompt", "negative_prompt", "liked_degree", "disliked_degree")
    return all(getattr(before, name) == getattr(asked, name) for name in names)


def _set_degrees(apart: bool, auto: bool) -> tuple[Any, Any, Any, Any]:
    """Two sliders instead of one, and none that can be moved where the degree is chosen."""
    own = gr.update(visible=apart and not auto)
    return own, own, gr.update(interactive=not (apart or auto)), gr.update(interactive=not auto)
