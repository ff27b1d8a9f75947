"""The command that measures how well pictures follow a taste."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from viper.cli.console import AsJson, emit, say
from viper.errors import BadInput
from viper.settings import Settings

if TYPE_CHECKING:
    from viper.evaluation.plan import Plan, Sizes
    from viper.extraction import LanguageModel
    from viper.generation import Generator
    from viper.judging import Scorer

_WORKERS = 2
"""For the built-in model; others are too large to be loaded more than once unasked."""


@dataclass(frozen=True)
class Configured:
    """Implements `viper.evaluation.bench.Models` with what the settings and the plan name."""

    settings: Settings
    plan: "Plan"

    def generator(self) -> "Generator":
        """The model of the plan, without a refiner or LoRAs."""
        from viper.cli import parts

        place = {"device": self.plan.device, "engine": "inline", "refiner": "", "lora": ""}
        return parts.generator(self._with(model=self.plan.model, **place))

    def scorer(self) -> "Scorer":
        """Who selects."""
        return self.judge(self.plan.scorer)

    def judge(self, name: str) -> "Scorer":
        """Any scorer that `viper score` offers, by its full name."""
        from viper.cli import parts

        kind, _, model = name.partition(":")
        asked = {"scorer": kind, "llm_model": model} if kind == "openai" else {"scorer": name}
        return parts.scorer(self._with(**asked))

    def language_model(self) -> "LanguageModel | None":
        """Who rewrites prompts; the same prompt gets the same answer, where a server can."""
        from viper.cli import parts

        if self.plan.language_model is None:
            return None
        return parts.language_model(self.settings, seed=self.plan.seed)

    def _with(self, **changes: str) -> Settings:
        return self.settings.model_copy(update=changes)


def evaluate(
    people: Annotated[int, typer.Option(help="Simulated people, 1 to 1000.")] = 20,
    seed: Annotated[int, typer.Option(help="Which people, prompts and noise.")] = 1,
    out: Annotated[
        Path, typer.Option(help="Folder of the report; what is finished there is kept.")
    ] = Path("evaluation"),
    model: Annotated[
        str, typer.Option(help="Who draws: auto, builtin, an id of the Hub, or a folder.")
    ] = "builtin",
    judge: Annotated[
        list[str] | None,
        typer.Option(
            help="Who reports, never who selects; repeatable, the first counts most: world (knows "
            "the built-in model's pictures only, and is its default), openai (VIPER_LLM_MODEL) or "
            "openai:MODEL, viper2024, builtin, or a CLIP or SigLIP model."
        ),
    ] = None,
    scorer: Annotated[
        str | None,
        typer.Option(help="Who selects: auto, builtin, openai, or a CLIP or SigLIP model."),
    ] = None,
    steps: Annotated[int | None, typer.Option(help="Denoising steps.")] = None,
    size: Annotated[str | None, typer.Option(metavar="WxH", help="In pixels.")] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Processes, of one thread each; 2 by default, 1 for any model but builtin.", min=1
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Few rough pictures: shows that everything works.")
    ] = False,
    development: Annotated[
        bool, typer.Option("--development", help="People whom changes may be tuned on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure how well pictures follow a taste, and write a report; stop it at any time.

    With VIPER_LLM_MODEL set, prompts rewritten by that language model are compared as well.
    """
    import time

    from viper.cli import parts
    from viper.evaluation.plan import BUILTIN, Plan
    from viper.evaluation.report import as_data, write_report
    from viper.evaluation.study import study
    from viper.evaluation.summary import Summary
    from viper.generation.hardware import chosen_device, chosen_model

    started = time.monotonic()
    settings = parts.settings(scorer=scorer)
    drawn_by = chosen_model(model, device=settings.device)
    selects = _full_name(parts.chosen_scorer(settings), settings)
    if selects.startswith("viper2024"):
        raise BadInput(
            "--scorer viper2024: it cannot tell what a picture shows, and so cannot select here; "
            "choose it as a --judge."
        )
    plan = Plan(
        seed=seed,
        split="development" if development else "report",
        sizes=_sizes(quick, steps, size),
        model=drawn_by,
        judges=_judges(judge or (), drawn_by, selects, settings),
        scorer=selects,
        language_model=parts.rewriter(settings),
        # The built-in figures are those of a CPU, which everybody has.
        device="cpu" if drawn_by == BUILTIN else chosen_device(settings.device),
        dtype=settings.dtype,
    )
    records = study(
        plan,
        people,
        out,
        models=Configured(settings, plan),
        workers=workers or (_WORKERS if drawn_by == BUILTIN else 1),
        say=say,
    )
    summary = Summary(plan, records)
    write_report(summary, out, seconds=time.monotonic() - started)
    say(f"Wrote {out / 'report.html'}.")
    if as_json:
        emit(as_data(summary))


def _sizes(quick: bool, steps: int | None, size: str | None) -> "Sizes":
    """On how much is measured.

    Raises:
        BadInput: Steps or a size that no picture can have.
    """
    from dataclasses import replace

    from viper.cli.pictures import sides
    from viper.evaluation.plan import QUICK, Sizes
    from viper.generation import GenerationRequest

    wanted = GenerationRequest.model_validate({"prompt": "any", "steps": steps, **sides(size)})
    sizes = QUICK if quick else Sizes()
    if wanted.steps is not None:
        sizes = replace(sizes, steps=wanted.steps)
    if wanted.width is not None and wanted.height is not None:
        sizes = replace(sizes, picture=(wanted.width, wanted.height))
    return sizes


def _judges(asked: Sequence[str], model: str, scorer: str, settings: Settings) -> tuple[str, ...]:
    """Who reports, by full names.

    Raises:
        BadInput: Nobody is left who can judge this model, or a judge is the scorer that selects.
    """
    from viper.evaluation.plan import BUILTIN, WORLD

    if model == BUILTIN and not asked:
        return (WORLD,)
    if not asked:
        raise BadInput(
            f"--model {model}: name who judges its pictures, such as --judge openai or --judge "
            f"with a CLIP model; the judge {WORLD} knows those of the built-in model only."
        )
    for name in asked:
        if name == WORLD and model != BUILTIN:
            raise BadInput(
                f"--judge {WORLD}: it knows the pictures of the built-in model only, not those of "
                f"{model}; choose openai, viper2024, builtin, or a CLIP or SigLIP model."
            )
        if _same(_full_name(name, settings), scorer):
            raise BadInput(
                f"--judge {name}: that is the scorer which selects pictures here, so it must not "
                "report on them; choose another judge, or another --scorer."
            )
    return tuple(dict.fromkeys(_full_name(name, settings) for name in asked))


def _full_name(name: str, settings: Settings) -> str:
    """A scorer's name with the model that it leaves to the settings.

    Raises:
        BadInput: It needs a language model, and none is configured.
    """
    kind, _, rest = name.partition(":")
    if name == "auto":
        return "builtin"
    if kind == "openai" and not rest:
        if settings.llm_model is None:
            raise BadInput(
                "The judge openai needs a language model that sees: set VIPER_LLM_MODEL."
            )
        return f"openai:{settings.llm_model}"
    if kind == "viper2024" and not rest:
        from viper.judging.proxy import RELEASED

        return f"viper2024:{RELEASED}"
    return name


def _same(judge: str, scorer: str) -> bool:
    if judge == scorer:
        return True
    folders = Path(judge), Path(scorer)
    return all(folder.is_dir() for folder in folders) and folders[0].samefile(folders[1])
