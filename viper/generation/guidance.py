"""The guidance rule: how predictions for prompt and preference become one.

In the symbols of Salehi et al., "ViPer: Visual Personalization of Generative Models via Individual
Preference Learning" (arXiv 2407.17365), with u, p, l, d the predictions for the negative prompt,
the prompt, the liked and the disliked attributes, scale s and degrees a, b:

    eps = u + s [ (p - u) + g ]          g = a (l - r) + b (r - d) = sum_i w_i (e_i - r)

    alone     r = u;  l and d read the attributes alone
    prompt    r = p;  l and d read the prompt with the attributes behind it

Alone, at a = b, it is the noise rule of the released code, without its shifted embeddings. Together
with the prompt, g is what the attributes change about this very picture, as the directions of
Gandikota et al., "Concept Sliders" (arXiv 2311.12092) are; at a = 1, b = 0 it is guidance by the
longer prompt. The coefficients sum to 1 for every a and b; at a = b = 0 both are classifier-free
guidance, in the same two passes.

The direction g changes slowly from step to step. So it is evaluated at some steps and remembered
for the others, which then cost as much as without a preference; a remembered direction adds the
same to every prediction's level as a fresh one, nothing. Which texts are asked, `rules` decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from viper.generation import (
    ConditionForm,
    GenerationRequest,
    GuidanceDefaults,
    Interval,
    PreferenceContext,
)
from viper.generation.conditioning import Conditioning


@dataclass(frozen=True, slots=True)
class Guidance:
    """The rule's numbers."""

    scale: float
    liked: float = 0.0
    """a; 0 where that side does not act."""
    disliked: float = 0.0
    """b: the degree of disliking times `disliked_weight`."""
    disliked_weight: float = 1.0
    interval: Interval = (0.0, 1.0)
    """Where the preference acts."""
    every: int = 1
    """The preference is evaluated at every so many steps of the interval; 1 is the exact rule."""
    context: PreferenceContext = "alone"
    rescale: float = 0.0
    condition: ConditionForm = "shift"
    """Of the rule `condition`."""
    embedded: bool = False
    """The scale is an input of the model: nothing is evaluated beside the prompt."""


def guidance_for(
    request: GenerationRequest, defaults: GuidanceDefaults, *, embedded: bool = False
) -> Guidance:
    """The numbers that a request means, with a model's own where it says None."""
    liked, disliked = request.active_degrees()
    weight = _or(request.disliked_weight, defaults.disliked_weight)
    if request.rule == "viper2024":
        weight = 1.0
    return Guidance(
        scale=_or(request.guidance_scale, defaults.guidance_scale),
        liked=liked,
        disliked=weight * disliked,
        disliked_weight=weight,
        interval=request.preference_interval or defaults.preference_interval,
        every=request.preference_every or defaults.preference_every,
        context=request.preference_context or defaults.preference_context,
        condition=request.condition or defaults.condition,
        rescale=_or(request.rescale, defaults.rescale),
        embedded=embedded,
    )


def _or(asked: float | None, default: float) -> float:
    return default if asked is None else asked


@dataclass(frozen=True, slots=True)
class Plan:
    """What is evaluated for a picture, and with which weights it acts."""

    always: tuple[Conditioning, ...]
    """(p,) where guidance is off, else (u, p)."""
    preference: tuple[Conditioning, ...]
    """Evaluated beside the others, at some steps only."""
    weights: tuple[float, ...]
    """w_i, one for each of `preference`."""
    guidance: Guidance

    def steering(self) -> "Steering":
        """The rule in action, for one drawing from its first step to its last."""
        return Steering(self)


class Steering:
    """Leads one drawing: asked at each step what to evaluate, then what follows from it.

    Remembers the preference's direction between steps, so each drawing (of one picture, or of
    several together) needs its own.
    """

    def __init__(self, plan: Plan) -> None:
        """Begins before the first step."""
        self._plan = plan
        self._direction: Tensor | None = None
        self._age = 0
        self._within = False

    def conditions(self, progress: float) -> tuple[Conditioning, ...]:
        """What to evaluate at this step; asking again changes nothing.

        Args:
            progress: Fraction of the trajectory that is done, 0 to below 1.
        """
        plan = self._plan
        start, end = plan.guidance.interval
        self._within = bool(plan.preference) and start <= progress < end
        due = self._direction is None or self._age >= plan.guidance.every
        return (*plan.always, *plan.preference) if self._within and due else plan.always

    def combine(self, predictions: tuple[Tensor, ...]) -> Tensor:
        """The guided prediction; ends the step.

        Args:
            predictions: One [n, c, h, w] for each of the step's `conditions`, in their order.
        """
        if len(predictions) == 1:
            return predictions[0]
        u, p, *preference = predictions
        if preference:
            reference = p if self._plan.guidance.context == "prompt" else u
            self._direction = direction(reference, preference, self._plan.weights)
            self._age = 0
        self._age += 1
        guidance = self._plan.guidance
        guided = combine(u, p, self._direction if self._within else None, s=guidance.scale)
        return rescaled(guided, p, guidance.rescale)


def direction(r: Tensor, preference: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    """`g = sum_i w_i (e_i - r)`: a (l - r) + b (r - d) for weights (a, -b).

    A constant added to r and to all e_i changes nothing.
    """
    first, *others = (w * (e - r) for w, e in zip(weights, preference, strict=True))
    return sum(others, start=first)


def combine(u: Tensor, p: Tensor, g: Tensor | None = None, *, s: float) -> Tensor:
    """`eps = u + s [ (p - u) + g ]`; classifier-free guidance without a direction."""
    towards = p - u if g is None else p - u + g
    return u + s * towards


def rescaled(guided: Tensor, conditional: Tensor, phi: float) -> Tensor:
    """Brings the spread of the guided prediction back to the conditional one's, by a factor phi.

    Lin et al., "Common Diffusion Noise Schedules and Sample Steps are Flawed" (arXiv 2305.08891),
    section 3.4.
    """
    if phi == 0:
        return guided
    axes = tuple(range(1, guided.ndim))
    ratio = conditional.std(dim=axes, keepdim=True) / guided.std(dim=axes, keepdim=True)
    return phi * (guided * ratio) + (1 - phi) * guided
