"""The report of an evaluation: what stands in its sections, and the files it is written to."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from viper.evaluation.methods import DEFAULT
from viper.evaluation.page import Section, markdown, page
from viper.evaluation.plan import BUILTIN, COMMENTS, WORLD
from viper.evaluation.plots import draw_plots
from viper.evaluation.provenance import how, versions, who_took_part
from viper.evaluation.statistics import Figure
from viper.evaluation.summary import Figures, Summary

# What the product should reach, on report people of the built-in world.
_WINS_AFTER = {3: 0.8, 8: 0.9}
_OWN, _SINGLE, _MIXED, _ECE, _GAP = 0.8, 0.92, 0.85, 0.05, 0.1

_UNKNOWN = "–"


def write_report(summary: Summary, folder: Path, *, seconds: float) -> None:
    """Writes `report.md`, `report.html`, `summary.json` and the plots."""
    plots = draw_plots(summary, folder / "plots")
    sections = [
        _goals(summary),
        *(section for one in summary.judges.values() for section in _by_judge(one)),
        _kinds(summary),
        *_notes(summary),
        Section("Plots", pictures=[(f"plots/{file}", text) for file, text in plots.items()]),
        _people(summary),
        who_took_part(summary),
        how(summary, seconds),
    ]
    texts = {
        "report.md": markdown(sections),
        "report.html": page(sections),
        "summary.json": json.dumps(as_data(summary), indent=2) + "\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def as_data(summary: Summary) -> dict[str, Any]:
    """All figures, and the versions of everything that took part, for `--json`."""
    return {**summary.to_dict(), "versions": versions(summary)}


def _goals(summary: Summary) -> Section:
    told = (
        "A goal is met only if the measured value reaches it; read the interval beside it."
        if summary.plan.is_builtin_world
        else "Goals for pictures are set for the built-in world only, and this is another one."
    )
    return Section(
        "Goals",
        (told,),
        ("what", "reached", "95 % interval", "chance", "goal", "met"),
        [*_about_pictures(summary), *_about_score(summary), *_about_judges(summary)],
    )


def _about_pictures(summary: Summary) -> Iterator[list[str]]:
    ours = summary.plan.is_builtin_world
    for count, goal in _WINS_AFTER.items():
        wins = summary.by_comments[count]["win_vs_plain"]
        yield _goal(f"wins after {count} comments", wins, goal if ours else None)
    own = summary.own_vs_other
    yield _goal("own over another person's picture", own, _OWN if ours else None)
    gap = summary.extraction_gap
    yield _goal("win rate lost by reading comments", gap, _GAP if ours else None, below=True)


def _about_score(summary: Summary) -> Iterator[list[str]]:
    ours = summary.plan.scorer == BUILTIN
    for name, mixed, goal in (("one taste", False, _SINGLE), ("mixed tastes", True, _MIXED)):
        right = summary.pairs_right(mixed=mixed)
        yield _goal(f"score: pairs right, {name}", right, goal if ours else None)
    error = summary.calibration_error
    met = "" if error is None or not ours else "yes" if error <= _ECE else "no"
    most = f"at most {_ECE:g}" if ours else ""
    yield ["score: expected calibration error", str(error), "", "", most, met]


def _about_judges(summary: Summary) -> Iterator[list[str]]:
    for judge, one in summary.judges.items():
        for mixed, name in ((False, "one taste"), (True, "mixed tastes")):
            right = one.pairs_right(mixed=mixed, by_judge=True)
            yield _goal(f"the judge {judge} itself: pairs right, {name}", right, None)


def _goal(
    what: str, figure: Figure | None, goal: float | None, *, below: bool = False
) -> list[str]:
    named = "" if goal is None else f"at most {goal:g}" if below else f"{goal:g}"
    if figure is None:
        return [what, "not measured", "", "", named, ""]
    chance = "" if figure.chance is None else f"{figure.chance:g}"
    met = ""
    if goal is not None:
        met = "yes" if (figure.value <= goal if below else figure.value >= goal) else "no"
    return [what, _number(figure), _interval(figure), chance, named, met]


def _by_judge(summary: Summary) -> Iterator[Section]:
    yield Section(
        f"Methods, judged by {summary.judge}",
        (_reading(summary), summary.best_at_cost.sentence(), *_silence(summary)),
        ("method", "wins", "95 % interval", "by taste", "gain", "prompt lost", "passes", "time",
         "diversity", f"{DEFAULT} preferred"),
        [_method(name, figures) for name, figures in summary.methods.items()],
    )  # fmt: skip
    yield Section(
        f"At the cost of {DEFAULT} or less, judged by {summary.judge}",
        (f"How often a method's picture is preferred to that of {DEFAULT}; chance: 0.5.",),
        ("method", f"preferred to {DEFAULT}", "95 % interval", "people"),
        [
            [name, _number(figure), _interval(figure), str(figure.n)]
            for name, figure in summary.best_at_cost.compared.items()
        ],
    )


def _reading(summary: Summary) -> str:
    judged = (
        "satisfies the person more than the plain one, the subject that was asked for counting "
        "like the look they love most; by taste alone in the column after. Prompt lost: how much "
        "rarer that subject is seen."
        if summary.judge == WORLD
        else "this judge, told the person's true taste, finds better than the plain one. Prompt "
        "lost: how much less its pictures agree with the prompt than plain ones, in the judge's "
        "own unit."
    )
    return (
        f"Each draws the same prompts from the same seeds, after {max(COMMENTS)} comments. Wins: "
        f"share of prompts whose picture {judged} Diversity: how different a person's pictures are "
        "from each other, relative to the plain ones. Costs count every candidate, in passes of "
        f"the denoiser. The last column: how often the picture of {DEFAULT} is the better one "
        f"(chance: 0.5). {_UNKNOWN} is what this judge cannot tell, or this model cannot draw."
    )


def _silence(summary: Summary) -> Iterator[str]:
    if summary.unanswered:
        yield f"{summary.unanswered} comparisons got no usable answer and are left out."


def _notes(summary: Summary) -> Iterator[Section]:
    told = summary.rewriting
    if told:
        failed = f" The first failure: {told['first_failure']}" if told["first_failure"] else ""
        yield Section(
            "Prompt fusion by a language model",
            (
                f"{told['model']} rewrote {told['prompts'] - told['by_template']} of "
                f"{told['prompts']} prompts; for {told['by_template']} the template took "
                f"over.{failed}",
            ),
        )
    if refused := summary.refused:
        rows = [[name, why] for name, why in refused.items()]
        yield Section("Left out", ("What this model cannot draw.",), ("method", "why"), rows)


def _kinds(summary: Summary) -> Section:
    return Section(
        "Kinds of people",
        (f"Wins of {DEFAULT} over the plain picture, judged by {summary.judge}.",),
        ("kind", "wins", "95 % interval", "people"),
        [
            [kind, _number(figure), _interval(figure), str(figure.n if figure else 0)]
            for kind, figure in summary.by_kind.items()
        ],
    )


def _method(name: str, figures: Figures) -> list[str]:
    told = ("taste_win", "gain", "fidelity_drop", "cost_ratio", "time_ratio", "diversity_ratio")
    return [
        name, _number(figures["win_vs_plain"]), _interval(figures["win_vs_plain"]),
        *(_number(figures[one]) for one in told), _number(figures["default_preferred"]),
    ]  # fmt: skip


def _people(summary: Summary) -> Section:
    rows = []
    for one in summary.everyone:
        tastes = " / ".join(
            ", ".join(f"{name} {weight:+.2f}" for name, weight in taste.weights.items())
            for taste in one.person.tastes
        )
        rows.append(
            [str(one.record["index"]), one.person.kind, tastes, " ".join(one.record["comments"])]
        )
    sheets = [
        (f"people/{one.record['index']:03d}.jpg", f"Person {one.record['index']}: every method")
        for one in summary.everyone
    ]
    return Section(
        "People",
        ("Their true tastes, and what they said. Below: one row a method, one column a prompt.",),
        ("person", "kind", "taste", "comments"),
        rows,
        sheets,
    )


def _number(figure: Figure | None) -> str:
    return _UNKNOWN if figure is None else f"{figure.value:.3g}"


def _interval(figure: Figure | None) -> str:
    return "" if figure is None or figure.ci95 is None else "{:.2f} to {:.2f}".format(*figure.ci95)
