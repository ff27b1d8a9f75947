"""The rule as arithmetic: what it adds up to, and what it costs."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from viper.errors import BadInput
from viper.generation import GenerationRequest, PreferenceContext
from viper.generation.conditioning import Conditioning
from viper.generation.guidance import Guidance, Plan, combine, direction, rescaled
from viper.generation.rules import Conditions, plan_for
from viper.preference import Attribute, VisualPreference

DEGREES = st.floats(0, 1)
POSITIVE = st.floats(0.01, 1)
SCALES = st.floats(1, 15)
SHAPE = (1, 4, 4, 4)


def predictions(seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    u, p, l, d = torch.randn(4, 1, 4, 8, 8, generator=generator, dtype=torch.float64)  # noqa: E741
    return u, p, l, d


def rule_of(
    u: Tensor,
    p: Tensor,
    l: Tensor | None,  # noqa: E741
    d: Tensor | None,
    *,
    s: float,
    a: float,
    b: float,
) -> Tensor:
    """`eps = u + s [ (p - u) + a (l - u) + b (u - d) ]`; a missing side leaves its term out."""
    sides = [(e, w) for e, w in ((l, a), (d, -b)) if e is not None]
    g = direction(u, [e for e, _ in sides], [w for _, w in sides]) if sides else None
    return combine(u, p, g, s=s)


@given(DEGREES, DEGREES, SCALES, st.floats(-3, 3), st.booleans(), st.booleans())
def test_a_constant_added_to_all_predictions_is_added_to_the_result(
    a: float, b: float, s: float, constant: float, likes: bool, dislikes: bool
) -> None:
    def rule(shift: float) -> Tensor:
        u, p, l, d = (e + shift for e in predictions(0))  # noqa: E741
        return rule_of(u, p, l if likes else None, d if dislikes else None, s=s, a=a, b=b)

    assert torch.allclose(rule(constant), rule(0.0) + constant, atol=1e-9)


@given(DEGREES, SCALES)
def test_agrees_with_the_released_noise_rule_at_equal_degrees(a: float, s: float) -> None:
    u, p, l, d = predictions(1)  # noqa: E741
    ours = rule_of(u, p, l, d, s=s, a=a, b=a)
    assert torch.allclose(ours, u + s * (p + a * l - u - a * d), atol=1e-9)


def test_the_rule_against_numbers_worked_out_by_hand() -> None:
    u, p, l, d = (torch.tensor(x) for x in (1.0, 3.0, 4.0, 0.0))  # noqa: E741
    assert rule_of(u, p, l, d, s=2.0, a=0.5, b=0.25).item() == 8.5
    assert combine(u, p, s=2.0).item() == 5.0


@given(st.floats(0, 1))
def test_rescale_brings_the_spread_back(phi: float) -> None:
    u, p, l, d = predictions(2)  # noqa: E741
    mixed = rule_of(u, p, l, d, s=9.0, a=1.0, b=1.0)
    spread = rescaled(mixed, p, phi).std()
    assert torch.isclose(spread, phi * p.std() + (1 - phi) * mixed.std())


def means(conditions: Sequence[Conditioning]) -> list[float]:
    return [float(c.states.mean()) for c in conditions]


def step(plan: Plan) -> tuple[Tensor, list[float]]:
    """The first step of a model that predicts the mean of a condition, and what it was asked."""
    steering = plan.steering()
    asked = means(steering.conditions(0.0))
    return steering.combine(tuple(torch.full(SHAPE, mean) for mean in asked)), asked


def constant(value: float) -> Conditioning:
    return Conditioning(torch.full((1, 3, 2), value), torch.full((1, 2), value))


PROMPT, NEGATIVE, EMPTY, LIKED, DISLIKED = 3.0, 1.0, 0.5, 4.0, 7.0


def conditions(*, liked: bool = True, disliked: bool = True) -> Conditions:
    return Conditions(
        prompt=constant(PROMPT),
        negative=constant(NEGATIVE),
        empty=constant(EMPTY),
        liked=constant(LIKED) if liked else None,
        disliked=constant(DISLIKED) if disliked else None,
    )


def preference(*, liked: bool = True, disliked: bool = True) -> VisualPreference:
    return VisualPreference(
        liked=(Attribute(attribute="teal"),) if liked else (),
        disliked=(Attribute(attribute="neon"),) if disliked else (),
    )


def request(rule: str = "guidance", **options: object) -> GenerationRequest:
    return GenerationRequest.model_validate(
        {"prompt": "a cat", "preference": preference(), "rule": rule} | options
    )


@pytest.mark.parametrize(
    ("liked", "disliked", "asked", "result"),
    [
        (0.5, 0.25, [1, 3, 4, 7], 1 + 2 * (2 + 0.5 * 3 + 0.25 * -6)),
        (0.5, 0.0, [1, 3, 4], 1 + 2 * (2 + 0.5 * 3)),
        (0.0, 0.25, [1, 3, 7], 1 + 2 * (2 + 0.25 * -6)),
        (0.0, 0.0, [1, 3], 5.0),
    ],
)
def test_a_side_without_degree_costs_no_pass(
    liked: float, disliked: float, asked: list[float], result: float
) -> None:
    plan = plan_for(request(), conditions(), Guidance(scale=2.0, liked=liked, disliked=disliked))
    prediction, found = step(plan)
    assert found == asked
    assert torch.allclose(prediction, torch.tensor(result))


def drive(plan: Plan, made: Sequence[Sequence[Tensor]]) -> tuple[list[Tensor], list[int]]:
    """Leads through a trajectory of predictions (u, p, l, d); results, and what each step cost."""
    steering, results, passes = plan.steering(), [], []
    for index, predictions in enumerate(made):
        asked = len(steering.conditions(index / len(made)))
        results.append(steering.combine(tuple(predictions[:asked])))
        passes.append(asked)
    return results, passes


def trajectory(steps: int, seed: int = 0) -> list[tuple[Tensor, ...]]:
    generator = torch.Generator().manual_seed(seed)
    return [
        tuple(torch.randn(4, 1, 4, 8, 8, generator=generator, dtype=torch.float64))
        for _ in range(steps)
    ]


@pytest.mark.parametrize(
    ("interval", "every", "passes"),
    [
        ((0.1, 0.6), 1, [2, 4, 4, 4, 4, 4, 2, 2, 2, 2]),
        ((0.1, 0.6), 2, [2, 4, 2, 4, 2, 4, 2, 2, 2, 2]),
        ((0.0, 1.0), 4, [4, 2, 2, 2, 4, 2, 2, 2, 4, 2]),
        ((0.0, 1.0), 250, [4, 2, 2, 2, 2, 2, 2, 2, 2, 2]),
        ((0.0, 0.0), 1, [2] * 10),
    ],
)
def test_the_preference_is_evaluated_within_the_interval_now_and_then(
    interval: tuple[float, float], every: int, passes: list[int]
) -> None:
    guidance = Guidance(scale=2.0, liked=0.5, disliked=0.5, interval=interval, every=every)
    assert drive(plan_for(request(), conditions(), guidance), trajectory(10))[1] == passes


INTERVALS = st.tuples(st.floats(0, 1), st.floats(0, 1))


CONTEXTS: st.SearchStrategy[PreferenceContext] = st.sampled_from(["alone", "prompt"])


@given(DEGREES, DEGREES, SCALES, INTERVALS, st.integers(1, 6), st.floats(-3, 3), CONTEXTS)
def test_a_remembered_direction_adds_nothing_to_the_level(  # the coefficients sum to 1
    a: float,
    b: float,
    s: float,
    interval: tuple[float, float],
    every: int,
    constant: float,
    context: PreferenceContext,
) -> None:
    """A constant added to what a step predicts is added to its result, whatever it remembers."""
    plan = plan_for(
        request(liked_degree=a, disliked_degree=b),
        conditions(),
        Guidance(scale=s, liked=a, disliked=b, interval=interval, every=every, context=context),
    )
    made = trajectory(8)
    shifts = [constant * index for index in range(len(made))]
    shifted = [[e + shift for e in step] for step, shift in zip(made, shifts, strict=True)]
    for plain, moved, shift in zip(
        drive(plan, made)[0], drive(plan, shifted)[0], shifts, strict=True
    ):
        assert torch.allclose(moved, plain + shift, atol=1e-8)


@given(POSITIVE, POSITIVE, SCALES)
def test_evaluating_at_every_step_is_the_exact_rule(a: float, b: float, s: float) -> None:
    guidance = Guidance(scale=s, liked=a, disliked=b, every=1)
    plan = plan_for(request(liked_degree=a, disliked_degree=b), conditions(), guidance)
    made = trajectory(3)
    for (u, p, l, d), result in zip(made, drive(plan, made)[0], strict=True):  # noqa: E741
        assert torch.allclose(result, u + s * ((p - u) + a * (l - u) + b * (u - d)), atol=1e-9)


@given(POSITIVE, POSITIVE, SCALES)
def test_read_with_the_prompt_the_preference_is_compared_with_it(
    a: float, b: float, s: float
) -> None:
    guidance = Guidance(scale=s, liked=a, disliked=b, context="prompt")
    plan = plan_for(request(liked_degree=a, disliked_degree=b), conditions(), guidance)
    made = trajectory(3)
    for (u, p, l, d), result in zip(made, drive(plan, made)[0], strict=True):  # noqa: E741
        assert torch.allclose(result, u + s * ((p - u) + a * (l - p) + b * (p - d)), atol=1e-9)


@given(SCALES)
def test_at_degree_one_it_is_guidance_by_the_longer_prompt(s: float) -> None:
    guidance = Guidance(scale=s, liked=1.0, context="prompt")
    plan = plan_for(request(liked_degree=1.0), conditions(disliked=False), guidance)
    made = [step[:3] for step in trajectory(3)]
    for (u, _, l), result in zip(made, drive(plan, made)[0], strict=True):  # noqa: E741
        assert torch.allclose(result, combine(u, l, s=s), atol=1e-9)


@given(st.integers(2, 6), SCALES)
def test_between_evaluations_the_last_direction_acts(every: int, s: float) -> None:
    guidance = Guidance(scale=s, liked=0.8, disliked=0.6, every=every)
    made = trajectory(2 * every)
    results, _ = drive(plan_for(request(), conditions(), guidance), made)
    for index, (result, (u, p, *_)) in enumerate(zip(results, made, strict=True)):
        then, _, l, d = made[index - index % every]  # noqa: E741
        g = 0.8 * (l - then) + 0.6 * (then - d)
        assert torch.allclose(result, u + s * ((p - u) + g), atol=1e-9)


@given(DEGREES, DEGREES, SCALES, st.sampled_from(["liked", "disliked"]), st.integers(1, 4))
def test_a_higher_degree_goes_further_in_the_preferences_direction(
    first: float, second: float, s: float, side: str, every: int
) -> None:
    low, high = sorted((first, second))
    made = trajectory(4)

    def progress(degree: float) -> list[Tensor]:
        degrees = {"liked": 0.5, "disliked": 0.5, side: degree}
        plan = plan_for(request(), conditions(), Guidance(scale=s, every=every, **degrees))
        if degree == 0:
            index = 2 if side == "liked" else 3
            cut = [[e for i, e in enumerate(step) if i != index] for step in made]
            return drive(plan, cut)[0]
        return drive(plan, made)[0]

    for index, (less, more) in enumerate(zip(progress(low), progress(high), strict=True)):
        u, _, l, d = made[index - index % every]  # noqa: E741
        towards = l - u if side == "liked" else u - d
        moved = float(((more - less) * towards).sum() / towards.square().sum())
        assert moved == pytest.approx(s * (high - low), abs=1e-8)


def test_asking_twice_changes_nothing() -> None:
    """Who runs out of memory asks again, with fewer others."""
    guidance = Guidance(scale=2.0, liked=0.5, disliked=0.5, every=3)
    steering = plan_for(request(), conditions(), guidance).steering()
    for index, predictions in enumerate(trajectory(7)):
        asked = [steering.conditions(index / 7) for _ in range(3)]
        assert len({len(conditions) for conditions in asked}) == 1
        steering.combine(predictions[: len(asked[0])])


def test_drawings_of_one_plan_do_not_share_what_they_remember() -> None:
    guidance = Guidance(scale=2.0, liked=0.5, disliked=0.5, every=4)
    plan = plan_for(request(), conditions(), guidance)
    alone, _ = drive(plan, trajectory(8, seed=1))
    first, second = plan.steering(), plan.steering()
    together = []
    for index, (own, other) in enumerate(
        zip(trajectory(8, seed=1), trajectory(8, seed=2), strict=True)
    ):
        for steering, made in ((first, own), (second, other)):
            result = steering.combine(made[: len(steering.conditions(index / 8))])
            if steering is first:
                together.append(result)
    assert all(torch.equal(x, y) for x, y in zip(alone, together, strict=True))


@given(SCALES, st.booleans(), st.floats(0, 1), st.integers(1, 4))
def test_one_side_alone_is_safe(s: float, likes: bool, phi: float, every: int) -> None:
    """Where u, p and the only side agree, nothing is left to guide: no level is lost or gained."""
    guidance = Guidance(scale=s, liked=likes * 1.0, disliked=(not likes) * 1.0, every=every)
    texts = conditions(liked=likes, disliked=not likes)
    plan = plan_for(request(), texts, replace(guidance, rescale=phi))
    made = [(u, u, u) for u, *_ in trajectory(5)]
    for (u, *_), result in zip(made, drive(plan, made)[0], strict=True):
        assert torch.allclose(result, u, atol=1e-9)


@pytest.mark.parametrize("rule", ["guidance", "condition", "viper2024", "none"])
def test_degree_zero_is_classifier_free_guidance_in_every_rule(rule: str) -> None:
    ask = request(rule, liked_degree=0.0, disliked_degree=0.0)
    plan = plan_for(ask, conditions(), Guidance(scale=2.0, every=3))
    prediction, asked = step(plan)
    assert asked == [NEGATIVE, PROMPT]
    assert torch.equal(prediction, torch.full(SHAPE, 5.0))
    made = trajectory(5)
    results, passes = drive(plan, made)
    assert passes == [2] * 5
    assert all(
        torch.equal(r, u + 2.0 * (p - u)) for r, (u, p, *_) in zip(results, made, strict=True)
    )


def test_guidance_is_off_at_scale_one_as_in_diffusers() -> None:
    plan = plan_for(request("none"), conditions(), Guidance(scale=1.0, rescale=0.7))
    prediction, asked = step(plan)
    assert asked == [PROMPT]
    assert torch.equal(prediction, torch.full(SHAPE, PROMPT))


def test_the_released_form_shifts_embeddings_and_keeps_pooled_vectors() -> None:
    ask = request("viper2024", liked_degree=0.5, disliked_degree=0.5, negative_prompt="blurry")
    plan = plan_for(ask, conditions(), Guidance(scale=2.0, liked=0.5, disliked=0.5))
    u, p, l, d = plan.steering().conditions(0.0)  # noqa: E741
    assert means((u, p, l, d)) == [NEGATIVE + 0.5 * DISLIKED, PROMPT + 0.5 * LIKED, LIKED, DISLIKED]
    pooled = [float(c.pooled.mean()) for c in (u, p, l, d) if c.pooled is not None]
    assert pooled == [NEGATIVE, PROMPT, PROMPT, NEGATIVE]
    prediction, _ = step(plan)
    expected = 4.5 + 2 * (5.0 + 0.5 * 4 - 4.5 - 0.5 * 7)
    assert torch.allclose(prediction, torch.tensor(expected))


def test_the_released_form_encodes_an_empty_negative_prompt_and_ignores_the_interval() -> None:
    guidance = Guidance(
        scale=2.0, liked=0.5, disliked=0.5, interval=(0.5, 1.0), every=3, rescale=0.7
    )
    ask = request("viper2024", liked_degree=0.5, disliked_degree=0.5)
    plan = plan_for(ask, conditions(), guidance)
    assert float(plan.steering().conditions(0.0)[0].states.mean()) == EMPTY + 0.5 * DISLIKED
    assert drive(plan, trajectory(4))[1] == [4] * 4
    assert plan.guidance.rescale == 0.0


@pytest.mark.parametrize(("liked", "disliked"), [(True, False), (False, True)])
def test_the_released_form_takes_a_missing_side_as_the_empty_text(
    liked: bool, disliked: bool
) -> None:
    ask = request(
        "viper2024",
        preference=preference(liked=liked, disliked=disliked),
        liked_degree=0.5,
        disliked_degree=0.5,
    )
    guidance = Guidance(scale=2.0, liked=0.5 * liked, disliked=0.5 * disliked)
    plan = plan_for(ask, conditions(liked=liked, disliked=disliked), guidance)
    _, _, l, d = plan.steering().conditions(0.0)  # noqa: E741
    assert [float(c.states.mean()) for c in (l, d)] == [
        LIKED if liked else EMPTY,
        DISLIKED if disliked else EMPTY,
    ]


def test_the_released_form_refuses_unequal_degrees() -> None:
    ask = request("viper2024", liked_degree=0.5, disliked_degree=0.6)
    with pytest.raises(BadInput, match=r"viper2024.*0\.5.*0\.6"):
        plan_for(ask, conditions(), Guidance(scale=2.0, liked=0.5, disliked=0.6))


def test_preference_guidance_needs_a_scale_but_the_condition_rule_does_not() -> None:
    weak = Guidance(scale=0.0, liked=0.5, disliked=0.5)
    with pytest.raises(BadInput, match="condition"):
        plan_for(request(), conditions(), weak)
    assert len(plan_for(request("condition"), conditions(), weak).always) == 1


def random_conditioning(generator: torch.Generator) -> Conditioning:
    return Conditioning(
        torch.randn(1, 5, 8, generator=generator), torch.randn(1, 6, generator=generator)
    )


@settings(max_examples=25)
@given(DEGREES, DEGREES, st.integers(0, 100))
def test_the_condition_rule_turns_the_prompt_and_keeps_its_norms(
    a: float, b: float, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    prompt, negative, empty, liked, disliked = (random_conditioning(generator) for _ in range(5))
    texts = Conditions(prompt, negative, empty, liked, disliked)
    plan = plan_for(request("condition"), texts, Guidance(scale=2.0, liked=a, disliked=b))
    shifted = plan.always[1]
    assert plan.preference == ()
    assert plan.always[0] is negative
    assert torch.allclose(shifted.states.norm(dim=-1), prompt.states.norm(dim=-1), atol=1e-4)
    assert shifted.pooled is not None
    assert prompt.pooled is not None
    assert torch.allclose(shifted.pooled.norm(), prompt.pooled.norm(), atol=1e-4)
    towards = (
        prompt.states + a * (liked.states - empty.states) + b * (empty.states - disliked.states)
    )
    cosine = torch.cosine_similarity(shifted.states, towards, dim=-1)
    assert torch.allclose(cosine, torch.ones_like(cosine), atol=1e-4)


def test_the_condition_rule_fills_positions_that_the_prompt_leaves_empty() -> None:
    generator = torch.Generator().manual_seed(0)
    prompt, negative, empty, liked, disliked = (random_conditioning(generator) for _ in range(5))
    prompt.states[:, 3:] = 0
    texts = Conditions(prompt, negative, empty, liked, disliked)
    plan = plan_for(request("condition"), texts, Guidance(scale=2.0, liked=0.5))
    expected = 0.5 * (liked.states - empty.states)
    assert torch.allclose(plan.always[1].states[:, 3:], expected[:, 3:])
