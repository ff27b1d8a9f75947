"""Pictures from a prompt and a preference: the port, its values, and where to find the rest.

    GenerationRequest ──Generator.generate──► Picture, Picture, ...   (Progress on the way)

    conditioning   texts -> what the denoiser listens to       models      load a checkpoint
    guidance       the guidance rule, one pure function        recipe      how a picture was made
    denoising      the loop over a diffusers scheduler         diffusion   the Generator of it all
    texts          which words are encoded, what does not fit  refiner     SDXL's second denoiser
    lora           low-rank changes, added to the weights      style       pictures to draw like
    ip_adapter     reads those, beside the texts

Importing this package costs nothing: torch and diffusers are paid by `viper.generation.models`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    field_validator,
    model_validator,
)

from viper.errors import BadInput
from viper.generation.style import MAX_STYLE_IMAGES, STYLE_WEIGHT, AppliedStyle, StyleImage
from viper.preference import VisualPreference, first_problem

if TYPE_CHECKING:
    from PIL.Image import Image

Rule = Literal["guidance", "condition", "viper2024", "fusion", "none"]
"""How a preference acts on a picture; see `viper.generation.guidance`. With `fusion` it acts
through the words of the prompt alone."""

MAX_PROMPT_CHARACTERS = 2_000
_NO_TEXT = re.compile("[\ud800-\udfff]")
"""What Python makes of bytes that are no UTF-8."""
MAX_COUNT = 64
MAX_SEED = 2**63 - 1

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Interval = tuple[Fraction, Fraction]
"""Start (included) and end (excluded) of a part of the denoising trajectory; 0 is pure noise."""
Pixels = Annotated[int, Field(ge=64, le=2048, multiple_of=8)]
"""Width or height of a picture in pixels."""
Steps = Annotated[int, Field(ge=1, le=250)]
GuidanceScale = Annotated[float, Field(ge=0.0, le=50.0)]
ConditionForm = Literal["shift", "attention"]
"""How the rule `condition` changes the prompt: its encoded states, or the encoder's attention."""
PreferenceContext = Literal["alone", "prompt"]
"""What the rule `guidance` reads likes and dislikes with: nothing else, or the prompt."""
Every = Annotated[int, Field(ge=1, le=250)]
"""At how many steps something is done once; 1 is at each of them."""


class Fusion(BaseModel):
    """A prompt rewritten with a preference."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: Annotated[str, Field(min_length=1, max_length=MAX_PROMPT_CHARACTERS)]
    negative_prompt: Annotated[str, Field(max_length=MAX_PROMPT_CHARACTERS)] = ""
    """What the request's own says, and the dislikes."""
    model: str | None = None
    """The language model that wrote it; None is the template."""


