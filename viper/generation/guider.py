"""Preference guidance as a guider of diffusers, for its modular pipelines.

    blocks = with_preference(ModularPipeline.from_pretrained(model).blocks)
    pipeline = blocks.init_pipeline(model)
    pipeline.load_components(dtype=torch.bfloat16)
    pipeline.update_components(guider=PreferenceGuidance(guidance_scale=4.0, liked_degree=0.8))
    pipeline(prompt="a harbor", liked="teal, art deco", disliked="clutter", output="images")

Two things are added to a pipeline, and the rest stays as it is: this guider, which asks the model
for two predictions more, and in `guided_blocks` a step that has the pipeline's own text encoder
read the liked and the disliked text. Of all of ViPer the two need only each other.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

from diffusers.configuration_utils import register_to_config
from diffusers.guiders.guider_utils import BaseGuidance, GuiderOutput, rescale_noise_cfg
from diffusers.modular_pipelines.modular_pipeline import BlockState
from torch import Tensor

Encoded = Mapping[str, Any]
"""What a text encoder step makes of a text, such as `prompt_embeds` and `pooled_prompt_embeds`:
tensors whose first axis is that of the texts, or lists with one tensor a text."""

TEXT_FIELDS: Mapping[str, str] = {
    "prompt_embeds": "prompt_embeds",  # SDXL, and every denoiser that `GuidedDenoiser` wraps
    "pooled_prompt_embeds": "pooled_prompt_embeds",
    "prompt_embeds_mask": "prompt_embeds_mask",
    "encoder_hidden_states": "prompt_embeds",  # SD3, Qwen-Image
    "encoder_hidden_states_mask": "prompt_embeds_mask",
    "text_embeds": "pooled_prompt_embeds",  # SDXL, SD3
    "cap_feats": "prompt_embeds",  # Z-Image
}
"""What the families' denoisers call what their text encoder steps have made."""

_PROMPT, _NEGATIVE, _LIKED, _DISLIKED = "pred_cond", "pred_uncond", "pred_liked", "pred_disliked"
_OWN = (_PROMPT, _NEGATIVE)  # in the order of diffusers' tuples

_rescale: Callable[[Tensor, Tensor, float], Tensor] = rescale_noise_cfg


