"""One simulated person's day: they comment, every method draws for them, and it is judged.

    converse ──► comments ──offline extractor──► preference (after 3 and 8 comments, and the truth)
             ──► a picture of every method for every prompt ──► what each judge sees in it

What comes out is plain data. Of the built-in world's judge it tells looks, from which utilities are
computed later, also those of other people; scorers as judges compare pictures right away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from viper.errors import BadInput
from viper.evaluation.bench import Bench
from viper.evaluation.judges import Judge, judged
from viper.evaluation.looks import Eyes
from viper.evaluation.methods import DEFAULT, PLAIN, Draw, Drawn, Wish, drawer, guided, methods
from viper.evaluation.people import Person, person
from viper.evaluation.plan import COMMENTS, TRUE, WORLD, Plan, Task, after, tasks
from viper.evaluation.rewriting import Rewriter
from viper.evaluation.score_check import check
from viper.evaluation.talk import Conversation, converse
from viper.generation import GenerationRequest
from viper.preference import VisualPreference

_TILE, _LABEL = 112, 130


@dataclass(frozen=True)
class Meeting:
    """What is known after one person was met."""

    record: dict[str, Any]
    """Plain data."""
    own: list[Image.Image]
    """The pictures of the default, one a prompt; others are asked about them, too."""


def draw_plain(bench: Bench, task: Task, plan: Plan) -> list[Drawn]:
    """The plain pictures of a prompt, which all methods and people share."""
    draw = _drawer(bench, plan, {})
    seeds = range(task.seed, task.seed + plan.sizes.candidates)
    return [draw(GenerationRequest(prompt=task.prompt, seed=seed, rule="none")) for seed in seeds]


def meet(
    bench: Bench,
    plan: Plan,
    index: int,
    plain: Mapping[tuple[str, int], Drawn],
    sheet: Path,
) -> Meeting:
    """Everything about one person.

    Args:
        bench: Models.
        plan: What is measured.
        index: Which person.
        plain: Plain pictures by prompt and seed.
        sheet: Where a picture of all pictures is written.
    """
    who = person(index, seed=plan.seed, split=plan.split)
    talk = converse(who, bench.curated, bench.extractor, comments=max(COMMENTS))
    told = {count: _read(bench, talk.first(count)) for count in COMMENTS}
    asked, examples = tasks(plan, index), _examples(bench, talk)
    hand = _Hand(bench, plan, _drawer(bench, plan, plain), _rewriter(bench))
    wishes = [Wish(t.prompt, t.seed, told[max(COMMENTS)], *examples) for t in asked]
    drawn = hand.draw(who, wishes, told)
    _write_sheet(sheet, drawn)
    record: dict[str, Any] = {
        "index": index, "seed": who.seed, "kind": who.kind,
        "tastes": [dict(taste.weights) for taste in who.tastes],
        "comments": [comment.text for comment in talk.comments],
        "preferences": {str(count): _named(found) for count, found in told.items()},
        "prompts": [task.prompt for task in asked],
        "subjects": [task.subject for task in asked],
        "methods": {name: _costs(pictures) for name, pictures in drawn.items()},
        "refused": hand.refused,
        "rewriting": hand.rewriter.to_dict() if hand.rewriter else None,
        "score": check(
            who,
            score=partial(
                bench.scorer.score,
                preference=told[max(COMMENTS)],
                liked=examples[0],
                disliked=examples[1],
            ),
            eyes=bench.eyes if WORLD in plan.judges else None,
            judges={name: bench.judge(name) for name in plan.scorers},
            pairs=plan.sizes.pairs,
        ).to_dict(),
    }  # fmt: skip
    if WORLD in plan.judges:
        for name, pictures in drawn.items():
            record["methods"][name] |= _seen(bench.eyes, pictures, asked)
    record["judged"] = {
        name: _judged(bench.judge(name), who, asked, drawn) for name in plan.scorers
    }
    return Meeting(record, [one.image for one in drawn[DEFAULT]])


class _Hand:
    """Draws by every method; one that this model does not know is left out."""

    def __init__(self, bench: Bench, plan: Plan, draw: Draw, rewriter: Rewriter | None) -> None:
        self._scorer, self._draw, self.rewriter = bench.scorer, draw, rewriter
        self._methods = methods(plan.sizes.candidates, rewriter)
        self.refused: dict[str, str] = {}
        """Methods that cannot be, and why."""

    def draw(
        self, who: Person, wishes: Sequence[Wish], told: Mapping[int, VisualPreference]
    ) -> dict[str, list[Drawn]]:
        """Pictures by method, one a wish."""
        drawn = {name: self._drawn(name, wishes) for name in self._methods}
        fewer = {after(count): told[count] for count in COMMENTS[:-1]}
        for name, preference in {**fewer, TRUE: who.true_preference()}.items():
            drawn[name] = [guided(replace(w, preference=preference), self._draw) for w in wishes]
        return {name: row for name, row in drawn.items() if name not in self.refused}

    def _drawn(self, name: str, wishes: Sequence[Wish]) -> list[Drawn]:
        try:
            return [self._methods[name](wish, self._draw, self._scorer) for wish in wishes]
        except BadInput as error:
            if name in (PLAIN, DEFAULT):
                raise
            self.refused[name] = str(error)
            return []


def between(
    bench: Bench, plan: Plan, index: int, own: Sequence[Image.Image], others: Sequence[Image.Image]
) -> dict[str, list[float | None]]:
    """By judge, how surely a person prefers their own pictures to somebody else's, for a prompt."""
    who = person(index, seed=plan.seed, split=plan.split)
    asked, pairs = tasks(plan, index), [*zip(own, others, strict=True)]
    return {
        name: [
            bench.judge(name).over([pair], bench.judge(name).truth(who, task.subject))[0]
            for pair, task in zip(pairs, asked, strict=True)
        ]
        for name in plan.scorers
    }


