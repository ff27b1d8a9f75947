"""The plots of a report, as PNG files."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viper.evaluation.methods import DEGREES, PLAIN
from viper.evaluation.plan import WORLD
from viper.evaluation.score_check import calibration
from viper.evaluation.statistics import Figure
from viper.evaluation.summary import Summary

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GAINS = {"gain": "Gain in utility", "win_vs_plain": "Win rate"}
_COLOR, _FAINT = "#0f7f80", "#9a9a9a"


def draw_plots(summary: Summary, folder: Path) -> dict[str, str]:
    """Draws all that the judge can tell; captions by name of file."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds: Mapping[str, tuple[str, str, Callable[..., None]]] = {
        "win_by_degree": ("win_vs_plain", "Win rate over the plain picture against the degree",
                          _wins),
        "fidelity_by_degree": ("fidelity", "How well the prompt is followed against the degree",
                               _fidelity),
        "diversity_by_degree": ("diversity_ratio", "Diversity relative to plain pictures against "
                                "the degree", _diversity),
        "gain_by_comments": (_gain(summary), f"{_GAINS[_gain(summary)]} against the number of "
                             "comments", _comments),
        "cost": ("win_vs_plain", "Win rate against cost in denoiser passes", _cost),
        "reliability": ("", "Share liked against the predicted score", _reliability),
    }  # fmt: skip
    drawn = {}
    for name, (figure, caption, draw) in kinds.items():
        if not figure or summary.methods[PLAIN][figure]:
            _save(folder / f"{name}.png", caption, partial(draw, summary=summary))
            drawn[f"{name}.png"] = caption
    return drawn


def _gain(summary: Summary) -> str:
    """What tells how much comments bring: utility, for a judge that knows it, or wins."""
    return next(name for name in _GAINS if summary.methods[PLAIN][name])


def _save(file: Path, title: str, draw: Callable[[Any], None]) -> None:
    # Figure without pyplot: nothing global, no window, usable from any thread.
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(6.4, 4), layout="constrained")
    axes = canvas.subplots()
    axes.set_title(title, fontsize=11)
    axes.grid(alpha=0.3)
    draw(axes)
    canvas.savefig(file, dpi=100)


def _wins(axes: "Axes", summary: Summary) -> None:
    _by_degree(axes, summary, "win_vs_plain")
    axes.axhline(0.5, color=_FAINT, linestyle="--", label="chance")
    axes.set_ylim(0, 1.02)
    axes.set_ylabel("win rate")
    axes.legend()


def _fidelity(axes: "Axes", summary: Summary) -> None:
    _by_degree(axes, summary, "fidelity")
    if summary.judge == WORLD:
        axes.set_ylim(0, 1.02)
        axes.set_ylabel("subject recognized")
    else:
        axes.set_ylabel("agreement with the prompt")


def _diversity(axes: "Axes", summary: Summary) -> None:
    _by_degree(axes, summary, "diversity_ratio")
    axes.axhline(1.0, color=_FAINT, linestyle="--")
    axes.set_ylabel("diversity ratio")


def _by_degree(axes: "Axes", summary: Summary, name: str) -> None:
    rows = [summary.methods[PLAIN], *(summary.methods[f"guidance@{d:g}"] for d in DEGREES)]
    _line(axes, (0.0, *DEGREES), [row[name] for row in rows])
    axes.set_xlabel("degree of our guidance")


def _comments(axes: "Axes", summary: Summary) -> None:
    name = _gain(summary)
    rows = (summary.methods[PLAIN], *summary.by_comments.values())
    _line(axes, [0, *summary.by_comments], [row[name] for row in rows])
    if truth := summary.told_the_truth[name]:
        axes.axhline(truth.value, color=_FAINT, linestyle="--", label="told the true attributes")
        axes.legend()
    axes.set_xlabel("comments")
    axes.set_ylabel(_GAINS[name].lower())


def _cost(axes: "Axes", summary: Summary) -> None:
    labels: Counter[tuple[float, float]] = Counter()
    for name, row in summary.methods.items():
        cost, y = row["cost_ratio"], row["win_vs_plain"]
        if cost is None or y is None:
            continue
        x = cost.value
        low, high = y.ci95 or (y.value, y.value)
        axes.errorbar(
            [x], [y.value], yerr=[[y.value - low], [high - y.value]], fmt="o", capsize=3,
            color=_COLOR if name.startswith("guidance") else _FAINT,
        )  # fmt: skip
        place = (round(x, 1), round(y.value, 2))
        above = (5, 4 + 8 * labels[place])
        axes.annotate(name, (x, y.value), textcoords="offset points", xytext=above, fontsize=7)
        labels[place] += 1
    axes.set_xlabel("denoiser passes, relative to the plain picture")
    axes.set_ylabel("win rate")


def _reliability(axes: "Axes", summary: Summary) -> None:
    axes.plot([0, 1], [0, 1], color=_FAINT, linestyle="--", label="perfect")
    if found := calibration(summary.forecasts):
        scores, liked, counts = zip(*found, strict=True)
        most = max(counts)
        axes.plot(scores, liked, color=_COLOR)
        axes.scatter(scores, liked, [20 + 180 * n / most for n in counts], color=_COLOR)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("predicted score")
    axes.set_ylabel("share liked")
    axes.legend()


def _line(axes: "Axes", at: Sequence[float], figures: Sequence[Figure | None]) -> None:
    known = [(x, figure) for x, figure in zip(at, figures, strict=True) if figure]
    middle = [figure.value for _, figure in known]
    ends = [figure.ci95 or (figure.value, figure.value) for _, figure in known]
    below = [m - low for m, (low, _) in zip(middle, ends, strict=True)]
    above = [high - m for m, (_, high) in zip(middle, ends, strict=True)]
    places = [x for x, _ in known]
    axes.errorbar(places, middle, yerr=[below, above], color=_COLOR, marker="o", capsize=4)
