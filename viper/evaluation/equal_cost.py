"""Is any method better than the default at its cost? If so, it should become the default.

Paired by person: the share of prompts on which a method's picture is better than the default's,
and a bootstrap over people. A method is better if all of its 95 % interval lies above a half.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from viper.evaluation.statistics import Figure

LEAST_PEOPLE = 6
"""With fewer, all of them agreeing is no surprise: by a two-sided sign test, five of five are
p = 0.06. A bootstrap does not know that."""

_CHANCE = 0.5
_ROUNDING = 1e-9


@dataclass(frozen=True)
class AtCost:
    """What the comparison found."""

    default: str
    compared: Mapping[str, Figure]
    """Methods that cost at most as much, with how often they are preferred to the default, the
    most preferred first."""

    @property
    def is_decided(self) -> bool:
        """Whether enough people took part to find anything."""
        return any(figure.n >= LEAST_PEOPLE for figure in self.compared.values())

    @property
    def better(self) -> dict[str, Figure]:
        """Those that are better than the default beyond chance."""
        return {name: figure for name, figure in self.compared.items() if _is_better(figure)}

    @property
    def best(self) -> str:
        """The method that should be the default."""
        return next(iter(self.better), self.default)

    def to_dict(self) -> dict[str, Any]:
        """As plain data; a default that stays has no rate over itself."""
        found = self.better.get(self.best)
        return {
            "method": self.best if self.is_decided else None,
            **_plain(found),
            "compared": {name: _plain(figure) for name, figure in self.compared.items()},
        }

    def sentence(self) -> str:
        """For people."""
        if not self.is_decided:
            return (
                f"Whether another method is better than {self.default} at its cost is left open: "
                f"that takes at least {LEAST_PEOPLE} people."
            )
        if self.best == self.default:
            return (
                f"No method that costs at most as many passes is preferred to {self.default} "
                f"beyond chance; {len(self.compared)} were compared with it."
            )
        figure = self.better[self.best]
        low, high = figure.ci95 or (figure.value, figure.value)
        return (
            f"{self.best} is preferred to the default, {self.default}, at no higher cost: on "
            f"{figure.value:.2f} of the prompts ({low:.2f} to {high:.2f}). The default should "
            f"change to it. Of {len(self.compared)} methods compared, one in forty would look "
            "better by chance."
        )


def at_cost(
    default: str, costs: Mapping[str, Figure | None], over_default: Mapping[str, Figure | None]
) -> AtCost:
    """Compares what costs at most as much as the default.

    Args:
        default: Its name.
        costs: Of every method, relative to the plain picture; None where it was not drawn.
        over_default: How often each is preferred to the default, a mean over people.
    """
    own = costs[default]
    most = own.value + _ROUNDING if own else 0.0
    found = {
        name: figure
        for name, figure in over_default.items()
        if name != default and figure and (cost := costs[name]) and cost.value <= most
    }
    return AtCost(default, dict(sorted(found.items(), key=lambda pair: -pair[1].value)))


def _is_better(figure: Figure) -> bool:
    return figure.n >= LEAST_PEOPLE and figure.ci95 is not None and figure.ci95[0] > _CHANCE


def _plain(figure: Figure | None) -> dict[str, Any]:
    told = None if figure is None else figure.to_dict()
    return {
        "preferred_to_default": told and told["value"],
        "ci95": told and told["ci95"],
    }