class PreferenceGuidance(BaseGuidance):
    """Classifier-free guidance that also leans towards what is liked and away from the disliked.

    With u, p, l, d the predictions for the negative prompt, the prompt, the liked and the disliked
    text, scale s and degrees a, b:

        eps = u + s [ (p - u) + g ]          g = a (l - r) + b (r - d)

    where r is u or, with `with_prompt`, p: then `PreferenceStep` puts the prompt before both texts.
    The coefficients sum to 1 for every a and b, so the rule means the same for noise, velocity and
    sample predictions. A side without a text, or of degree 0, leaves its term out; without both it
    is `ClassifierFreeGuidance`, in the same passes and to the last bit. After Salehi et al.,
    "ViPer: Visual Personalization of Generative Models via Individual Preference Learning" (arXiv
    2407.17365); the interval after Kynkäänniemi et al. (arXiv 2404.07724).

    The texts come from `set_preference`, which `PreferenceStep` calls. A guider remembers them and
    the step it is at, so it leads one run of one pipeline at a time.
    """

    # In the base class the list is None, and this is how its subclasses fill it.
    _input_predictions = [_PROMPT, _NEGATIVE, _LIKED, _DISLIKED]  # type: ignore[assignment]  # noqa: RUF012

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(  # noqa: PLR0913 - diffusers saves a guider by the arguments of its constructor
        self,
        guidance_scale: float = 7.5,
        liked_degree: float = 0.8,
        disliked_degree: float = 0.8,
        preference_start: float = 0.0,
        preference_stop: float = 1.0,
        preference_every: int = 1,
        with_prompt: bool = False,
        guidance_rescale: float = 0.0,
        start: float = 0.0,
        stop: float = 1.0,
        enabled: bool = True,
    ) -> None:
        """Takes the rule's numbers.

        Args:
            guidance_scale: s, at least 1; 1 asks for no negative prompt unless the rule needs it,
                which suits models that have their guidance distilled into them.
            liked_degree: a, in [0, 1].
            disliked_degree: b, in [0, 1].
            preference_start: The preference acts from this fraction of the steps,
            preference_stop: to before this one.
            preference_every: It is evaluated at every so many steps, and remembered between them;
                1 is the exact rule.
            with_prompt: Likes and dislikes are read together with the prompt and compared with it,
                rather than alone and compared with the negative prompt.
            guidance_rescale: How far the result is brought back to the spread of the prompt's
                own prediction, in [0, 1] (arXiv 2305.08891).
            start: Guidance of any kind acts from this fraction of the steps,
            stop: to before this one.
            enabled: False: the prompt alone.

        Raises:
            ValueError: A number is out of its range.
        """
        super().__init__(start, stop, enabled)
        _check_range("guidance_scale", guidance_scale, 1.0, math.inf)
        _check_range("liked_degree", liked_degree, 0.0, 1.0)
        _check_range("disliked_degree", disliked_degree, 0.0, 1.0)
        _check_range("preference_start", preference_start, 0.0, 1.0)
        _check_range("preference_stop", preference_stop, preference_start, 1.0)
        _check_range("preference_every", preference_every, 1, math.inf)
        _check_range("guidance_rescale", guidance_rescale, 0.0, 1.0)
        self.guidance_scale = guidance_scale
        self.liked_degree = liked_degree
        self.disliked_degree = disliked_degree
        self.preference_start = preference_start
        self.preference_stop = preference_stop
        self.preference_every = preference_every
        self.with_prompt = with_prompt
        self.guidance_rescale = guidance_rescale
        self.set_preference()

    def set_preference(
        self,
        *,
        liked: Encoded | None = None,
        disliked: Encoded | None = None,
        negative: Encoded | None = None,
    ) -> None:
        """Begins a run that leans towards these texts; without any, one of plain guidance.

        Args:
            liked: l's text, as the pipeline's text encoder step encodes a prompt.
            disliked: d's text.
            negative: u's text, for pipelines whose own steps encode none.
        """
        texts = {_LIKED: liked, _DISLIKED: disliked, _NEGATIVE: negative}
        self._texts = {name: encoded for name, encoded in texts.items() if encoded is not None}
        self._direction: Tensor | None = None
        self._age = 0
        self._passes = 0
        # Pipelines ask for the number of conditions before the first step of a run.
        self._step: Any = None
        self._num_inference_steps: Any = None

    def set_state(self, step: int, num_inference_steps: int, timestep: Any) -> None:
        """Called by the denoiser before each step; step 0 forgets what an earlier run left."""
        super().set_state(step, num_inference_steps, timestep)
        if step == 0:
            self._direction, self._age, self._passes = None, 0, 0

    def get_state(self) -> dict[str, Any]:
        """See `BaseGuidance.get_state`."""
        return {**super().get_state(), "passes": self._passes}

    @property
    def passes(self) -> int:
        """Evaluations of the model since the run began."""
        return self._passes

    def degree(self, prediction: str) -> float:
        """The degree of `pred_liked` or `pred_disliked`, 0 where that side has no text."""
        degrees = {_LIKED: self.liked_degree, _DISLIKED: self.disliked_degree}
        return degrees[prediction] if prediction in self._texts else 0.0

    def active_predictions(self) -> list[str]:
        """What the model is asked at this step; before the first, at the step that asks most."""
        if not self._guides():
            return [_PROMPT]
        sides = [side for side in (_LIKED, _DISLIKED) if self.degree(side)] if self._due() else []
        # r's coefficient in g is b - a: it cancels where both degrees are the same.
        cancels = self.with_prompt or self.degree(_LIKED) == self.degree(_DISLIKED)
        asked = not math.isclose(self.guidance_scale, 1.0) or (bool(sides) and not cancels)
        return [_PROMPT, *([_NEGATIVE] if asked else []), *sides]

    @property
    def asks_for_negative(self) -> bool:
        """True if the negative prompt will be asked about at some step of the run to come."""
        return _NEGATIVE in self.active_predictions()

    @property
    def num_conditions(self) -> int:
        """How many predictions the model is asked for."""
        return len(self.active_predictions())

    @property
    def is_conditional(self) -> bool:
        """True while the model is asked about the prompt."""
        return bool(self._count_prepared == 1)

    def prepare_inputs(self, data: Any) -> list[BlockState]:
        """One batch a prediction, of values that are for all or (prompt's, negative's)."""
        own = [self._prepare_batch(data, index, name) for index, name in enumerate(_OWN)]
        return self._batches(*own)

    def prepare_inputs_from_block_state(self, data: Any, input_fields: Any) -> list[BlockState]:
        """One batch a prediction, of names in `data` that are for all or (prompt's, negative's)."""
        own = [
            self._prepare_batch_from_block_state(input_fields, data, index, name)
            for index, name in enumerate(_OWN)
        ]
        return self._batches(*own)

    def forward(
        self,
        pred_cond: Tensor,
        pred_uncond: Tensor | None = None,
        pred_liked: Tensor | None = None,
        pred_disliked: Tensor | None = None,
    ) -> GuiderOutput:
        """Makes one prediction of those that were asked for; ends the step."""
        p, u, guided = pred_cond, pred_uncond, pred_cond
        if self._due() and (pred_liked is not None or pred_disliked is not None):
            a, b = self.degree(_LIKED), self.degree(_DISLIKED)
            r = p if self.with_prompt else u
            self._direction = preference_direction(r, pred_liked, pred_disliked, a=a, b=b)
            self._age = 0
        if self._guides():
            self._age += 1
            g = self._direction if self._prefers() else None
            guided = preference_guidance(p, u, g, s=self.guidance_scale)
        if self.guidance_rescale > 0.0:
            guided = _rescale(guided, p, self.guidance_rescale)
        return GuiderOutput(pred=guided, pred_cond=p, pred_uncond=u)

    def __call__(self, data: list[BlockState]) -> Any:
        """Combines the batches' `noise_pred`."""
        self._passes += len(data)
        return super().__call__(data)

    def _batches(self, prompt: Any, negative: Any) -> list[BlockState]:
        own = {_PROMPT: prompt, _NEGATIVE: negative}
        return [
            self._reading(name, prompt, prompt if self.with_prompt else negative)
            if name in self._texts
            else own[name]
            for name in self.active_predictions()
        ]

    def _reading(self, name: str, prompt: Any, reference: Any) -> BlockState:
        """The batch of r with another text, so that only texts differ within g."""
        batch = type(prompt)(**prompt.as_dict())
        for key, value in reference.as_dict().items():
            # A pipeline without guidance has nothing for the negative prompt.
            batch[key] = batch[key] if value is None else value
        texts = [key for key in TEXT_FIELDS if key in prompt.as_dict()]
        given = next((prompt[key] for key in texts if prompt[key] is not None), None)
        if given is None:
            raise ValueError(
                f"The denoiser's inputs {sorted(prompt.as_dict())} hold no text that "
                f"PreferenceGuidance knows: expected one of {sorted(TEXT_FIELDS)}."
            )
        for key in texts:
            encoded = _repeated(self._texts[name][TEXT_FIELDS[key]], len(given))
            alike = isinstance(encoded, Tensor) and prompt[key] is not None
            batch[key] = encoded.to(prompt[key]) if alike else encoded
        batch[self._identifier_key] = name
        return cast(BlockState, batch)

    def _guides(self) -> bool:
        """True where guidance of any kind acts; in whole steps, as diffusers' guiders count."""
        if not self._enabled or self._num_inference_steps is None:
            return bool(self._enabled)
        steps = self._num_inference_steps
        return bool(int(self._start * steps) <= self._step < int(self._stop * steps))

    def _prefers(self) -> bool:
        """True where the preference acts."""
        if not (self.degree(_LIKED) or self.degree(_DISLIKED)):
            return False
        if self._num_inference_steps is None:
            return True
        done = self._step / self._num_inference_steps
        return bool(self.preference_start <= done < self.preference_stop)

    def _due(self) -> bool:
        """True where the preference is to be evaluated rather than remembered."""
        fresh = self._direction is not None and self._age < self.preference_every
        return self._guides() and self._prefers() and not fresh