def _drawer(bench: Bench, plan: Plan, known: Mapping[tuple[str, int], Drawn]) -> Draw:
    sizes = plan.sizes
    return drawer(bench.generator, steps=sizes.steps, known=known, size=sizes.picture)


def _rewriter(bench: Bench) -> Rewriter | None:
    model = bench.language_model
    return Rewriter(model, bench.generator.fits, bench.kept) if model else None


def _read(bench: Bench, talk: Conversation) -> VisualPreference:
    return bench.extractor.extract(talk.comments, pictures=bench.curated).preference


def _named(preference: VisualPreference) -> dict[str, dict[str, float]]:
    return {
        "liked": {a.attribute: a.strength for a in preference.active("liked")},
        "disliked": {a.attribute: a.strength for a in preference.active("disliked")},
    }


def _examples(bench: Bench, talk: Conversation) -> tuple[list[Image.Image], list[Image.Image]]:
    def opened(references: Sequence[str]) -> list[Image.Image]:
        return [picture for r in references if (picture := bench.curated.open(r)) is not None]

    return opened(talk.liked), opened(talk.disliked)


def _costs(pictures: Sequence[Drawn]) -> dict[str, Any]:
    return {
        "passes": [picture.passes for picture in pictures],
        "seconds": [round(picture.seconds, 4) for picture in pictures],
    }


def _seen(eyes: Eyes, pictures: Sequence[Drawn], asked: Sequence[Task]) -> dict[str, Any]:
    images = [picture.image for picture in pictures]
    return {
        "looks": eyes.looks(images).round(4).tolist(),
        "subjects": eyes.subjects(images),
        "shows": eyes.shows(images, [task.subject for task in asked]),
        "spread": eyes.spread(images),
    }


def _judged(
    judge: Judge, who: Person, asked: Sequence[Task], drawn: Mapping[str, Sequence[Drawn]]
) -> dict[str, Any]:
    return judged(
        judge,
        [judge.truth(who, task.subject) for task in asked],
        [task.prompt for task in asked],
        {name: [one.image for one in row] for name, row in drawn.items()},
    )


def _write_sheet(file: Path, drawn: Mapping[str, Sequence[Drawn]]) -> None:
    """A row for each method, a column for each prompt."""
    columns = max(len(row) for row in drawn.values())
    sheet = Image.new("RGB", (_LABEL + columns * _TILE, len(drawn) * _TILE), "white")
    pen = ImageDraw.Draw(sheet)
    for y, (name, row) in enumerate(drawn.items()):
        label = "plain" if name == PLAIN else name.replace(" after ", "\nafter ")
        pen.text((6, y * _TILE + _TILE // 3), label, fill="black")
        for x, picture in enumerate(row):
            small = picture.image.resize((_TILE, _TILE), Image.Resampling.LANCZOS)
            sheet.paste(small, (_LABEL + x * _TILE, y * _TILE))
    file.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(file, quality=85)