class GenerationRequest(BaseModel):
    """What to draw. None always means: as the model prefers.

    Picture k of a request starts from seed `seed + k`, whatever is drawn beside it.

    Raises:
        BadInput: A field is missing, malformed or out of range; the message names it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str
    """1 to 2000 characters; what does not fit into the model's window is reported, not hidden."""
    negative_prompt: Annotated[str, Field(max_length=MAX_PROMPT_CHARACTERS)] = ""
    """What should not be shown in this picture; apart from the dislikes of the preference."""
    preference: VisualPreference | None = None
    liked_degree: Fraction = 0.8
    disliked_degree: Fraction = 0.8
    rule: Rule = "guidance"
    fused: Fusion | None = None
    """What the rule `fusion` draws in place of the prompt."""
    guidance_scale: GuidanceScale | None = None
    """At most 1 turns guidance off, as in diffusers."""
    steps: Steps | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = 0
    count: Annotated[int, Field(ge=1, le=MAX_COUNT)] = 1
    preference_interval: Interval | None = None
    """Part of the trajectory in which the rule `guidance` applies the preference."""
    preference_every: Every | None = None
    """The rule `guidance` evaluates the preference at every so many steps of that part, and goes on
    in the same direction between them; 1 is the exact rule."""
    preference_context: PreferenceContext | None = None
    """Of the rule `guidance`; see `viper.generation.guidance`."""
    disliked_weight: Fraction | None = None
    """How much a degree of disliking weighs beside the same degree of liking. The rule `viper2024`
    knows only 1."""
    condition: ConditionForm | None = None
    """Of the rule `condition`; see `viper.generation.rules`."""
    refiner_start: Fraction | None = None
    """Fraction of the trajectory after which a refiner takes over; 1 leaves it out, and so does a
    model that has none."""
    rescale: Fraction | None = None
    """How far the guided prediction is brought back to the prompt's own contrast."""
    style: Annotated[tuple[StyleImage, ...], Field(max_length=MAX_STYLE_IMAGES)] = ()
    """Pictures to draw in the style of, together; the model needs an IP-Adapter."""
    style_weight: Fraction = STYLE_WEIGHT
    """How much of that style; 0 leaves it out."""

    @model_validator(mode="wrap")
    @classmethod
    def _in_one_line(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            request = handler(data)
        except ValidationError as error:
            raise BadInput(f"{first_problem(error)}.") from error
        if request.seed + request.count - 1 > MAX_SEED:
            raise BadInput(
                f"Seed {request.seed} is too large for {request.count} pictures: "
                f"choose one of at most {MAX_SEED - request.count + 1}."
            )
        return request

    @field_validator("prompt")
    @classmethod
    def _prompt_says_something(cls, prompt: str) -> str:
        if not prompt.strip():
            raise BadInput("The prompt is empty: say what the picture should show.")
        if _NO_TEXT.search(prompt):
            raise BadInput("The prompt holds bytes that are no UTF-8 text: write it anew.")
        if len(prompt) > MAX_PROMPT_CHARACTERS:
            raise BadInput(
                f"The prompt has {len(prompt)} characters, at most {MAX_PROMPT_CHARACTERS} are "
                "possible: shorten it."
            )
        return prompt

    def as_drawn(self) -> Self:
        """What reaches the model: with the rule `fusion`, a plain request for the rewritten prompt.

        Raises:
            BadInput: The rule is `fusion`, there is something to fuse, and nobody has done so.
        """
        if self.rule != "fusion":
            return self
        if self.fused is None and any(self.active_degrees()):
            raise BadInput(
                "The rule fusion draws a rewritten prompt, and this one was not rewritten yet: "
                "set `fused`, or choose another rule."
            )
        fused = self.fused or Fusion(prompt=self.prompt, negative_prompt=self.negative_prompt)
        words = {"prompt": fused.prompt, "negative_prompt": fused.negative_prompt}
        return self.model_copy(update={**words, "rule": "none", "fused": None})

    @property
    def is_styled(self) -> bool:
        """Whether style pictures act."""
        return bool(self.style) and self.style_weight > 0

    def active_degrees(self) -> tuple[float, float]:
        """Degrees of liking and disliking as they act: 0 where that side has nothing to say."""
        if self.preference is None or self.rule == "none":
            return 0.0, 0.0
        return (
            self.liked_degree if self.preference.active("liked") else 0.0,
            self.disliked_degree if self.preference.active("disliked") else 0.0,
        )


class AppliedLora(BaseModel):
    """A low-rank change that was added to a model's weights."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """As it was asked for: a file, or a place on the Hub."""
    weight: float
    """1 is as it was trained, 0 is the model without it."""
    sha256: str
    """Of its file."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One denoising step is done."""

    step: int
    """1 to `steps`."""
    steps: int
    """Of this model's scheduler: some make one or more beyond the request's."""
    pictures: tuple[int, ...]
    """Which pictures of the request are being drawn together, by index."""
    preview: "tuple[Image, ...] | None"
    """A small rough view of each of them; None where the model has no cheap one."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished picture, and what a recipe needs to know beyond the request."""

    image: "Image"
    index: int
    """Position in the request, from 0."""
    seed: int
    """Of this very picture: a request with this seed and count 1 draws it again."""
    passes: int
    """Evaluations of the denoiser that this picture cost."""
    steps: int
    guidance_scale: float
    preference_interval: tuple[float, float]
    rescale: float
    scheduler: str
    """Class name of the diffusers scheduler."""
    preference_every: int = 1
    preference_context: PreferenceContext = "alone"
    disliked_weight: float = 1.0
    condition: ConditionForm = "shift"
    dropped_attributes: tuple[str, ...] = ()
    """Attributes that did not fit into the text encoder's window, weakest first to go."""
    dropped_prompt: str = ""
    """Last words of the prompt that did not fit into the window."""
    dropped_negative_prompt: str = ""
    tokens: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Of "prompt", "negative prompt", "liked" and "disliked", how many tokens were read, and how
    many could be; empty where the model does not say."""
    refiner: str | None = None
    """Who denoised the end of the trajectory."""
    refiner_start: float | None = None
    loras: tuple[AppliedLora, ...] = ()
    style: AppliedStyle | None = None


class GuidanceDefaults(BaseModel):
    """How a model likes to be asked; `viper.json` in its folder overrides the family's values."""

    model_config = ConfigDict(frozen=True)

    guidance_scale: GuidanceScale
    steps: Steps
    size: tuple[Pixels, Pixels]
    """Width, height."""
    preference_interval: Interval = (0.0, 1.0)
    preference_every: Every = 1
    preference_context: PreferenceContext = "alone"
    disliked_weight: Fraction = 1.0
    condition: ConditionForm = "shift"
    rescale: Fraction = 0.0
    latent_rgb_factors: tuple[tuple[float, float, float], ...] | None = None
    """One row a latent channel and a last one for the bias: a linear view of latents as RGB in
    [-1, 1]. None where the model's latents cannot be shown cheaply."""


class Generator(Protocol):
    """Draws pictures."""

    @property
    def model_id(self) -> str:
        """What `load_generator` was asked for."""

    @property
    def weight_hashes(self) -> Mapping[str, str]:
        """SHA-256 of each weights file, by its path in the checkpoint."""

    @property
    def defaults(self) -> GuidanceDefaults:
        """Used where a request says None."""

    def fits(self, text: str) -> bool:
        """Whether the text encoder reads all of a text."""

    def for_owner(self, owner: str) -> "Generator":
        """The same generator, asked by somebody: one that serves many is fair between owners."""

    def generate(
        self,
        request: GenerationRequest,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Picture]:
        """Yields the pictures of a request as they are finished, in order.

        Args:
            request: What to draw.
            on_progress: Called after every denoising step.
            cancelled: Asked before every step and every decoding.

        Raises:
            BadInput: The request does not suit this model; raised by the call itself.
            Cancelled: `cancelled` said so; nothing is decoded after that.
            ModelUnavailable: Not even one picture fits into the device's memory.
        """
