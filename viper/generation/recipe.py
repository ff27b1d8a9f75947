"""How a picture was made: enough to draw it again, written into the picture itself.

A recipe travels with its PNG, which people share; so it holds what acts on the picture, and none
of the comments that the preference was read from.
"""

import json
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Self

from PIL import Image, PngImagePlugin
from pydantic import (
    BaseModel,
    ConfigDict,
    ValidationError,
    field_serializer,
    field_validator,
)

import viper
from viper.errors import BadInput
from viper.generation import (
    AppliedLora,
    ConditionForm,
    Every,
    Fraction,
    Fusion,
    GenerationRequest,
    Generator,
    GuidanceScale,
    Interval,
    Picture,
    Pixels,
    PreferenceContext,
    Rule,
    Steps,
)
from viper.generation.style import STYLE_WEIGHT, AppliedStyle, StyleImage
from viper.preference import Attribute, Side, Sides, VisualPreference, first_problem

SCHEMA = "viper.recipe/1"
PNG_KEY = "viper"
"""Keyword of the PNG's iTXt chunk."""


class Candidate(BaseModel):
    """One degree that was tried on a prompt, and what its preview promised."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    degree: Fraction
    seed: int
    preference: float
    """Predicted liking, 0 to 1."""
    fidelity: float
    """Agreement with the prompt, cosine."""
    objective: float
    """Both as one figure: see `viper.judging.objective`."""


class ChosenDegree(BaseModel):
    """How the degree of a picture was chosen for its prompt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weight: Fraction
    """Of the preference against the prompt."""
    steps: int
    """Denoising steps of each preview."""
    passes: int
    """Evaluations of the denoiser that all previews cost together."""
    candidates: tuple[Candidate, ...]


class Recipe(BaseModel):
    """How one picture was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str
    """As it was asked for."""
    negative_prompt: str
    fused: Fusion | None = None
    """The words that were drawn in their place, with the rule `fusion`."""
    preference: VisualPreference | None
    """Its active attributes, without their evidence."""
    contradicted: Mapping[str, str] = {}
    """Attributes that were left out, and the words of the prompt that speak against them."""
    preference_sha256: str | None
    liked_degree: Fraction
    disliked_degree: Fraction
    chosen_degree: ChosenDegree | None = None
    """None where the person chose it."""
    explored: bool = False
    """Drawn with less of the preference than the others of its batch, on purpose."""
    rule: Rule
    guidance_scale: GuidanceScale
    preference_interval: Interval
    preference_every: Every = 1
    """Recipes of the first version do not say it: they evaluated the preference at every step."""
    preference_context: PreferenceContext = "alone"
    """Of the rule `guidance`; older recipes do not say it, nor the next."""
    disliked_weight: Fraction = 1.0
    condition: ConditionForm = "shift"
    """Of the rule `condition`."""
    rescale: Fraction
    steps: Steps
    scheduler: str
    seed: int
    """Of this very picture, whatever was drawn beside it."""
    size: tuple[Pixels, Pixels]
    """Width, height."""
    model_id: str
    weight_hashes: Mapping[str, str]
    passes: int
    """Evaluations of the denoiser."""
    dropped_attributes: tuple[str, ...]
    """Attributes that did not fit into the text encoder's window."""
    dropped_prompt: str
    """Last words of the prompt that did not fit."""
    dropped_negative_prompt: str
    tokens: Mapping[str, tuple[int, int]] = {}
    """See `viper.generation.Picture.tokens`."""
    refiner: str | None = None
    """Who denoised the end of the trajectory."""
    refiner_start: Fraction | None = None
    """Fraction of the trajectory after which it took over."""
    loras: tuple[AppliedLora, ...] = ()
    """What was added to the model's weights, in this order."""
    style: AppliedStyle | None = None
    """Pictures whose style acted; None where none did."""
    scorer: str | None
    score: float | None
    versions: Mapping[str, str]
    """Of viper, torch and diffusers."""

    @field_validator("preference", mode="before")
    @classmethod
    def _read_preference(cls, value: Any) -> Any:
        # As it is written: with its schema. BadInput passes through pydantic as it is.
        if isinstance(value, dict):
            return VisualPreference.from_dict(value, source="the recipe's preference")
        return value

    @field_serializer("preference")
    def _write_preference(self, value: VisualPreference | None) -> dict[str, Any] | None:
        return None if value is None else value.to_dict()

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the contract, as plain data."""
        return {"schema": SCHEMA, **self.model_dump(mode="json")}

    def to_json(self, *, indent: int | None = 2) -> str:
        """The JSON of the contract, `viper.recipe/1`."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes, *, source: str = "recipe") -> Self:
        """Reads `to_json`'s format. `source` names the input in the message of `BadInput`."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{source}: not valid JSON ({error}).") from error
        if not isinstance(data, dict) or data.pop("schema", None) != SCHEMA:
            raise BadInput(f'{source}: expected an object with "schema": "{SCHEMA}".')
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise BadInput(f"{source}: {first_problem(error)}.") from error

    def to_request(self, style: Sequence[StyleImage] = ()) -> GenerationRequest:
        """The request that draws this picture, and no other, with the same model.

        Args:
            style: The style pictures, which a recipe knows and does not hold; where it was drawn
                without, any may be added.

        Raises:
            BadInput: They are missing, or others.
        """
        return GenerationRequest(
            prompt=self.prompt,
            negative_prompt=self.negative_prompt,
            preference=self.preference,
            liked_degree=self.liked_degree,
            disliked_degree=self.disliked_degree,
            rule=self.rule,
            fused=self.fused,
            guidance_scale=self.guidance_scale,
            steps=self.steps,
            width=self.size[0],
            height=self.size[1],
            seed=self.seed,
            preference_interval=self.preference_interval,
            preference_every=self.preference_every,
            preference_context=self.preference_context,
            disliked_weight=self.disliked_weight,
            condition=self.condition,
            refiner_start=self.refiner_start,
            rescale=self.rescale,
            style=tuple(style) if self.style is None else self.style.again(style),
            style_weight=STYLE_WEIGHT if self.style is None else self.style.weight,
        )

    def unstyled(self) -> Self:
        """The same without its style pictures."""
        return self.model_copy(update={"style": None})

    def to_settings(self) -> dict[str, str]:
        """What `Settings` say where this picture's model is chosen, by field."""
        return {
            "model": self.model_id,
            "refiner": self.refiner or "",
            "lora": ",".join(f"{lora.name}:{lora.weight}" for lora in self.loras),
            "ip_adapter": "" if self.style is None else self.style.adapter,
        }


