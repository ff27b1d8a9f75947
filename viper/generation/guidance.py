"""The guidance rule: how predictions for prompt and preference become one.

In the symbols of Salehi et al., "ViPer: Visual Personalization of Generative Models via Individual
Preference Learning" (arXiv 2407.17365), with u, p, l, d the predictions for the negative prompt,
the prompt, the liked and the disliked attributes, scale s and degrees a, b:

    eps = u + s [ (p - u) + a (l - u) + b (u - d) ]                      rule `guidance`

The coefficients sum to 1 for every a and b; at a = b it is the noise rule of the released code,
without its shifted embeddings; at a = b = 0 it is classifier-free guidance, in the same two passes.

    c+ = E(prompt) + a E(liked)          c- = E(negative) + a E(disliked)
    eps = u(c-) + s [ p(c+) + a l - u(c-) - a d ]                        rule `viper2024`

    p  = E(prompt) + a (E(liked) - E("")) + b (E("") - E(disliked))      rule `condition`
    eps = u + s (p - u)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from viper.errors import BadInput
from viper.generation import GenerationRequest, Interval
from viper.generation.conditioning import Conditioning

Predict = Callable[[Tensor, Tensor, Sequence[Conditioning]], tuple[Tensor, ...]]
"""(latents [n, c, h, w], time step, m conditions) -> m predictions [n, c, h, w], in one call."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """The texts of a request, encoded; a side that does not act is None."""

    prompt: Conditioning
    negative: Conditioning
    empty: Conditioning
    """The empty text as encoded (not the zeros that SDXL puts in place of a negative prompt)."""
    liked: Conditioning | None = None
    disliked: Conditioning | None = None


@dataclass(frozen=True, slots=True)
class Guidance:
    """The rule's numbers. A degree is 0 where its side does not act."""

    scale: float
    liked: float = 0.0
    disliked: float = 0.0
    interval: Interval = (0.0, 1.0)
    rescale: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is evaluated at a step, and how the predictions become one."""

    always: tuple[Conditioning, ...]
    """(p,) where guidance is off, else (u, p)."""
    preference: tuple[Conditioning, ...]
    """Evaluated beside the others, within the interval only."""
    mix: Callable[[tuple[Tensor, ...]], Tensor]
    """Of the predictions for `always`, or for `always` and `preference`."""
    guidance: Guidance

    def conditions(self, progress: float) -> tuple[Conditioning, ...]:
        """What to evaluate at that fraction of the trajectory, 0 to below 1."""
        start, end = self.guidance.interval
        within = start <= progress < end
        return (*self.always, *self.preference) if within else self.always


def combine(  # noqa: PLR0913 - the symbols of the rule
    u: Tensor,
    p: Tensor,
    l: Tensor | None = None,  # noqa: E741 - the source's symbol
    d: Tensor | None = None,
    *,
    s: float,
    a: float = 0.0,
    b: float = 0.0,
) -> Tensor:
    """`eps = u + s [ (p - u) + a (l - u) + b (u - d) ]`; a missing side leaves its term out."""
    direction = p - u
    if l is not None:
        direction = direction + a * (l - u)
    if d is not None:
        direction = direction + b * (u - d)
    return u + s * direction


def combine_released(u: Tensor, p: Tensor, l: Tensor, d: Tensor, *, s: float, a: float) -> Tensor:  # noqa: E741
    """`eps = u + s [ p + a l - u - a d ]`, the noise rule of ViPer's released code."""
    return u + s * (p + a * l - u - a * d)


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


def guided(predict: Predict, plan: Plan) -> Callable[[Tensor, Tensor, float], tuple[Tensor, int]]:
    """Wraps a model so that one call follows the plan.

    Returns:
        (latents, time step, fraction of the trajectory) -> (prediction, passes it cost a picture).
    """
    own = 0 if len(plan.always) == 1 else 1

    def call(latents: Tensor, t: Tensor, progress: float) -> tuple[Tensor, int]:
        conditions = plan.conditions(progress)
        predictions = predict(latents, t, conditions)
        mixed = plan.mix(predictions)
        if len(predictions) > 1:
            mixed = rescaled(mixed, predictions[own], plan.guidance.rescale)
        return mixed, len(conditions)

    return call