def preference_direction(
    r: Tensor | None,
    l: Tensor | None,  # noqa: E741 - the source's symbol
    d: Tensor | None,
    *,
    a: float,
    b: float,
) -> Tensor:
    """`g = a (l - r) + b (r - d)`; a missing side leaves its term out.

    Without r, `a (l - d)`: the same for a = b, which is the only case in which it may be missing.
    """
    if r is None:
        if l is None or d is None:
            raise ValueError("One side alone needs the prediction for the negative prompt.")
        return a * (l - d)
    terms = ([a * (l - r)] if l is not None else []) + ([b * (r - d)] if d is not None else [])
    first, *others = terms
    return sum(others, start=first)


def preference_guidance(p: Tensor, u: Tensor | None, g: Tensor | None, *, s: float) -> Tensor:
    """`eps = u + s [ (p - u) + g ]`; `p + s g` for s = 1, where u may be missing."""
    if u is None:
        return p if g is None else p + s * g
    towards = p - u if g is None else p - u + g
    return u + s * towards


def _repeated(encoded: Any, pictures: int) -> Any:
    """A field of the texts, tensor or list, for as many pictures."""
    if encoded is None:
        return None
    each, rest = divmod(pictures, len(encoded))
    if rest:
        raise ValueError(
            f"{len(encoded)} liked or disliked texts do not go with {pictures} pictures: give one "
            "text for all, or one for each prompt."
        )
    if isinstance(encoded, Tensor):
        return encoded.repeat_interleave(each, dim=0)
    return [tensor for tensor in encoded for _ in range(each)]


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ValueError(f"Expected {name} between {low} and {high}, got {value!r}.")