def recipe_for(  # noqa: PLR0913 (all of it is the record)
    request: GenerationRequest,
    picture: Picture,
    generator: Generator,
    *,
    scorer: str | None = None,
    score: float | None = None,
    contradicted: Mapping[str, str] | None = None,
    chosen_degree: ChosenDegree | None = None,
    explored: bool = False,
) -> Recipe:
    """The recipe of a picture that `generator` drew for `request`.

    Args:
        request: Its preference is what acted: without `contradicted`.
        picture: As it was drawn.
        generator: Who drew it.
        scorer: Who judged it.
        score: The verdict.
        contradicted: As in `Recipe`.
        chosen_degree: As in `Recipe`.
        explored: As in `Recipe`.
    """
    preference = request.preference
    return Recipe(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        fused=request.fused,
        preference=None if preference is None else _acting(preference),
        contradicted=contradicted or {},
        preference_sha256=None if preference is None else preference.sha256(),
        liked_degree=request.liked_degree,
        disliked_degree=request.disliked_degree,
        chosen_degree=chosen_degree,
        explored=explored,
        rule=request.rule,
        guidance_scale=picture.guidance_scale,
        preference_interval=picture.preference_interval,
        preference_every=picture.preference_every,
        preference_context=picture.preference_context,
        disliked_weight=picture.disliked_weight,
        condition=picture.condition,
        rescale=picture.rescale,
        steps=picture.steps,
        scheduler=picture.scheduler,
        seed=picture.seed,
        size=picture.image.size,
        model_id=generator.model_id,
        weight_hashes=dict(generator.weight_hashes),
        passes=picture.passes,
        dropped_attributes=picture.dropped_attributes,
        dropped_prompt=picture.dropped_prompt,
        dropped_negative_prompt=picture.dropped_negative_prompt,
        tokens=picture.tokens,
        refiner=picture.refiner,
        refiner_start=picture.refiner_start,
        loras=picture.loras,
        style=picture.style,
        scorer=scorer,
        score=score,
        versions={
            "viper": viper.__version__,
            "torch": metadata.version("torch"),
            "diffusers": metadata.version("diffusers"),
        },
    )


def write_png(image: Image.Image, recipe: Recipe, path: Path) -> None:
    """Writes the picture with its recipe; the same picture and recipe give the same bytes.

    The file appears complete or not at all; its folder is made where it is missing.
    """
    info = PngImagePlugin.PngInfo()
    info.add_itxt(PNG_KEY, recipe.to_json(indent=None))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        image.save(part, format="PNG", pnginfo=info)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_recipe(path: Path) -> Recipe:
    """The recipe in a picture.

    Raises:
        BadInput: No such file, no picture, or none with a recipe of this version.
    """
    try:
        with Image.open(path) as image:
            image.load()
            text = image.info.get(PNG_KEY)
    except FileNotFoundError:
        raise BadInput(f"{path}: there is no such file.") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadInput(f"{path}: not a picture that can be read.") from error
    if not isinstance(text, str):
        raise BadInput(
            f"{path}: this picture carries no recipe; expected a PNG that ViPer wrote, not edited "
            "or converted since."
        )
    return Recipe.from_json(text, source=str(path))


def _acting(preference: VisualPreference) -> VisualPreference:
    """What acts on a picture: active attributes, and not what the person said about which image."""

    def bare(side: Side) -> tuple[Attribute, ...]:
        return tuple(a.model_copy(update={"evidence": ()}) for a in preference.active(side))

    return preference.model_copy(
        update={
            "liked": bare("liked"),
            "disliked": bare("disliked"),
            "deleted": Sides(),
            "warnings": (),
        }
    )
