"""What is measured: who is asked, what is drawn, by which model, and who judges."""

from dataclasses import dataclass

from viper.atelier.subjects import SUBJECTS
from viper.evaluation.methods import DEFAULT
from viper.evaluation.people import Split
from viper.evaluation.prompts import held_out

COMMENTS = (3, 8)
"""After how many comments pictures are drawn; all methods get those of the last."""
NEIGHBORS = 4
"""People who get the same prompts and seeds, so that own and other's pictures can be compared."""
TRUE = "true attributes"
"""Our guidance at the default degree, told the taste itself instead of comments."""
BUILTIN = "builtin"
WORLD = "world"
"""The judge of the built-in world: its own network, and pixels."""

_SEEDS_APART = 100


@dataclass(frozen=True, slots=True)
class Sizes:
    """On how much each person is measured."""

    prompts: int = 8
    candidates: int = 4
    """Plain pictures among which ranking chooses."""
    pairs: int = 20
    """Of held-out paintings, for the score."""
    steps: int | None = None
    """Of denoising; None is what the model prefers."""
    picture: tuple[int, int] | None = None
    """Width and height in pixels; None is what the model prefers."""


QUICK = Sizes(prompts=2, candidates=2, pairs=4, steps=2)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides an evaluation, apart from how many people take part."""

    seed: int = 1
    split: Split = "report"
    sizes: Sizes = Sizes()
    model: str = BUILTIN
    """Who draws: `builtin`, an id of the Hub, or a folder."""
    judges: tuple[str, ...] = (WORLD,)
    """Who reports, the most important first: `world`, or scorers that do not select."""
    scorer: str = BUILTIN
    """Who selects."""
    language_model: str | None = None
    """Who rewrites prompts; None leaves that method out."""
    device: str = "cpu"
    """Where pictures are drawn."""
    dtype: str = "auto"

    @property
    def is_builtin_world(self) -> bool:
        """Whether the goals of the built-in world apply."""
        return self.model == BUILTIN and self.judges[0] == WORLD

    @property
    def scorers(self) -> tuple[str, ...]:
        """The judges that are scorers."""
        return tuple(judge for judge in self.judges if judge != WORLD)


@dataclass(frozen=True, slots=True)
class Task:
    """One prompt with its seed."""

    subject: str
    prompt: str
    seed: int


def after(comments: int) -> str:
    """The name of our guidance after fewer comments than the methods get."""
    return f"{DEFAULT} after {comments} comments"


def tasks(plan: Plan, index: int) -> list[Task]:
    """What is drawn for the person of that index; `NEIGHBORS` people share it."""
    group = index // NEIGHBORS
    first = (plan.seed * 1_000 + group) * plan.sizes.prompts
    phrases, names = held_out()["subjects"], list(SUBJECTS)
    found = []
    for number in range(first, first + plan.sizes.prompts):
        # A stride that shares no factor with the number of subjects deals all of them in turn.
        subject = names[number * 17 % len(names)]
        known = phrases.get(subject, (f"one {subject}",))
        found.append(Task(subject, known[number % len(known)], number * _SEEDS_APART))
    return found
