"""Figures: what they are of, where they may lie, and what guessing reaches."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viper.evaluation.statistics import (
    Figure,
    balanced_accuracy,
    macro_f1,
    mean,
    plain,
    relative_spread,
    rounded,
)

NAMES = ("cat", "castle", "car", "city")


def lies_within(figure: Figure) -> bool:
    assert figure.ci95 is not None
    return figure.ci95[0] <= figure.value <= figure.ci95[1]


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=30))
def test_a_mean_lies_within_its_interval_and_its_values(values: list[float]) -> None:
    figure = mean(values)
    assert figure.n == len(values)
    assert lies_within(figure)
    assert min(values) - 1e-9 <= figure.value <= max(values) + 1e-9


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1, max_size=40))
def test_accuracy_is_a_share_and_chance_is_one_answer_of_all(pairs: list[tuple[str, str]]) -> None:
    right, told = zip(*pairs, strict=True)
    figure = balanced_accuracy(right, told, len(NAMES))
    assert 0 <= figure.value <= 1
    assert lies_within(figure)
    assert figure.chance == 1 / len(NAMES)
    assert balanced_accuracy(right, right, len(NAMES)).value == 1


def test_every_answer_counts_the_same_however_common() -> None:
    """Saying `none` to everything is right in nine of ten, and worth one in two."""
    right = ["none"] * 90 + ["dark"] * 10
    assert balanced_accuracy(right, ["none"] * 100, 2).value == pytest.approx(0.5)


def test_intervals_narrow_with_more_values() -> None:
    few, many = (mean([0.0, 1.0] * n).ci95 for n in (10, 1000))
    assert few is not None
    assert many is not None
    assert few[1] - few[0] > 3 * (many[1] - many[0])
    assert many[0] < 0.5 < many[1]
    assert mean([0.0, 1.0] * 10).ci95 == few


def test_f1_of_yes_to_everything_is_its_chance() -> None:
    truth = np.random.default_rng(0).integers(0, 2, (60, 5)).astype(float)
    assert macro_f1(truth, truth).value == 1
    always = macro_f1(truth, np.ones_like(truth))
    assert always.value == pytest.approx(always.chance)
    assert lies_within(always)
    assert macro_f1(truth, np.zeros_like(truth)).value == 0


def test_spread_is_relative_and_does_not_count_copies() -> None:
    points = np.random.default_rng(1).normal(size=(40, 3))

    def distances(scale: float) -> np.ndarray:
        return scale * np.linalg.norm(points[:, None] - points[None], axis=-1)

    figure = relative_spread(distances(0.5), distances(1.0))
    assert figure.value == pytest.approx(0.5)
    assert figure.ci95 == pytest.approx((0.5, 0.5))
    other = np.random.default_rng(2).normal(size=(40, 3))
    unlike = np.linalg.norm(other[:, None] - other[None], axis=-1)
    assert lies_within(relative_spread(distances(1.0), unlike))
    assert relative_spread(distances(0.0), unlike).value == 0


def test_figures_become_plain_data() -> None:
    data = rounded({"a": mean([1, 2, 2.5], chance=1 / 3), "b": plain(30.123456)})
    assert json.loads(json.dumps(data)) == data
    assert data["a"]["chance"] == 0.3333
    assert data["b"] == {"value": 30.12, "ci95": None, "chance": None, "n": 1}
