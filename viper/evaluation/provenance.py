"""What a reader must know to trust a report: models, judges, versions, and how it was measured."""

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import viper
from viper.evaluation.identity import version_of
from viper.evaluation.page import Section
from viper.evaluation.plan import BUILTIN, NEIGHBORS, WORLD
from viper.evaluation.summary import Summary
from viper.settings import ROOT

_ASSETS = ROOT / "assets" / "builtin_model"
_LIBRARIES = ("torch", "diffusers", "transformers")


def versions(summary: Summary) -> dict[str, Any]:
    """Models and judges with the versions of their weights, and libraries, as plain data."""
    plan = summary.plan
    return {
        "generator": _named(plan.model, _ASSETS / "generator"),
        "scorer": _named(plan.scorer, _ASSETS / "scorer"),
        "judges": [_named(name, _own_weights(name)) for name in plan.judges],
        "language_model": plan.language_model,
        "libraries": {
            "viper": viper.__version__, **{name: metadata.version(name) for name in _LIBRARIES}
        },
    }  # fmt: skip


def who_took_part(summary: Summary) -> Section:
    """The table of models and judges."""
    told = versions(summary)
    rows = [
        ("draws", told["generator"]),
        ("selects", told["scorer"]),
        *(("judges", judge) for judge in told["judges"]),
    ]
    cells = [[role, one["id"], one["version"] or ""] for role, one in rows]
    if told["language_model"]:
        cells.append(["rewrites prompts", told["language_model"], ""])
    return Section("Models and judges", (), ("what it does", "id", "weights"), cells)


def how(summary: Summary, seconds: float) -> Section:
    """In plain words."""
    libraries = ", ".join(f"{n} {v}" for n, v in versions(summary)["libraries"].items())
    last = f"{libraries}; this run took {seconds:.0f} seconds, without what was finished before."
    return Section("How it was measured", (_measured(summary), " ".join(_judged(summary)), last))


def _measured(summary: Summary) -> str:
    plan, count = summary.plan, len(summary.everyone)
    sizes = plan.sizes
    steps = f", {sizes.steps} steps" if sizes.steps else ""
    size = "{}x{} pixels".format(*sizes.picture) if sizes.picture else "its own size"
    return (
        f"{count} simulated people ({plan.split}), seed {plan.seed}; {sizes.prompts} prompts each, "
        f"shared by {NEIGHBORS} people; {sizes.pairs} pairs of held-out paintings each. Drawn in "
        f"{size}{steps} on {plan.device} ({plan.dtype}). Intervals: 1000 bootstrap resamples of "
        "people. Prompts use words that none of our models was trained on. Comments are read by "
        "the offline extractor."
    )


def _judged(summary: Summary) -> Iterator[str]:
    plan = summary.plan
    if WORLD in plan.judges:
        yield (
            "The judge of the built-in world is a network that saw other paintings than the "
            "generator and the scorer, and the pixels; it never selects."
        )
    if plan.scorers:
        yield (
            "Other judges are told the person's true taste and compare pictures: by two scores, or "
            "a language model by a graded choice in both orders. The taste is told in words, to "
            "the released proxy in curated pictures."
        )
    yield (
        "Whoever selects never reports. These people are simulated: the figures show that the "
        "machinery follows a taste, not that real people are pleased."
    )


def _own_weights(name: str) -> Path:
    return _ASSETS / ("judge" if name == WORLD else "scorer")


def _named(name: str, shipped: Path) -> dict[str, str | None]:
    own = name in (BUILTIN, WORLD)
    return {"id": name, "version": version_of(str(shipped) if own else name)}