def plan_for(request: GenerationRequest, conditions: Conditions, guidance: Guidance) -> Plan:
    """Chooses the rule.

    Raises:
        BadInput: The rule cannot do what the request asks.
    """
    check_rule(request, guidance)
    if request.rule == "condition" and (guidance.liked or guidance.disliked):
        return _plain(_shifted(conditions, guidance), conditions.negative, guidance)
    if guidance.liked == guidance.disliked == 0:
        return _plain(conditions.prompt, conditions.negative, guidance)
    if request.rule == "viper2024":
        # The released code encodes an empty negative prompt, where SDXL puts zeros.
        negative = conditions.negative if request.negative_prompt else conditions.empty
        return _released(replace(conditions, negative=negative), guidance)
    return _preferring(conditions, guidance)


def check_rule(request: GenerationRequest, guidance: Guidance) -> None:
    """Refuses what the request's rule is not defined for.

    Raises:
        BadInput: Unequal degrees for `viper2024`, or a scale below 1 for a rule of predictions.
    """
    if request.active_degrees() == (0.0, 0.0) or request.rule == "condition":
        return
    if request.rule == "viper2024" and request.liked_degree != request.disliked_degree:
        raise BadInput(
            "The rule viper2024 is defined for equal degrees only, got liked "
            f"{request.liked_degree:g} and disliked {request.disliked_degree:g}: make them equal, "
            "or choose the rule guidance."
        )
    if guidance.scale < 1:
        raise BadInput(
            f"The rule {request.rule} needs a guidance scale of at least 1, got "
            f"{guidance.scale:g}: raise it, or choose the rule condition."
        )


def _plain(prompt: Conditioning, negative: Conditioning, guidance: Guidance) -> Plan:
    if guidance.scale <= 1:
        return Plan(always=(prompt,), preference=(), mix=lambda e: e[0], guidance=guidance)
    return Plan(
        always=(negative, prompt),
        preference=(),
        mix=lambda e: combine(e[0], e[1], s=guidance.scale),
        guidance=guidance,
    )


def _preferring(conditions: Conditions, guidance: Guidance) -> Plan:
    liked = conditions.liked if guidance.liked else None
    disliked = conditions.disliked if guidance.disliked else None

    def mix(predictions: tuple[Tensor, ...]) -> Tensor:
        u, p, *rest = predictions
        return combine(
            u,
            p,
            rest[0] if rest and liked is not None else None,
            rest[-1] if rest and disliked is not None else None,
            s=guidance.scale,
            a=guidance.liked,
            b=guidance.disliked,
        )

    return Plan(
        always=(conditions.negative, conditions.prompt),
        preference=tuple(c for c in (liked, disliked) if c is not None),
        mix=mix,
        guidance=guidance,
    )


def _released(conditions: Conditions, guidance: Guidance) -> Plan:
    """As released: all the way, a missing side is the empty text, pooled vectors stay."""
    guidance = replace(guidance, interval=(0.0, 1.0), rescale=0.0)
    degree = max(guidance.liked, guidance.disliked)
    liked = conditions.liked or conditions.empty
    disliked = conditions.disliked or conditions.empty
    prompt, negative = conditions.prompt, conditions.negative
    always = (
        Conditioning(negative.states + degree * disliked.states, negative.pooled),
        Conditioning(prompt.states + degree * liked.states, prompt.pooled),
    )
    preference = (
        Conditioning(liked.states, prompt.pooled),
        Conditioning(disliked.states, negative.pooled),
    )

    def mix(predictions: tuple[Tensor, ...]) -> Tensor:
        u, p, l, d = predictions  # noqa: E741
        return combine_released(u, p, l, d, s=guidance.scale, a=degree)

    return Plan(always=always, preference=preference, mix=mix, guidance=guidance)


def _shifted(conditions: Conditions, guidance: Guidance) -> Conditioning:
    """The prompt's conditioning, turned towards the liked and away from the disliked."""
    empty = conditions.empty
    liked = conditions.liked or empty
    disliked = conditions.disliked or empty

    def shift(prompt: Tensor, towards: Tensor, neutral: Tensor, away: Tensor) -> Tensor:
        moved = prompt + guidance.liked * (towards - neutral) + guidance.disliked * (neutral - away)
        norm = prompt.norm(dim=-1, keepdim=True)
        length = moved.norm(dim=-1, keepdim=True)
        # Positions that the prompt leaves empty (zeros) have no norm to keep.
        return torch.where(norm > 0, moved * (norm / length.clamp_min(1e-12)), moved)

    prompt = conditions.prompt
    pooled = None
    if prompt.pooled is not None:
        sides = [c.pooled for c in (liked, empty, disliked)]
        pooled = shift(prompt.pooled, *(side for side in sides if side is not None))
    return Conditioning(shift(prompt.states, liked.states, empty.states, disliked.states), pooled)
