"""Runs an evaluation over many people, in several processes, and goes on where it was stopped.

    plain pictures of all prompts ──► one record for each person ──► `viper.evaluation.summary`
                                      own pictures or another's? ──┘

Everything finished lies in a folder named by what decides the result: the plan, the weights, the
prompt files and ViPer's own source. So a killed run resumes, more people join those that are there,
and results of another version are never mixed in.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image

from viper.errors import BadInput
from viper.evaluation.bench import Bench, Models
from viper.evaluation.crew import Say, crew
from viper.evaluation.identity import fingerprint
from viper.evaluation.kept import Kept, write
from viper.evaluation.methods import Drawn
from viper.evaluation.people import MAX_PEOPLE, person
from viper.evaluation.plan import NEIGHBORS, Plan, Task, tasks
from viper.evaluation.trial import between, draw_plain, meet

Record = dict[str, Any]
"""Everything about one person, as `viper.evaluation.trial.meet` tells it."""


def study(
    plan: Plan, people: int, folder: Path, *, models: Models, workers: int, say: Say
) -> list[Record]:
    """Measures people, or reads what was measured before.

    Args:
        plan: What is measured.
        people: How many, from the first on.
        folder: Where records, pictures and the report lie.
        models: Who loads what the plan names.
        workers: Processes, each on one thread; one works in this process.
        say: Told how far it is.

    Raises:
        BadInput: A number is out of range, or the folder cannot be used.
        ModelUnavailable: Something that the plan names cannot be loaded.
    """
    check_request(plan, people, folder)
    place = folder / "work" / fingerprint(plan)
    place.mkdir(parents=True, exist_ok=True)
    desk = _Desk(plan, models, place, folder)
    everything = {task: None for index in range(people) for task in tasks(plan, index)}
    with crew(workers) as run:
        lacking = [task for task in everything if not _plain_file(place, task).exists()]
        missing = [i for i in range(people) if not _record_file(place, i).exists()]
        pairs = [
            pair for pair in _neighbors(plan, people) if not _between_file(place, *pair).exists()
        ]
        if not _models_file(place).exists():
            run(_load, [(desk,)], say, "sets of models loaded")
        say(f"{len(everything)} prompts, {len(lacking)} to be drawn plain")
        run(_draw_plain, [(desk, task) for task in lacking], say, "prompts drawn plain")
        say(f"{people} people, {len(missing)} to be met")
        run(_meet, [(desk, index) for index in missing], say, "people met")
        run(_between, [(desk, *pair) for pair in pairs], say, "pairs of people compared")
    return [_record(plan, place, index, people) for index in range(people)]


def _record(plan: Plan, place: Path, index: int, people: int) -> Record:
    """Of one person, with what they say about others' pictures and who took part."""
    pairs = [pair for pair in _neighbors(plan, people) if pair[0] == index]
    others = {str(other): _read(_between_file(place, index, other)) for _, other in pairs}
    found: Record = _read(_record_file(place, index))
    return {**found, "between": others, "models": _read(_models_file(place))}


def _neighbors(plan: Plan, people: int) -> list[tuple[int, int]]:
    """Who is asked about whose pictures; the built-in world's judge needs not be asked."""
    if not plan.scorers:
        return []
    everyone = range(people)
    return [
        (one, other)
        for one in everyone
        for other in everyone
        if one != other and one // NEIGHBORS == other // NEIGHBORS
    ]


def check_request(plan: Plan, people: int, folder: Path) -> None:
    """Refuses what cannot be measured, at no cost.

    Raises:
        BadInput: A number is out of range, or the folder cannot be used.
    """
    if not 1 <= people <= MAX_PEOPLE:
        raise BadInput(f"--people {people}: expected a number from 1 to {MAX_PEOPLE}.")
    person(0, seed=plan.seed, split=plan.split)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except FileExistsError:
        raise BadInput(f"--out {folder}: expected a folder, found a file.") from None
    except OSError as error:
        raise BadInput(f"--out {folder}: cannot be written ({error.strerror}).") from error


@dataclass(frozen=True)
class _Desk:
    """What every piece of work needs to know."""

    plan: Plan
    models: Models
    place: Path
    """Of what is finished."""
    folder: Path
    """Of the report."""

    @property
    def bench(self) -> Bench:
        return _bench(self.models, self.place)


@lru_cache(maxsize=1)
def _bench(models: Models, place: Path) -> Bench:
    return Bench(models, Kept(place / "answers"))


def _load(desk: _Desk) -> None:
    write(_models_file(desk.place), desk.bench.load(desk.plan))


def _draw_plain(desk: _Desk, task: Task) -> None:
    drawn = draw_plain(desk.bench, task, desk.plan)
    for number, one in enumerate(drawn):
        one.image.save(_picture_file(desk.place, task, number))
    costs = [{"passes": one.passes, "seconds": one.seconds} for one in drawn]
    # Written last: where it is, the pictures are complete.
    write(_plain_file(desk.place, task), costs)


def _meet(desk: _Desk, index: int) -> None:
    plain = {
        (task.prompt, task.seed + number): drawn
        for task in tasks(desk.plan, index)
        for number, drawn in enumerate(_read_plain(desk.place, task))
    }
    sheet = desk.folder / "people" / f"{index:03d}.jpg"
    met = meet(desk.bench, desk.plan, index, plain, sheet)
    if desk.plan.scorers:
        for number, picture in enumerate(met.own):
            picture.save(_own_file(desk.place, index, number))
    write(_record_file(desk.place, index), met.record)


def _between(desk: _Desk, index: int, other: int) -> None:
    own, others = (_read_own(desk, one) for one in (index, other))
    write(
        _between_file(desk.place, index, other),
        between(desk.bench, desk.plan, index, own, others),
    )


def _read_own(desk: _Desk, index: int) -> list[Image.Image]:
    count = desk.plan.sizes.prompts
    return [_opened(_own_file(desk.place, index, number)) for number in range(count)]


def _read_plain(place: Path, task: Task) -> list[Drawn]:
    return [
        Drawn(_opened(_picture_file(place, task, number)), **cost)
        for number, cost in enumerate(_read(_plain_file(place, task)))
    ]


def _opened(file: Path) -> Image.Image:
    with Image.open(file) as opened:
        return opened.convert("RGB")


def _read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _plain_file(place: Path, task: Task) -> Path:
    return place / f"plain-{task.seed}.json"


def _picture_file(place: Path, task: Task, number: int) -> Path:
    return place / f"plain-{task.seed + number}.png"


def _record_file(place: Path, index: int) -> Path:
    return place / f"person-{index:03d}.json"


def _own_file(place: Path, index: int, number: int) -> Path:
    return place / f"own-{index:03d}-{number}.png"


def _between_file(place: Path, index: int, other: int) -> Path:
    return place / f"between-{index:03d}-{other:03d}.json"


def _models_file(place: Path) -> Path:
    return place / "models.json"
