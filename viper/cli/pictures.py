"""Commands about pictures: make them, judge them, tell how one was made."""

import hashlib
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from viper.cli.console import LOCAL, AsJson, Owner, emit, read_text, require_folder, say
from viper.errors import BadInput

if TYPE_CHECKING:
    from viper.generation import GenerationRequest, Picture, Progress
    from viper.generation.recipe import Recipe
    from viper.generation.style import StyleImage
    from viper.judging import Score
    from viper.preference import VisualPreference
    from viper.settings import Settings
    from viper.studio import Choosing

Preference = Annotated[
    Path | None, typer.Option(help="A preference file, as `viper extract` writes it; - is stdin.")
]
ProfileName = Annotated[str | None, typer.Option(help="A profile that is stored here.")]

_SAY_MORE = {"prompt", "negative_prompt", "preference", "liked_degree", "disliked_degree"}
"""Wishes that change the words that the rule `fusion` draws."""


def generate(
    prompt: Annotated[str | None, typer.Argument(help="What the pictures should show.")] = None,
    preference: Preference = None,
    profile: ProfileName = None,
    recipe: Annotated[
        Path | None, typer.Option(help="Draw this recipe again: its JSON, or a PNG that has it.")
    ] = None,
    negative_prompt: Annotated[str | None, typer.Option(help="What they should not show.")] = None,
    degree: Annotated[
        str | None, typer.Option(help="0 (plain) to 1, 0.8 by default; auto suits the prompt.")
    ] = None,
    auto_weight: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="With auto: taste (1) against prompt (0); 0.5 by default."),
    ] = None,
    liked_degree: Annotated[float | None, typer.Option(help="Of the likes alone.")] = None,
    disliked_degree: Annotated[float | None, typer.Option(help="Of the dislikes alone.")] = None,
    rule: Annotated[
        str | None, typer.Option(help="guidance, condition, viper2024, fusion or none.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="auto, builtin, an id of the Hub, or a folder.")
    ] = None,
    refiner: Annotated[
        str | None, typer.Option(help="SDXL's refiner for the last steps: an id, or a folder.")
    ] = None,
    refiner_start: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Where it takes over: 0 at once, 1 never; 0.8 by default."),
    ] = None,
    lora: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME[:WEIGHT]", help="A file, or a place on the Hub; repeatable."),
    ] = None,
    ip_adapter: Annotated[
        str | None, typer.Option(help="Reads style pictures: a file, a folder, or a Hub place.")
    ] = None,
    style_image: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Draw in its style; repeatable.")
    ] = None,
    style_weight: Annotated[
        float | None, typer.Option(help="How much of that style, 0 to 1; 1 by default.")
    ] = None,
    count: Annotated[int | None, typer.Option(help="How many pictures; 1 by default.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of the first one; 0 by default.")] = None,
    steps: Annotated[int | None, typer.Option(help="Denoising steps.")] = None,
    guidance_scale: Annotated[float | None, typer.Option(help="How closely to follow.")] = None,
    size: Annotated[str | None, typer.Option(metavar="WxH", help="In pixels.")] = None,
    best_of: Annotated[
        int, typer.Option(help="Candidates for each picture; the scorer keeps the best.")
    ] = 1,
    explore: Annotated[
        bool, typer.Option(help="The last of several pictures follows the taste less.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")] = Path("pictures"),
    owner: Owner = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Draw pictures; each PNG carries its recipe."""
    from viper.cli import parts
    from viper.generation import GenerationRequest
    from viper.generation.style import StyleImage
    from viper.judging.objective import ALPHA
    from viper.studio import Choosing

    extras = {
        "refiner": refiner,
        "lora": ",".join(lora) if lora else None,
        "ip_adapter": ip_adapter,
    }
    settings = parts.settings(model=model, **extras)
    auto = degree == "auto"
    if auto and (liked_degree is not None or disliked_degree is not None):
        raise BadInput("--degree auto sets both degrees: leave --liked-degree and the other out.")
    if auto_weight is not None and not auto:
        raise BadInput("--auto-weight weighs what --degree auto chooses: add --degree auto.")
    both = None if degree is None or auto else _degree(degree)
    style = tuple(map(StyleImage.read, style_image or ()))
    wishes = {
        "prompt": prompt,
        "negative_prompt": negative_prompt,
        "liked_degree": both if liked_degree is None else liked_degree,
        "disliked_degree": both if disliked_degree is None else disliked_degree,
        "rule": rule,
        "guidance_scale": guidance_scale,
        "steps": steps,
        "seed": seed,
        "count": count,
        "style_weight": style_weight,
        "refiner_start": refiner_start,
        "preference": _taste(settings, owner=owner, file=preference, profile=profile),
        **sides(size),
    }
    wishes = {name: value for name, value in wishes.items() if value is not None}
    if recipe is not None:
        before, chosen = _drawn_before(recipe, () if style_weight == 0 else style, style_weight)
        if wishes.keys() & _SAY_MORE:
            before["fused"] = None  # other words would be written now
        wishes = before | wishes
        if model is None:
            asked = {name: value for name, value in extras.items() if value is not None}
            settings = parts.settings(**chosen | asked)
    elif prompt is None:
        raise BadInput("A prompt is missing: say what the pictures should show.")
    if refiner_start is not None and not settings.refiner:
        raise BadInput("--refiner-start says when a refiner takes over: name one with --refiner.")
    request = GenerationRequest(**{"style": style} | wishes)
    weight = (ALPHA if auto_weight is None else auto_weight) if auto else None
    choosing = Choosing(best_of, weight, explore)
    made = _draw(request, settings, choosing, out=out)
    if as_json:
        emit({"images": [_entry(file, written) for file, written in made]})


def score(
    images: Annotated[list[Path], typer.Argument(help="Pictures to judge.")],
    preference: Preference = None,
    profile: ProfileName = None,
    liked: Annotated[list[Path] | None, typer.Option(help="A liked one; repeatable.")] = None,
    disliked: Annotated[list[Path] | None, typer.Option(help="A disliked one; repeatable.")] = None,
    scorer: Annotated[
        str | None,
        typer.Option(help="auto, builtin, openai, viper2024, or a CLIP or SigLIP model."),
    ] = None,
    owner: Owner = LOCAL,
    as_json: AsJson = False,
) -> None:
    """Predict how much the person will like each picture, 0 to 1, and why."""
    from viper.cli import parts

    settings = parts.settings(scorer=scorer)
    taste = _taste(settings, owner=owner, file=preference, profile=profile)
    if taste is None and not liked and not disliked:
        raise BadInput("Nothing to judge by: name a --preference, a --profile or --liked pictures.")
    from viper.preference import VisualPreference

    pictures, good, bad = (
        [parts.open_picture(file) for file in files]
        for files in (images, liked or [], disliked or [])
    )
    judge = parts.scorer(settings)
    scores = judge.score(pictures, preference=taste or VisualPreference(), liked=good, disliked=bad)
    for file, found in zip(images, scores, strict=True):
        say(f"{found.value:.2f}  {file}  {_why(found)}")
    if as_json:
        entries = [{"image": str(f), **s.to_dict()} for f, s in zip(images, scores, strict=True)]
        emit({"scorer": judge.name, "scores": entries})


def recipe(
    image: Annotated[Path, typer.Argument(help="A PNG that ViPer wrote.")],
) -> None:
    """Tell how a picture was made, as JSON that `generate --recipe` draws again."""
    from viper.generation.recipe import read_recipe

    emit(read_recipe(image).to_dict())


def _taste(
    settings: "Settings", *, owner: str, file: Path | None, profile: str | None
) -> "VisualPreference | None":
    if file is not None and profile is not None:
        raise BadInput("--preference and --profile exclude each other: name one of them.")
    if profile is not None:
        from viper.cli import parts

        with parts.opened_store(settings) as store:
            found = store.profiles.named(owner, profile)
            return store.preferences.current(owner, found.id).preference
    if file is None:
        return None
    from viper.preference import VisualPreference

    return VisualPreference.from_json(read_text(file), source=str(file))


def _degree(text: str) -> float:
    with suppress(ValueError):
        if 0 <= (degree := float(text)) <= 1:
            return degree
    raise BadInput(f"--degree {text!r}: expected a number from 0 to 1, or auto.")


def sides(size: str | None) -> dict[str, int]:
    """Width and height that `--size` says; nothing where it says nothing.

    Raises:
        BadInput: It is malformed.
    """
    if size is None:
        return {}
    sides = re.fullmatch(r"(\d{1,5})x(\d{1,5})", size.lower())
    if sides is None:
        raise BadInput(f"--size {size!r}: expected width x height in pixels, such as 512x384.")
    return {"width": int(sides[1]), "height": int(sides[2])}


def _read_recipe(file: Path) -> "Recipe":
    from viper.generation.recipe import Recipe, read_recipe

    if file.suffix.lower() == ".png":
        return read_recipe(file)
    return Recipe.from_json(read_text(file), source=str(file))


def _drawn_before(
    file: Path, style: "Sequence[StyleImage]", style_weight: float | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """The request and the settings of a recipe, with style pictures if it is to have some."""
    recipe = _read_recipe(file)
    if style_weight == 0:
        recipe = recipe.unstyled()
    chosen = recipe.to_settings()
    if style and recipe.style is None:
        del chosen["ip_adapter"]  # they are new, so what reads them is not up to the recipe
    return dict(recipe.to_request(style)), chosen


def _draw(
    request: "GenerationRequest", settings: "Settings", choosing: "Choosing", *, out: Path
) -> list[tuple[Path, "Recipe"]]:
    """Draws and writes pictures, each as soon as it is done."""
    from viper.cli import parts
    from viper.generation.style import no_adapter
    from viper.studio import check_choosing, draw_best

    check_choosing(request, choosing)
    known = request.preference is not None and not request.preference.is_empty
    if not known:
        _require_taste_for(choosing)
    _require_several(request, choosing)
    require_folder("--out", out)
    if request.is_styled and not settings.ip_adapter:
        raise no_adapter(settings.model)  # before a large model is loaded in vain
    judge = cache(partial(parts.scorer, settings))
    if known:
        judge()  # what is wrong with it is told before something was drawn
    generator = parts.generator(settings)
    made = []
    for chosen in draw_best(
        generator,
        request,
        choosing=choosing,
        scorer=judge,
        language_model=cache(partial(parts.language_model, settings)),
        on_progress=_show_step,
    ):
        score = chosen.score
        recipe = chosen.recipe(generator, judge().name if score else None)
        file = out / _file_name(recipe)
        _save(file, chosen.picture, recipe)
        for note in chosen.notes:
            say(note)
        say(
            str(file)
            + ("" if score is None else f"  score {score.value:.2f}  {_why(score)}")
            + ("  explores: follows the taste less" if recipe.explored else "")
        )
        made.append((file, recipe))
    _say_what_was_drawn(made[0][1])
    return made


def _require_taste_for(choosing: "Choosing") -> None:
    for option, asked in (
        ("--best-of", choosing.best_of > 1),
        ("--degree auto", choosing.weight is not None),
        ("--explore", choosing.explore),
    ):
        if asked:
            raise BadInput(f"{option} needs a taste to choose by: add --preference or --profile.")


def _require_several(request: "GenerationRequest", choosing: "Choosing") -> None:
    if not choosing.explore:
        return
    if request.count < 2:
        raise BadInput("--explore is about the last of several pictures: add --count 2 or more.")
    if choosing.weight is None and not any(request.active_degrees()):
        raise BadInput("--explore lowers the degree, which is 0 here: raise it, or leave one out.")


def _show_step(progress: "Progress") -> None:
    """A line that rewrites itself; nothing where nobody looks."""
    if sys.stderr.isatty():
        end = "\n" if progress.step == progress.steps else "\r"
        typer.echo(f"Step {progress.step} of {progress.steps}{end}", err=True, nl=False)


def _file_name(recipe: "Recipe") -> str:
    """Says what it shows; another recipe has another name, so nothing is overwritten."""
    words = re.findall(r"[a-z0-9]+", recipe.prompt.lower())
    identity = hashlib.sha256(recipe.to_json().encode()).hexdigest()[:8]
    return f"{'-'.join(words)[:48].strip('-') or 'picture'}-{recipe.seed}-{identity}.png"


def _save(file: Path, picture: "Picture", recipe: "Recipe") -> None:
    from viper.generation.recipe import write_png

    try:
        write_png(picture.image, recipe, file)
    except OSError as error:
        raise BadInput(f"{file}: cannot be written ({error.strerror}).") from error


def _say_what_was_drawn(recipe: "Recipe") -> None:
    if recipe.fused is not None:
        say(f"Drawn as: {recipe.fused.prompt}")
    if recipe.dropped_attributes:
        say(f"Did not fit and were left out: {', '.join(recipe.dropped_attributes)}.")
    if recipe.dropped_prompt:
        say(f"The end of the prompt did not fit and was left out: {recipe.dropped_prompt!r}.")


def _entry(file: Path, recipe: "Recipe") -> dict[str, Any]:
    return {
        "file": str(file),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "seed": recipe.seed,
        "score": recipe.score,
        "recipe": recipe.to_dict(),
    }


def _why(score: "Score") -> str:
    reasons = [
        f"{r.attribute} {'+' if r.contribution > 0 else '-'}"
        for r in score.reasons[:5]
        if r.contribution
    ]
    doubt = "" if score.enough_evidence else " (the taste is hardly known)"
    return ", ".join(reasons) + doubt
