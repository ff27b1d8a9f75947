"""The texts of a request: which words are encoded, what does not fit, and their conditionings.

The words are chosen once, by the text encoder of the model; a refiner encodes the same ones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from viper.generation import GenerationRequest
from viper.generation.conditioning import (
    WINDOWS,
    CachedConditioner,
    Conditioning,
    Reference,
    TextConditioner,
    cut_words,
    joined,
    side_texts,
)
from viper.generation.guidance import Guidance
from viper.generation.rules import Conditions, references
from viper.preference import Side


@dataclass(frozen=True, slots=True)
class Texts:
    """What is encoded for a request, and what did not fit."""

    prompt: str
    negative_prompt: str
    """Empty where there is none."""
    liked: tuple[str, ...]
    """One text for each window; empty where the side does not act. Read together with the prompt,
    each begins with it; where no attribute fits behind it, it has a window of its own."""
    disliked: tuple[str, ...]
    references: tuple[Reference, ...]
    """What the prompt is read together with."""
    dropped_attributes: tuple[str, ...]
    dropped_prompt: str
    dropped_negative_prompt: str
    tokens: Mapping[str, tuple[int, int]]
    """See `viper.generation.Picture.tokens`."""

    def encoded(self, conditioner: TextConditioner) -> Conditions:
        """The conditionings that a rule asks for."""

        def side(texts: tuple[str, ...]) -> Conditioning | None:
            return joined([conditioner.encode(text) for text in texts]) if texts else None

        negative = self.negative_prompt
        read_along = self.references
        return Conditions(
            prompt=conditioner.encode(self.prompt),
            negative=conditioner.encode(negative) if negative else conditioner.nothing(),
            empty=conditioner.encode(""),
            liked=side(self.liked),
            disliked=side(self.disliked),
            fused=conditioner.fuse(self.prompt, read_along) if read_along else None,
        )


def texts_of(
    request: GenerationRequest, conditioner: CachedConditioner, guidance: Guidance
) -> Texts:
    """The words of a request, as far as they fit.

    Args:
        request: As it is drawn.
        conditioner: Says what fits.
        guidance: Says what the preference is read with.
    """
    fits = conditioner.fits
    read_along = references(request) if guidance.condition == "attention" else ()
    dropped = [text for text, _ in read_along if not fits(text)]
    liked_degree, disliked_degree = (0.0, 0.0) if read_along else request.active_degrees()

    # The released code knows one window.
    most = 1 if request.rule == "viper2024" else WINDOWS
    with_prompt = request.rule == "guidance" and guidance.context == "prompt"

    def side(name: Side, degree: float) -> tuple[str, ...]:
        if request.preference is None or degree == 0:
            return ()
        attributes = request.preference.active(name)
        if with_prompt:
            lead = f"{request.prompt}, "
            texts, left_out = side_texts(attributes, lambda t: fits(lead + t), windows=most)
            if texts:
                dropped.extend(left_out)
                return tuple(lead + text for text in texts)
        texts, left_out = side_texts(attributes, fits, windows=most - with_prompt)
        dropped.extend(left_out)
        return (request.prompt, *texts) if with_prompt and texts else texts

    liked, disliked = side("liked", liked_degree), side("disliked", disliked_degree)
    return Texts(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        liked=liked,
        disliked=disliked,
        references=tuple(reference for reference in read_along if fits(reference[0])),
        dropped_attributes=tuple(dropped),
        dropped_prompt=cut_words(request.prompt, fits),
        dropped_negative_prompt=cut_words(request.negative_prompt, fits),
        tokens={
            "prompt": _meter([request.prompt], conditioner, 1),
            "negative prompt": _meter(filter(None, [request.negative_prompt]), conditioner, 1),
            "liked": _meter(liked, conditioner, most),
            "disliked": _meter(disliked, conditioner, most),
        },
    )


def _meter(texts: Iterable[str], conditioner: CachedConditioner, windows: int) -> tuple[int, int]:
    window = conditioner.window
    return sum(min(conditioner.tokens(text), window) for text in texts), windows * window
