"""What one judge's answers say about one person's pictures.

    utility        how much a picture's looks please, by the true taste and the judge's eyes
    satisfaction   utility, and 1 if the subject that was asked for is surely there

Of the built-in world's judge both are known, so that any two pictures can be compared: what was
asked for counts as much as the look that is loved most, and nobody wins by losing it. A scorer as
judge compares pictures itself and knows neither; what it does not know is None.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from viper.evaluation.looks import Numbers
from viper.evaluation.methods import DEFAULT, PLAIN
from viper.evaluation.people import Person
from viper.evaluation.plan import WORLD

Known = float | None

_SUBJECT = 1.0
"""What the asked subject is worth, in units of utility."""


@dataclass(frozen=True)
class Opinion(ABC):
    """One judge about the pictures of one person."""

    person: Person
    record: Mapping[str, Any]
    judge: str

    def has(self, method: str) -> bool:
        """Whether this method drew for them."""
        return method in self.record["methods"]

    def ratio(self, method: str, of: str) -> Known:
        """Passes or seconds, relative to the plain pictures."""
        own, plain = (float(np.sum(self.record["methods"][m][of])) for m in (method, PLAIN))
        return own / plain if plain else 1.0

    @abstractmethod
    def preferred(self, method: str, than: str = PLAIN) -> Known:
        """How often a method's picture is better than that of `PLAIN` or of `DEFAULT`."""

    @abstractmethod
    def by_taste(self, method: str) -> Known:
        """How often it is better than the plain one, whatever it shows."""

    @abstractmethod
    def gain(self, method: str) -> Known:
        """Mean utility more than that of plain pictures."""

    @abstractmethod
    def fidelity(self, method: str) -> Known:
        """How well pictures show what was asked for, in the judge's unit."""

    @abstractmethod
    def diversity(self, method: str) -> Known:
        """How different the pictures are, relative to the plain ones."""

    @abstractmethod
    def own_over(self, others: Sequence["Opinion"]) -> Known:
        """How often the own picture of the default is better than one made for others."""

    @abstractmethod
    def pairs_right(self) -> Known:
        """How often the judge itself ranks held-out paintings of known looks right."""


class WorldOpinion(Opinion):
    """Of the built-in world's judge."""

    def utilities(self, method: str, *, of: Opinion | None = None) -> Numbers:
        """How much each picture pleases this person, [prompts]; `of` another one's pictures."""
        drawn = (of or self).record["methods"][method]["looks"]
        pairs = zip(drawn, self.record["subjects"], strict=True)
        return np.array(
            [float(self.person.utility(np.array(row), subject)) for row, subject in pairs]
        )

    def satisfaction(self, method: str, *, of: Opinion | None = None) -> Numbers:
        """The same with the subject that was asked for, [prompts]."""
        shows = np.array((of or self).record["methods"][method]["shows"])
        return self.utilities(method, of=of) + _SUBJECT * shows

    def preferred(self, method: str, than: str = PLAIN) -> Known:
        """See `Opinion.preferred`."""
        return _above(self.satisfaction(method), self.satisfaction(than))

    def by_taste(self, method: str) -> Known:
        """See `Opinion.by_taste`."""
        return _above(self.utilities(method), self.utilities(PLAIN))

    def gain(self, method: str) -> Known:
        """See `Opinion.gain`."""
        return float(np.mean(self.utilities(method) - self.utilities(PLAIN)))

    def fidelity(self, method: str) -> Known:
        """How often the judge sees the subject that was asked for."""
        told = self.record["methods"][method]["subjects"]
        return float(np.mean([t == s for t, s in zip(told, self.record["subjects"], strict=True)]))

    def diversity(self, method: str) -> Known:
        """See `Opinion.diversity`."""
        return self.ratio(method, "spread")

    def own_over(self, others: Sequence[Opinion]) -> Known:
        """See `Opinion.own_over`."""
        own = self.satisfaction(DEFAULT)
        return _mean([_above(own, self.satisfaction(DEFAULT, of=other)) for other in others])

    def pairs_right(self) -> Known:
        """See `Opinion.pairs_right`."""
        return _mean(self.record["score"]["judged"])


class ScorerOpinion(Opinion):
    """Of a scorer as judge."""

    def preferred(self, method: str, than: str = PLAIN) -> Known:
        """See `Opinion.preferred`."""
        answers = self._about(method)["over_plain" if than == PLAIN else "over_default"]
        return _wins(answers)

    def by_taste(self, method: str) -> Known:
        """Taste is all that it judges: there is nothing to leave out."""
        return None

    def gain(self, method: str) -> Known:
        """It knows no utilities."""
        return None

    def fidelity(self, method: str) -> Known:
        """Mean agreement with the prompt."""
        return _mean(self._about(method)["agreement"])

    def diversity(self, method: str) -> Known:
        """See `Opinion.diversity`."""
        own, plain = (self._about(name)["spread"] for name in (method, PLAIN))
        if own is None or plain is None:
            return None
        return float(own / plain) if plain else 1.0

    def own_over(self, others: Sequence[Opinion]) -> Known:
        """See `Opinion.own_over`."""
        asked = [self.record["between"][str(one.record["index"])][self.judge] for one in others]
        return _mean([_wins(answers) for answers in asked])

    def pairs_right(self) -> Known:
        """See `Opinion.pairs_right`."""
        return _wins(self.record["score"]["judged_by"][self.judge])

    def _about(self, method: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.record["judged"][self.judge][method]
        return found


def opinion(person: Person, record: Mapping[str, Any], judge: str) -> Opinion:
    """What the judge of that name says about one person's pictures."""
    kind = WorldOpinion if judge == WORLD else ScorerOpinion
    return kind(person, record, judge)


def unanswered(record: Mapping[str, Any], judge: str) -> int:
    """Questions about one person's pictures to which a judge had no usable answer."""
    if judge == WORLD:
        return 0
    told = [
        *(row for about in record["judged"][judge].values() for row in (about["over_plain"],
          about["over_default"])),
        *(answers[judge] for answers in record["between"].values()),
        record["score"]["judged_by"][judge],
    ]  # fmt: skip
    return sum(answer is None for answers in told for answer in answers)


def _above(own: Numbers, other: Numbers) -> float:
    return float(np.mean((own > other) + 0.5 * (own == other)))


def _wins(answers: Sequence[Known]) -> Known:
    return _mean([None if a is None else float(a > 0.5) + 0.5 * (a == 0.5) for a in answers])


def _mean(values: Sequence[Known]) -> Known:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
