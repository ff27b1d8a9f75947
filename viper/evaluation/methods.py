"""The methods that are compared: each makes one picture for one person out of one prompt.

    none               the plain picture
    fusion             likes joined to the prompt, dislikes to the negative prompt
    fusion-likes       likes joined to the prompt, dislikes ignored
    fusion-llm         the prompt rewritten by a language model, where one is configured
    viper2024          ViPer's released code at its own degree, 0.85
    viper2024-paper    ViPer's paper: p = E(prompt) + 0.5 (E(liked) - E(disliked)); norms are kept
    condition@0.8      ours, in the conditioning alone
    guidance@D         ours, at the degree D
    pmg                keywords repeated once and twice, chosen by PMG's z with alpha 2/3
    pmg-degrees        the same choice with our own alpha among the plain picture and our degrees
    history-ranking    of several plain pictures, the nearest to what was liked, by pictures alone
    best-of-N          of N plain pictures, the one with the best predicted score
    guidance@0.8x2     of two of ours, the one with the best predicted score

Whoever chooses asks the product's scorer; who reports asks an independent judge.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PIL.Image import Image

from viper.generation import GenerationRequest, Generator
from viper.judging import Scorer
from viper.judging.objective import ALPHA, objective
from viper.preference import VisualPreference
from viper.studio.fusion import fused

DEFAULT = "guidance@0.8"
"""What the product does unless told otherwise."""
DEGREES = (0.4, 0.8, 1.0)
PLAIN = "none"
REWRITTEN = "fusion-llm"

_RELEASED_DEGREE = 0.85
_PAPER_BETA = 0.5
_REPETITIONS = (1, 2)
"""Of the keywords, in PMG's released code for films."""
_KEYWORDS = 8
_PMG_ALPHA = 2 / 3


@dataclass(frozen=True)
class Drawn:
    """One picture and what it cost."""

    image: Image
    passes: int
    """Evaluations of the denoiser, of all candidates."""
    seconds: float
    """Of drawing and choosing, on one thread."""


@dataclass(frozen=True)
class Wish:
    """What a method knows: a prompt, a seed, and what the person told."""

    prompt: str
    seed: int
    preference: VisualPreference
    liked: Sequence[Image] = ()
    """Curated pictures that the person said they like."""
    disliked: Sequence[Image] = ()


Draw = Callable[[GenerationRequest], Drawn]
Method = Callable[[Wish, Draw, Scorer], Drawn]
Rewrite = Callable[[GenerationRequest], tuple[GenerationRequest, float]]
"""Puts a preference into the words of a request, and tells the seconds that took."""


def drawer(
    generator: Generator,
    *,
    steps: int | None,
    known: Mapping[tuple[str, int], Drawn],
    size: tuple[int, int] | None = None,
) -> Draw:
    """Draws each request once, however many methods ask for it.

    Args:
        generator: Who draws.
        steps: None is what the model prefers.
        known: Plain pictures by prompt and seed, drawn before.
        size: Width and height in pixels; None is what the model prefers.
    """
    width, height = size or (None, None)
    drawn: dict[str, Drawn] = {}

    def draw(request: GenerationRequest) -> Drawn:
        if request.rule == "none" and not request.negative_prompt:
            before = known.get((request.prompt, request.seed))
            if before is not None:
                return before
        asked = request.model_copy(update={"steps": steps, "width": width, "height": height})
        if asked.rule == "fusion":
            # The template, unless somebody wrote the words already.
            asked = fused(asked, fits=generator.fits, model=None).request
        key = asked.model_dump_json()
        if key not in drawn:
            started = time.perf_counter()
            (picture,) = generator.generate(asked)
            seconds = time.perf_counter() - started
            drawn[key] = Drawn(picture.image, picture.passes, seconds)
        return drawn[key]

    return draw


def methods(candidates: int, rewrite: Rewrite | None = None) -> dict[str, Method]:
    """Every method by name.

    Args:
        candidates: Plain pictures among which ranking chooses.
        rewrite: By a language model; None leaves that method out.
    """
    by_model = {} if rewrite is None else {REWRITTEN: partial(_rewritten, rewrite=rewrite)}
    return {
        PLAIN: _plain,
        "fusion": partial(_ruled, rule="fusion", degree=1.0),
        "fusion-likes": partial(_ruled, rule="fusion", degree=1.0, disliked=0.0),
        **by_model,
        "viper2024": partial(_ruled, rule="viper2024", degree=_RELEASED_DEGREE),
        "viper2024-paper": partial(_ruled, rule="condition", degree=_PAPER_BETA),
        "condition@0.8": partial(_ruled, rule="condition", degree=0.8),
        **{f"guidance@{d:g}": partial(_ruled, rule="guidance", degree=d) for d in DEGREES},
        "pmg": _pmg,
        "pmg-degrees": _pmg_degrees,
        "history-ranking": partial(_best_plain, candidates=candidates, by_words=False),
        f"best-of-{candidates}": partial(_best_plain, candidates=candidates, by_words=True),
        f"{DEFAULT}x2": _best_guided,
    }


