"""From records of people to figures with intervals: means over people, resampled over people.

A person's win rate is the share of prompts whose picture is better than the plain one of the same
seed, as one judge sees it (`viper.evaluation.opinions`); equal counts half.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from viper.evaluation.equal_cost import AtCost, at_cost
from viper.evaluation.methods import DEFAULT, PLAIN, REWRITTEN, methods
from viper.evaluation.opinions import Known, Opinion, opinion, unanswered
from viper.evaluation.people import MIXED, person
from viper.evaluation.plan import COMMENTS, NEIGHBORS, TRUE, Plan, after
from viper.evaluation.score_check import expected_calibration_error
from viper.evaluation.statistics import Figure, mean

Figures = dict[str, Figure | None]
"""None is what this judge cannot tell, or a method that this model does not know."""


@dataclass(frozen=True)
class Summary:
    """Everything that one judge found; the first of the plan unless told otherwise."""

    plan: Plan
    records: Sequence[Mapping[str, Any]] = field(repr=False)
    judge: str = ""

    def __post_init__(self) -> None:
        """The first judge of the plan is the one that matters most."""
        if not self.judge:
            object.__setattr__(self, "judge", self.plan.judges[0])

    @cached_property
    def judges(self) -> "dict[str, Summary]":
        """The same by every judge of the plan."""
        return {name: replace(self, judge=name) for name in self.plan.judges}

    @cached_property
    def everyone(self) -> list[Opinion]:
        """The judge about each person, in order."""
        who = [person(r["index"], seed=self.plan.seed, split=self.plan.split) for r in self.records]
        return [opinion(p, r, self.judge) for p, r in zip(who, self.records, strict=True)]

    @cached_property
    def methods(self) -> dict[str, Figures]:
        """Figures of every method, the most preferred first."""
        found = {name: self.figures(name) for name in self._names()}

        def place(pair: tuple[str, Figures]) -> float:
            wins = pair[1]["win_vs_plain"]
            return -wins.value if wins else 1.0

        return dict(sorted(found.items(), key=place))

    def figures(self, method: str) -> Figures:
        """Of one method; rates 0 to 1."""

        def over(of: Callable[[Opinion], Known], chance: float | None = None) -> Figure | None:
            return self._mean(lambda one: of(one) if one.has(method) else None, chance=chance)

        return {
            "win_vs_plain": over(lambda one: one.preferred(method), 0.5),
            "taste_win": over(lambda one: one.by_taste(method), 0.5),
            "gain": over(lambda one: one.gain(method)),
            "fidelity": over(lambda one: one.fidelity(method)),
            "fidelity_drop": over(lambda one: _less(one.fidelity(PLAIN), one.fidelity(method))),
            "cost_ratio": over(lambda one: one.ratio(method, "passes")),
            "time_ratio": over(lambda one: one.ratio(method, "seconds")),
            "diversity_ratio": over(lambda one: one.diversity(method)),
            "default_preferred": over(lambda one: _less(1.0, one.preferred(method, DEFAULT)), 0.5),
        }

    @cached_property
    def best_at_cost(self) -> AtCost:
        """Whether any method is better than the default at its cost."""
        rates = {name: self._mean(_over_default(name), chance=0.5) for name in self.methods}
        costs = {name: figures["cost_ratio"] for name, figures in self.methods.items()}
        return at_cost(DEFAULT, costs, rates)

    @cached_property
    def by_comments(self) -> dict[int, Figures]:
        """Our guidance after 3 and 8 comments."""
        fewer = {count: self.figures(after(count)) for count in COMMENTS[:-1]}
        return {**fewer, COMMENTS[-1]: self.figures(DEFAULT)}

    @cached_property
    def told_the_truth(self) -> Figures:
        """Our guidance, told the taste itself."""
        return self.figures(TRUE)

    @cached_property
    def extraction_gap(self) -> Figure | None:
        """What reading comments costs of the win rate."""
        return self._mean(lambda one: _less(one.preferred(TRUE), one.preferred(DEFAULT)))

    @cached_property
    def by_kind(self) -> dict[str, Figure | None]:
        """Win rate at the default for each kind of person that was met."""
        kinds = dict.fromkeys(one.person.kind for one in self.everyone)
        return {kind: self._mean(_wins_of(kind), chance=0.5) for kind in kinds}

    @cached_property
    def own_vs_other(self) -> Figure | None:
        """How often the own picture is better than one made for somebody else.

        Same prompt, same seed; None where nobody shares prompts.
        """
        return self._mean(lambda one: one.own_over(self._neighbors(one)), chance=0.5)

    def pairs_right(self, *, mixed: bool, by_judge: bool = False) -> Figure | None:
        """How often the product's score, or the judge itself, ranks a pair right."""

        def right(one: Opinion) -> Known:
            if (one.person.kind in MIXED) != mixed:
                return None
            told = one.record["score"]["pairs"]
            return one.pairs_right() if by_judge else sum(told) / len(told) if told else None

        return self._mean(right, chance=0.5)

    @property
    def unanswered(self) -> int:
        """Comparisons to which the judge had no usable answer."""
        return sum(unanswered(record, self.judge) for record in self.records)

    @property
    def rewriting(self) -> dict[str, Any] | None:
        """Which language model rewrote how many prompts, and where the template took over."""
        told = [one for record in self.records if (one := record.get("rewriting"))]
        if not told:
            return None
        return {
            "model": told[0]["model"],
            "prompts": sum(one["prompts"] for one in told),
            "by_template": sum(one["by_template"] for one in told),
            "first_failure": next(filter(None, (one["first_failure"] for one in told)), None),
        }

    @property
    def refused(self) -> dict[str, str]:
        """Methods that this model does not know, and why."""
        return {name: why for r in self.records for name, why in r.get("refused", {}).items()}

    @cached_property
    def forecasts(self) -> list[tuple[float, bool]]:
        """Every score, and whether it was liked."""
        return [(v, y) for one in self.everyone for v, y in one.record["score"]["forecasts"]]

    @property
    def calibration_error(self) -> float | None:
        """Of the product's score; None where nothing was scored."""
        return round(expected_calibration_error(self.forecasts), 4) if self.forecasts else None

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the contract, by the first judge, and more beside it."""
        single, mixed = (self.pairs_right(mixed=mixed) for mixed in (False, True))
        return {
            "people": len(self.everyone),
            "seed": self.plan.seed,
            "split": self.plan.split,
            "model": self.plan.model,
            "judge": self.judge,
            "default": DEFAULT,
            **self._found(),
            "score": {
                "single": _value(single),
                "mixed": _value(mixed),
                "ece": self.calibration_error,
            },
            "rewriting": self.rewriting,
            "judges": {name: one._of_judge() for name, one in self.judges.items()},
        }  # fmt: skip

    def _found(self) -> dict[str, Any]:
        own = self.own_vs_other
        return {
            "methods": {name: _method(figures) for name, figures in self.methods.items()},
            "win_by_comments": {
                str(n): _value(f["win_vs_plain"]) for n, f in self.by_comments.items()
            },
            "own_vs_other": {"rate": _value(own), "ci95": _ci95(own)},
            "extraction_gap": _value(self.extraction_gap),
            "best_at_cost": self.best_at_cost.to_dict(),
        }

    def _of_judge(self) -> dict[str, Any]:
        right = {
            name: _value(self.pairs_right(mixed=mixed, by_judge=True))
            for name, mixed in (("single", False), ("mixed", True))
        }
        return {**self._found(), "pairs_right": right, "unanswered": self.unanswered}

    def _names(self) -> list[str]:
        rewritten = [REWRITTEN] if self.plan.language_model else []
        return [*methods(self.plan.sizes.candidates), *rewritten]

    def _neighbors(self, one: Opinion) -> list[Opinion]:
        group = one.record["index"] // NEIGHBORS
        return [
            other
            for other in self.everyone
            if other is not one and other.record["index"] // NEIGHBORS == group
        ]

    def _mean(
        self, of: Callable[[Opinion], Known], *, chance: float | None = None
    ) -> Figure | None:
        known = [value for one in self.everyone if (value := of(one)) is not None]
        return mean(known, chance=chance) if known else None


def _over_default(method: str) -> Callable[[Opinion], Known]:
    return lambda one: one.preferred(method, DEFAULT) if one.has(method) else None


def _wins_of(kind: str) -> Callable[[Opinion], Known]:
    return lambda one: one.preferred(DEFAULT) if one.person.kind == kind else None


def _less(whole: Known, part: Known) -> Known:
    return None if whole is None or part is None else whole - part


def _method(figures: Figures) -> dict[str, Any]:
    plain = {name: _value(figure) for name, figure in figures.items()}
    return {**plain, "ci95": _ci95(figures["win_vs_plain"])}


def _value(figure: Figure | None) -> float | None:
    return None if figure is None else figure.to_dict()["value"]


def _ci95(figure: Figure | None) -> list[float] | None:
    return None if figure is None else figure.to_dict()["ci95"]
