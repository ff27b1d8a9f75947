"""How strongly a preference acts on a prompt: the degree is chosen by looking at previews.

    degrees 0, .55, 1 ──► a preview of each, a quarter of the steps ──► liking and fidelity ──► z
        ──► one more beside the best of them, .3 or .8 ──► the degree with the highest z

A preview is a picture with fewer steps from the same noise. `python benchmarks/strength.py` says
how well it ranks degrees: the view that the model has early on in the full drawing, which would
cost less still, hardly does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from viper.errors import BadInput
from viper.generation import GenerationRequest, Generator, Progress
from viper.generation.recipe import Candidate, ChosenDegree
from viper.judging import Scorer
from viper.judging.objective import DEGREES, objective
from viper.preference import VisualPreference

if TYPE_CHECKING:
    from PIL.Image import Image

PREVIEW = 0.25
"""Steps of a preview, as a share of the picture's."""
_FEWEST = 4

Examples = tuple[Sequence["Image"], Sequence["Image"]]
"""Pictures that the person likes, and dislikes."""


def chosen_degree(  # noqa: PLR0913 (what choosing needs)
    generator: Generator,
    request: GenerationRequest,
    *,
    judge: Scorer,
    examples: Examples,
    weight: float,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ChosenDegree:
    """Tries degrees on the first picture of a request, whose rule knows degrees.

    Args:
        generator: Who draws.
        request: With a preference; its degrees do not matter.
        judge: Who looks at the previews.
        examples: What it may compare them with.
        weight: Of the preference against the prompt; PMG's alpha.
        on_progress: Told the steps of all previews together, of no picture.
        cancelled: Asked before each step.
    """
    trial = _Trial(generator, request, judge, examples, weight, on_progress, cancelled)
    for degree in DEGREES[::2]:
        trial.look_at(degree)
    trial.look_at(_beside_the_best(trial.candidates))
    return ChosenDegree(
        weight=weight,
        steps=trial.steps,
        passes=trial.passes,
        candidates=tuple(sorted(trial.candidates, key=lambda candidate: candidate.degree)),
    )


def require_degrees(request: GenerationRequest) -> None:
    """Refuses a rule whose degree cannot be chosen by looking at previews.

    Raises:
        BadInput: It is one.
    """
    if request.rule in {"fusion", "none"}:
        raise BadInput(
            f"A degree cannot be chosen for the rule {request.rule}: set it, or choose the rule "
            "guidance, condition or viper2024."
        )


def preview_steps(steps: int) -> int:
    """Of a picture with so many."""
    return min(steps, max(_FEWEST, round(PREVIEW * steps)))


def best(chosen: ChosenDegree) -> Candidate:
    """The winner; of equals, the lowest degree."""
    return max(chosen.candidates, key=lambda candidate: (candidate.objective, -candidate.degree))


def reason(chosen: ChosenDegree) -> str:
    """Why it won, in one sentence."""
    winner, plain = best(chosen), chosen.candidates[0]
    told = f"Degree {winner.degree:g} chosen: predicted liking {winner.preference * 100:.0f}"
    if winner.degree == plain.degree:
        return f"{told}, and no degree raises it enough to be worth it."
    if plain.fidelity <= 0:
        return f"{told} instead of {plain.preference * 100:.0f}."
    kept = max(0.0, min(1.0, winner.fidelity / plain.fidelity))
    before = f"{plain.preference * 100:.0f}"
    compared = "as before" if told.endswith(f" {before}") else f"instead of {before}"
    return f"{told} {compared}, and {kept:.0%} as true to the prompt as the plain picture."


@dataclass(slots=True)
class _Trial:
    """Previews of one request, and what they promise."""

    generator: Generator
    request: GenerationRequest
    judge: Scorer
    examples: Examples
    weight: float
    on_progress: Callable[[Progress], None] | None
    cancelled: Callable[[], bool]
    candidates: list[Candidate] = field(default_factory=list)
    passes: int = 0

    @property
    def steps(self) -> int:
        """Of each preview."""
        return preview_steps(self.request.steps or self.generator.defaults.steps)

    def look_at(self, degree: float) -> None:
        """Draws and judges one preview."""
        wish = {"liked_degree": degree, "disliked_degree": degree, "steps": self.steps, "count": 1}
        (preview,) = self.generator.generate(
            self.request.model_copy(update=wish),
            on_progress=self._told if self.on_progress else None,
            cancelled=self.cancelled,
        )
        self.passes += preview.passes
        liking, fidelity = self._judged(preview.image)
        self.candidates.append(
            Candidate(
                degree=degree,
                seed=preview.seed,
                preference=round(liking, 4),
                fidelity=round(fidelity, 4),
                objective=round(objective(liking, fidelity, alpha=self.weight), 4),
            )
        )

    def _judged(self, picture: "Image") -> tuple[float, float]:
        liked, disliked = self.examples
        preference = self.request.preference or VisualPreference()
        (score,) = self.judge.score(
            [picture], preference=preference, liked=liked, disliked=disliked
        )
        (agreement,) = self.judge.agreement([picture], self.request.prompt)
        return score.value, agreement

    def _told(self, progress: Progress) -> None:
        done = len(self.candidates) * progress.steps + progress.step
        total = (len(DEGREES[::2]) + 1) * progress.steps
        if self.on_progress is not None:
            self.on_progress(Progress(step=done, steps=total, pictures=(), preview=None))


def _beside_the_best(candidates: Sequence[Candidate]) -> float:
    """The degree between the best and its better neighbor, of every other degree."""
    values = [candidate.objective for candidate in candidates]
    place = values.index(max(values))
    neighbors = [n for n in (place - 1, place + 1) if 0 <= n < len(values)]
    return DEGREES[place + max(neighbors, key=values.__getitem__)]