def guided(wish: Wish, draw: Draw, degree: float = 0.8) -> Drawn:
    """Our guidance."""
    return draw(_request(wish, rule="guidance", degree=degree))


def _plain(wish: Wish, draw: Draw, scorer: Scorer) -> Drawn:  # noqa: ARG001 (nothing to choose)
    return draw(GenerationRequest(prompt=wish.prompt, seed=wish.seed, rule="none"))


def _ruled(
    wish: Wish,
    draw: Draw,
    scorer: Scorer,  # noqa: ARG001
    *,
    rule: str,
    degree: float,
    disliked: float | None = None,
) -> Drawn:
    request = _request(wish, rule=rule, degree=degree)
    if disliked is not None:
        request = request.model_copy(update={"disliked_degree": disliked})
    return draw(request)


def _rewritten(wish: Wish, draw: Draw, scorer: Scorer, *, rewrite: Rewrite) -> Drawn:  # noqa: ARG001
    request, seconds = rewrite(_request(wish, rule="fusion", degree=1.0))
    drawn = draw(request)
    return replace(drawn, seconds=drawn.seconds + seconds)


def _request(wish: Wish, *, rule: str, degree: float) -> GenerationRequest:
    return GenerationRequest.model_validate(
        {
            "prompt": wish.prompt, "seed": wish.seed, "preference": wish.preference,
            "rule": rule, "liked_degree": degree, "disliked_degree": degree,
        }
    )  # fmt: skip


def _pmg(wish: Wish, draw: Draw, scorer: Scorer) -> Drawn:
    keywords = [a.attribute for a in wish.preference.active("liked")][:_KEYWORDS]
    if not keywords:
        return _plain(wish, draw, scorer)
    prompts = [", ".join([wish.prompt, *keywords * times]) for times in _REPETITIONS]
    found = [_plain(replace(wish, prompt=prompt), draw, scorer) for prompt in prompts]

    def judge(images: Sequence[Image]) -> list[float]:
        personal = scorer.agreement(images, ", ".join(keywords))
        return _z(personal, scorer.agreement(images, wish.prompt), _PMG_ALPHA)

    return _chosen(found, judge)


def _pmg_degrees(wish: Wish, draw: Draw, scorer: Scorer) -> Drawn:
    found = [_plain(wish, draw, scorer), *(guided(wish, draw, degree) for degree in DEGREES)]

    def judge(images: Sequence[Image]) -> list[float]:
        personal = [score.value for score in scorer.score(images, preference=wish.preference)]
        return _z(personal, scorer.agreement(images, wish.prompt), ALPHA)

    return _chosen(found, judge)


def _best_plain(
    wish: Wish, draw: Draw, scorer: Scorer, *, candidates: int, by_words: bool
) -> Drawn:
    seeds = range(wish.seed, wish.seed + candidates)
    found = [_plain(replace(wish, seed=seed), draw, scorer) for seed in seeds]
    preference = wish.preference if by_words else VisualPreference()
    return _chosen(found, partial(_scores, wish, scorer, preference))


def _best_guided(wish: Wish, draw: Draw, scorer: Scorer) -> Drawn:
    found = [guided(replace(wish, seed=seed), draw) for seed in (wish.seed, wish.seed + 1)]
    return _chosen(found, partial(_scores, wish, scorer, wish.preference))


def _scores(
    wish: Wish, scorer: Scorer, preference: VisualPreference, images: Sequence[Image]
) -> list[float]:
    scores = scorer.score(images, preference=preference, liked=wish.liked, disliked=wish.disliked)
    return [score.value for score in scores]


def _chosen(found: Sequence[Drawn], judge: Callable[[Sequence[Image]], list[float]]) -> Drawn:
    started = time.perf_counter()
    values = judge([one.image for one in found])
    best = found[values.index(max(values))].image
    seconds = sum(one.seconds for one in found) + time.perf_counter() - started
    return Drawn(best, sum(one.passes for one in found), seconds)


def _z(personal: Sequence[float], fidelity: Sequence[float], alpha: float) -> list[float]:
    """PMG's objective, z = alpha log d_p + (1 - alpha) log d_t, of each candidate."""
    return [objective(p, t, alpha=alpha) for p, t in zip(personal, fidelity, strict=True)]
