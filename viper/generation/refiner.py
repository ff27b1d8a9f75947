"""SDXL's refiner: a second denoiser for the end of the trajectory, with conditionings of its own.

It reads the texts with the second of SDXL's two encoders alone, and is told how good the picture
should be: 6.0 for the prompt, 2.5 for what it is guided away from. Likes and dislikes are told the
same as what they are compared with, so that l - r and r - d are about their texts and about nothing
else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from viper.generation import GenerationRequest, PreferenceContext
from viper.generation.conditioning import Conditioning, TextConditioner
from viper.generation.denoising import Denoiser, Refining
from viper.generation.guidance import Guidance
from viper.generation.rules import Conditions, plan_for
from viper.generation.texts import Texts

START = 0.8
"""Fraction of the trajectory after which a refiner takes over, as its authors advise."""
_GOOD = 6.0
_POOR = 2.5


@dataclass(frozen=True)
class Refiner:
    """The parts of a refiner."""

    denoiser: Denoiser
    """With the decoder and the time steps of the model that it refines."""
    conditioner: TextConditioner
    model_id: str
    """What it is called in recipes."""
    weight_hashes: Callable[[], Mapping[str, str]]
    """Of the files that are used; they cost reading every one of them."""

    def refining(
        self, request: GenerationRequest, texts: Texts, guidance: Guidance
    ) -> Refining | None:
        """Goes on by the rule of the request; None where the request leaves the refiner out.

        With `viper2024` nothing but the prompt acts at the end, as in the released code.
        """
        start = START if request.refiner_start is None else request.refiner_start
        if start == 1:
            return None
        if request.rule == "viper2024":
            guidance = replace(guidance, liked=0.0, disliked=0.0)
        conditions = scored(texts.encoded(self.conditioner), guidance.context)
        plan = plan_for(request, conditions, guidance)
        return Refining(denoiser=self.denoiser, plan=plan, start=start)


def scored(conditions: Conditions, context: PreferenceContext) -> Conditions:
    """The conditions, each with the aesthetic score that goes with its part in the rule."""

    def told(score: float, condition: Conditioning) -> Conditioning:
        return replace(condition, aesthetic_score=score)

    compared = _GOOD if context == "prompt" else _POOR
    liked, disliked, fused = conditions.liked, conditions.disliked, conditions.fused
    return Conditions(
        prompt=told(_GOOD, conditions.prompt),
        negative=told(_POOR, conditions.negative),
        empty=told(_POOR, conditions.empty),
        liked=liked and told(compared, liked),
        disliked=disliked and told(compared, disliked),
        fused=fused and told(_GOOD, fused),
    )
