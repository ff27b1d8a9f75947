"""The controls of Create, and the request they mean."""

import json
from dataclasses import dataclass
from typing import Any, Self

import gradio as gr

from viper.errors import BadInput
from viper.generation import GenerationRequest, Rule
from viper.generation.recipe import Recipe
from viper.preference import VisualPreference

MAX_COUNT, MAX_BEST_OF = 8, 8
_RULES: list[tuple[str, Rule]] = [
    ("Guidance: strongest, pulls and pushes", "guidance"),
    ("Condition: fastest, adds no passes", "condition"),
    ("ViPer 2024: as published", "viper2024"),
    ("None: the plain model", "none"),
]


@dataclass(frozen=True, slots=True)
class Controls:
    """What a person sets before pressing Create."""

    prompt: gr.Textbox
    degree: gr.Slider
    count: gr.Slider
    seed: gr.Number
    dice: gr.Button
    rule: gr.Dropdown
    guidance: gr.Number
    steps: gr.Number
    best_of: gr.Slider
    leave_out: gr.Textbox
    apart: gr.Checkbox
    liked: gr.Slider
    disliked: gr.Slider
    restored: gr.State
    """The preference of a restored recipe as JSON, or nothing; its file was not kept."""
    whose: gr.Radio

    @classmethod
    def build(cls) -> Self:
        """Draws them where it is called."""
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
                    None, label="Guidance scale", info="Empty: as the model prefers.", min_width=120
                )
                steps = gr.Number(
                    None, label="Steps", precision=0, info="Empty: as it prefers.", min_width=120
                )
            best_of = gr.Slider(
                1, MAX_BEST_OF, 1, step=1, label="Best of", buttons=[],
                info="So many are drawn for each picture; the most promising is kept.",
            )  # fmt: skip
            leave_out = gr.Textbox(label="Leave out", placeholder="text, people")
            apart = gr.Checkbox(False, label="Set likes and dislikes apart")
            liked = gr.Slider(0, 1, 0.8, step=0.05, label="Likes", visible=False, buttons=[])
            disliked = gr.Slider(0, 1, 0.8, step=0.05, label="Dislikes", visible=False, buttons=[])
        apart.change(
            _set_apart,
            apart,
            [liked, disliked, degree],
            api_visibility="private",
            show_progress="hidden",
        )
        return cls(
            prompt=prompt, degree=degree, count=count, seed=seed, dice=dice, rule=rule,
            guidance=guidance, steps=steps, best_of=best_of, leave_out=leave_out, apart=apart,
            liked=liked, disliked=disliked, restored=gr.State(""), whose=whose,
        )  # fmt: skip

    @property
    def inputs(self) -> list[Any]:
        """Everything that `request` reads and `fill` writes."""
        return [
            self.prompt, self.degree, self.count, self.seed, self.rule, self.guidance, self.steps,
            self.best_of, self.leave_out, self.apart, self.liked, self.disliked, self.restored,
            self.whose,
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
        return GenerationRequest(
            prompt=values[self.prompt] or "",
            negative_prompt=values[self.leave_out] or "",
            preference=preference,
            liked_degree=values[self.liked if apart else self.degree],
            disliked_degree=values[self.disliked if apart else self.degree],
            rule=values[self.rule],
            guidance_scale=values[self.guidance],
            steps=values[self.steps],
            seed=values[self.seed],
            count=values[self.count],
        )

    def candidates(self, values: dict[Any, Any]) -> int:
        """How many are drawn for each picture."""
        return int(values[self.best_of])

    def restored_preference(self, values: dict[Any, Any]) -> VisualPreference | None:
        """The preference of the restored recipe, if it is to be applied."""
        if not values[self.restored] or values[self.whose] == "Mine":
            return None
        return VisualPreference.from_json(values[self.restored], source="the recipe")

    def fill(self, recipe: Recipe) -> tuple[Any, ...]:
        """The values that draw this recipe's picture again."""
        apart = recipe.liked_degree != recipe.disliked_degree
        taste = recipe.preference
        return (
            recipe.prompt,
            recipe.liked_degree,
            1,
            recipe.seed,
            recipe.rule,
            recipe.guidance_scale,
            recipe.steps,
            1,
            recipe.negative_prompt,
            apart,
            recipe.liked_degree,
            recipe.disliked_degree,
            json.dumps(taste.to_dict()) if taste else "",
            gr.update(visible=taste is not None, value="The recipe's" if taste else "Mine"),
        )


def _set_apart(apart: bool) -> tuple[Any, Any, Any]:
    own = gr.update(visible=apart)
    return own, own, gr.update(interactive=not apart)
