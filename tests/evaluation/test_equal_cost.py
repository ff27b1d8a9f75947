"""The report decides whether another method should be the default; and can decide either way."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from viper.evaluation.equal_cost import LEAST_PEOPLE, at_cost
from viper.evaluation.methods import DEFAULT, PLAIN, methods
from viper.evaluation.opinions import unanswered
from viper.evaluation.people import person
from viper.evaluation.plan import COMMENTS, QUICK, TRUE, Plan, after
from viper.evaluation.report import as_data
from viper.evaluation.statistics import Figure, mean
from viper.evaluation.summary import Summary

PLAN = Plan(seed=2, split="development", sizes=QUICK, model="some/model", judges=("clip",))
NAMES = (*methods(QUICK.candidates), *(after(count) for count in COMMENTS[:-1]), TRUE)
MANY = 12

Answers = Sequence[float | None]


def record(
    index: int,
    over_default: Mapping[str, Answers],
    *,
    passes: Mapping[str, int] | None = None,
    refused: Sequence[str] = (),
) -> dict[str, Any]:
    """A person of whom one judge said how methods compare with the default; 0.5 otherwise."""
    who = person(index, seed=PLAN.seed, split=PLAN.split)
    names = [name for name in NAMES if name not in refused]
    cost = {DEFAULT: 40, **(passes or {})}
    judged = {
        name: {
            "over_plain": [0.5, 0.5], "over_default": over_default.get(name, [0.5, 0.5]),
            "agreement": [None, None], "spread": None,
        }
        for name in names
    }  # fmt: skip
    return {
        "index": index, "seed": who.seed, "kind": who.kind, "subjects": ["cat", "dog"],
        "comments": [],
        "methods": {name: {"passes": [cost.get(name, 32)], "seconds": [1.0]} for name in names},
        "judged": {"clip": judged},
        "between": {str(other): {"clip": [0.9, 0.1]} for other in range(MANY) if other != index},
        "refused": dict.fromkeys(refused, "no"),
        "score": {"pairs": [1.0], "judged": [], "judged_by": {"clip": [1.0]}, "forecasts": []},
    }  # fmt: skip


def found(over: Mapping[str, Answers], people: int = MANY, **more: Any) -> dict[str, Any]:
    best: dict[str, Any] = Summary(
        PLAN, [record(i, over, **more) for i in range(people)]
    ).to_dict()["best_at_cost"]
    return best


def test_a_method_that_everybody_prefers_should_be_the_default() -> None:
    best = found({"fusion": [1.0, 0.9]})
    assert best["method"] == "fusion"
    assert (best["preferred_to_default"], best["ci95"]) == (1.0, [1.0, 1.0])


def test_where_nothing_is_better_the_default_stays() -> None:
    best = found({"fusion": [1.0, 0.0], "condition@0.8": [0.0, 0.0]})
    assert best["method"] == DEFAULT
    assert best["preferred_to_default"] is best["ci95"] is None
    assert best["compared"]["fusion"]["preferred_to_default"] == 0.5
    assert DEFAULT not in best["compared"]


def test_a_better_method_that_costs_more_does_not_count() -> None:
    best = found({"pmg": [1.0, 1.0]}, passes={"pmg": 41})
    assert best["method"] == DEFAULT
    assert "pmg" not in best["compared"]
    assert found({"pmg": [1.0, 1.0]}, passes={"pmg": 40})["method"] == "pmg"


def test_a_lead_within_the_interval_is_no_lead() -> None:
    """Seven of twelve people prefer it: 0.58, and chance is well inside."""
    rows = [record(i, {"fusion": [float(i < 7)] * 2}) for i in range(MANY)]
    best = Summary(PLAN, rows).best_at_cost
    assert best.compared["fusion"].value > 0.5
    assert best.best == DEFAULT
    rows = [record(i, {"fusion": [float(i < 11)] * 2}) for i in range(MANY)]
    assert Summary(PLAN, rows).best_at_cost.best == "fusion"


def test_of_several_better_ones_the_most_preferred_counts() -> None:
    assert found({"fusion": [1.0, 1.0], "condition@0.8": [1.0, 0.5]})["method"] == "fusion"


def test_few_people_decide_nothing_however_sure_they_are() -> None:
    few = found({"fusion": [1.0, 1.0]}, people=LEAST_PEOPLE - 1)
    assert few["method"] is None
    assert few["preferred_to_default"] is None
    assert found({"fusion": [1.0, 1.0]}, people=LEAST_PEOPLE)["method"] == "fusion"


def test_the_sentence_says_what_was_decided() -> None:
    cost = mean([1.0] * MANY)
    costs: dict[str, Figure | None] = {"ours": cost, "theirs": cost, "not drawn": None}
    for rate, told in ((1.0, "should change to it"), (0.0, "No method")):
        over: dict[str, Figure | None] = {"theirs": mean([rate] * MANY), "not drawn": None}
        assert told in at_cost("ours", costs, over).sentence()
    assert "left open" in at_cost("ours", costs, {"theirs": mean([1.0])}).sentence()


def test_what_a_model_cannot_draw_and_a_judge_cannot_tell_is_null() -> None:
    rows = [record(i, {"fusion": [None, 1.0]}, refused=["viper2024"]) for i in range(MANY)]
    summary = Summary(PLAN, rows)
    told = as_data(summary)
    assert set(told["methods"]["viper2024"].values()) == {None}
    plain = told["methods"][PLAIN]
    assert plain["win_vs_plain"] == 0.5
    assert plain["fidelity_drop"] is plain["diversity_ratio"] is plain["gain"] is None
    assert summary.refused == {"viper2024": "no"}
    assert told["own_vs_other"] == {"rate": 0.5, "ci95": [0.5, 0.5]}
    # An answer that is missing is left out and counted.
    assert told["best_at_cost"]["method"] == "fusion"
    assert [unanswered(row, "clip") for row in rows] == [1] * MANY
    assert told["judges"]["clip"]["unanswered"] == MANY


@pytest.mark.parametrize("people", [1, MANY])
def test_the_judges_own_errors_are_told(people: int) -> None:
    told = Summary(PLAN, [record(i, {}) for i in range(people)]).to_dict()
    single = told["judges"]["clip"]["pairs_right"]["single"]
    assert single == 1.0
