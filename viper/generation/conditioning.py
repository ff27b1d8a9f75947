"""Texts become what a denoiser listens to; what does not fit into a window is reported.

The prompt and each side of a preference are encoded apart. Three encoders, one interface:

    ClipConditioner         Stable Diffusion 1.x and 2.x: the last states of one CLIP text encoder
    DualClipConditioner     SDXL: the last but one states of two, side by side, and a pooled vector
    MiniLMConditioner       the built-in model: MiniLM's token states, zeros behind the text's end
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol

import torch
from torch import Tensor
from transformers import CLIPTextModelWithProjection

from viper.generation.attention import fused_bert, fused_clip, pooled_clip
from viper.minilm import MiniLM
from viper.preference import Attribute

CACHED_TEXTS = 64
WINDOWS = 3
"""Of one side of a preference, at most; CLIP's hold 75 tokens each, about 25 attributes."""
MINILM_WINDOW = 64
"""Tokens the built-in model was trained with, [CLS] and [SEP] included."""


@dataclass(frozen=True, slots=True)
class ImageTokens:
    """What a denoiser sees of pictures, beside a text."""

    tokens: Tensor
    """[1, tokens, width]; those of several pictures one behind the other."""
    weight: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Conditioning:
    """One encoded text."""

    states: Tensor
    """[1, tokens, width]; the tokens of several windows one behind the other."""
    pooled: Tensor | None = None
    """[1, width] of SDXL's second encoder; None elsewhere."""
    aesthetic_score: float | None = None
    """How good a picture SDXL's refiner is told to expect, 1 to 10; None for other denoisers."""
    image: ImageTokens | None = None
    """Pictures it comes with; see `viper.generation.ip_adapter`."""

    def in_one_window(self, tokens: int) -> "Conditioning":
        """The mean of its windows of so many tokens: where it is added to a single one."""
        if self.states.shape[1] == tokens:
            return self
        apart = self.states.view(-1, tokens, self.states.shape[2])
        return Conditioning(apart.mean(dim=0, keepdim=True), self.pooled)


def joined(windows: Sequence[Conditioning]) -> Conditioning:
    """Several texts read as one, each in a window of its own; at least one.

    A denoiser's cross-attention takes any number of tokens; pooled vectors are averaged.
    """
    if len(windows) == 1:
        return windows[0]
    pooled = [window.pooled for window in windows if window.pooled is not None]
    return Conditioning(
        torch.cat([window.states for window in windows], dim=1),
        torch.stack(pooled).mean(dim=0) if pooled else None,
    )


Reference = tuple[str, float]
"""A text that a prompt is read together with, and its weight w_i; see `attention`."""


class TextConditioner(Protocol):
    """A text encoder with a window of fixed length."""

    @property
    def window(self) -> int:
        """Tokens it reads, the marks of beginning and end included."""

    def tokens(self, text: str) -> int:
        """Tokens of the whole text, counted likewise; what is beyond the window is cut."""

    def encode(self, text: str) -> Conditioning:
        """The text's conditioning; what does not fit is cut at the end."""

    def fuse(self, text: str, references: Sequence[Reference]) -> Conditioning:
        """The text's conditioning, read together with others; at least one of them."""

    def nothing(self) -> Conditioning:
        """What stands in for a negative prompt where none was given."""


class ClipConditioner:
    """One CLIP text encoder, its last hidden states, as in Stable Diffusion 1.x and 2.x."""

    def __init__(self, tokenizer: Any, encoder: Any) -> None:
        """A `CLIPTokenizer` and a `CLIPTextModel`."""
        self._tokenizer = tokenizer
        self._encoder = encoder

    @property
    def window(self) -> int:
        """Tokens it reads, the marks of beginning and end included."""
        return int(self._tokenizer.model_max_length)

    def tokens(self, text: str) -> int:
        """Tokens of the whole text."""
        return _clip_tokens(self._tokenizer, text)

    def encode(self, text: str) -> Conditioning:
        """The text's conditioning; what does not fit is cut at the end."""
        ids, mask = self._ids([text])
        with torch.no_grad():
            output = self._encoder(ids, attention_mask=mask)
        return Conditioning(output[0])

    def fuse(self, text: str, references: Sequence[Reference]) -> Conditioning:
        """The text's conditioning, read together with others; at least one of them."""
        texts, weights = zip(*references, strict=True)
        ids, mask = self._ids([text, *texts])
        with torch.no_grad():
            last = fused_clip(self._encoder, ids, mask, weights)[-1]
            return Conditioning(self._encoder.final_layer_norm(last))

    def _ids(self, texts: Sequence[str]) -> tuple[Tensor, Tensor | None]:
        ids, mask = _clip_ids(self._tokenizer, texts, self._encoder.device)
        # Only some checkpoints of the 2.x line were trained with the mask.
        masked = getattr(self._encoder.config, "use_attention_mask", False)
        return ids, mask if masked else None

    def nothing(self) -> Conditioning:
        """The encoded empty text."""
        return self.encode("")


class DualClipConditioner:
    """Two CLIP text encoders side by side, as in SDXL; both read the same text."""

    def __init__(
        self, tokenizers: Sequence[Any], encoders: Sequence[Any], *, zeros_for_nothing: bool
    ) -> None:
        """Takes the encoders in the checkpoint's order.

        Args:
            tokenizers: `CLIPTokenizer`s.
            encoders: A `CLIPTextModel`, and a `CLIPTextModelWithProjection` that also pools.
            zeros_for_nothing: The checkpoint's `force_zeros_for_empty_prompt`.
        """
        self._pairs = tuple(zip(tokenizers, encoders, strict=True))
        self._zeros = zeros_for_nothing

    @property
    def window(self) -> int:
        """Tokens that all of the encoders read."""
        return min(int(tokenizer.model_max_length) for tokenizer, _ in self._pairs)

    def tokens(self, text: str) -> int:
        """Tokens of the whole text, by the encoder that makes most of it."""
        return max(_clip_tokens(tokenizer, text) for tokenizer, _ in self._pairs)

    def encode(self, text: str) -> Conditioning:
        """The text's conditioning; what does not fit is cut at the end."""
        states, pooled = [], None
        for tokenizer, encoder in self._pairs:
            ids, _ = _clip_ids(tokenizer, [text], encoder.device)
            with torch.no_grad():
                output = encoder(ids, output_hidden_states=True)
            states.append(output.hidden_states[-2])
            pooled = output[0]
        return Conditioning(torch.cat(states, dim=-1), pooled)

    def fuse(self, text: str, references: Sequence[Reference]) -> Conditioning:
        """The text's conditioning, read together with others; at least one of them."""
        texts, weights = zip(*references, strict=True)
        states, pooled = [], None
        for tokenizer, encoder in self._pairs:
            ids, _ = _clip_ids(tokenizer, [text, *texts], encoder.device)
            pools = isinstance(encoder, CLIPTextModelWithProjection)
            with torch.no_grad():
                layers = fused_clip(encoder.text_model if pools else encoder, ids, None, weights)
                pooled = pooled_clip(encoder, ids, layers[-1]) if pools else pooled
            states.append(layers[-2])
        return Conditioning(torch.cat(states, dim=-1), pooled)

    def nothing(self) -> Conditioning:
        """Zeros, or the encoded empty text, as the checkpoint says."""
        empty = self.encode("")
        if not self._zeros or empty.pooled is None:
            return empty
        return Conditioning(torch.zeros_like(empty.states), torch.zeros_like(empty.pooled))


class MiniLMConditioner:
    """The built-in model's encoder: a fixed window of token states, zeros behind the text's end."""

    def __init__(self, minilm: MiniLM, *, device: torch.device, dtype: torch.dtype) -> None:
        """`device` and `dtype` are the denoiser's; the encoder itself stays where it is."""
        self._minilm = minilm
        self._device = device
        self._dtype = dtype

    @property
    def window(self) -> int:
        """Tokens it reads, the marks of beginning and end included."""
        return MINILM_WINDOW

    def tokens(self, text: str) -> int:
        """Tokens of the whole text."""
        return self._minilm.token_count(text)

    def encode(self, text: str) -> Conditioning:
        """The text's conditioning; what does not fit is cut at the end."""
        states, _ = self._minilm.token_states([text], window=MINILM_WINDOW)
        return Conditioning(states.to(device=self._device, dtype=self._dtype))

    def fuse(self, text: str, references: Sequence[Reference]) -> Conditioning:
        """The text's conditioning, read together with others; at least one of them."""
        texts, weights = zip(*references, strict=True)
        ids, mask = self._minilm.tokens([text, *texts], window=MINILM_WINDOW)
        with torch.no_grad():
            fused = fused_bert(self._minilm.model, ids, mask, weights) * mask[:1, :, None]
        states = torch.nn.functional.pad(fused, (0, 0, 0, MINILM_WINDOW - fused.shape[1]))
        return Conditioning(states.to(device=self._device, dtype=self._dtype))

    def nothing(self) -> Conditioning:
        """The encoded empty text, as in training without a caption."""
        return self.encode("")


class CachedConditioner:
    """Remembers the last texts, so that a repeated request does not encode them again.

    One text is encoded at a time: tokenizers are not safe to share between threads.
    """

    def __init__(self, conditioner: TextConditioner, *, size: int = CACHED_TEXTS) -> None:
        """Keeps the conditionings of the `size` texts used last."""
        self._conditioner = conditioner
        self._size = size
        self._known: OrderedDict[object, Conditioning] = OrderedDict()
        self._lock = Lock()

    @property
    def window(self) -> int:
        """Tokens it reads, the marks of beginning and end included."""
        return self._conditioner.window

    def tokens(self, text: str) -> int:
        """Tokens of the whole text."""
        with self._lock:
            return self._conditioner.tokens(text)

    def fits(self, text: str) -> bool:
        """True if nothing of the text would be cut."""
        return self.tokens(text) <= self.window

    def encode(self, text: str) -> Conditioning:
        """The text's conditioning; what does not fit is cut at the end."""
        return self._remembered(text, lambda: self._conditioner.encode(text))

    def fuse(self, text: str, references: Sequence[Reference]) -> Conditioning:
        """The text's conditioning, read together with others; at least one of them."""
        key = (text, tuple(references))
        return self._remembered(key, lambda: self._conditioner.fuse(text, references))

    def nothing(self) -> Conditioning:
        """What stands in for a negative prompt where none was given."""
        return self._remembered(None, self._conditioner.nothing)

    def _remembered(self, key: object, make: Callable[[], Conditioning]) -> Conditioning:
        with self._lock:
            conditioning = self._known.pop(key, None) or make()
            self._known[key] = conditioning
            if len(self._known) > self._size:
                self._known.popitem(last=False)
        return conditioning


def side_text(
    attributes: Sequence[Attribute], fits: Callable[[str], bool]
) -> tuple[str, tuple[str, ...]]:
    """The text of one side of a preference, "teal, gold, art deco".

    Args:
        attributes: The active ones, strongest first.
        fits: Whether a text fits into the window.

    Returns:
        The text, and the names that were left out, strongest first: those that fit not even alone,
        and the weakest of the others.
    """
    names = [a.attribute for a in attributes]
    possible = [name for name in names if fits(name)]
    count = _longest(possible, lambda head: fits(", ".join(head)))
    kept = possible[:count]
    return ", ".join(kept), tuple(name for name in names if name not in kept)


def side_texts(
    attributes: Sequence[Attribute], fits: Callable[[str], bool], *, windows: int = WINDOWS
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The texts of one side of a preference, each for a window: see `side_text`.

    Returns:
        At most `windows` texts, the strongest attributes in the first; and the names left out.
    """
    texts: list[str] = []
    left: Sequence[Attribute] = attributes
    while left and len(texts) < windows:
        text, out = side_text(left, fits)
        if not text:
            break
        texts.append(text)
        left = [attribute for attribute in left if attribute.attribute in out]
    return tuple(texts), tuple(attribute.attribute for attribute in left)


def cut_words(text: str, fits: Callable[[str], bool]) -> str:
    """The last words of a text, from the first that does not fit as a whole; often empty."""
    if fits(text):
        return ""
    words = text.split()
    return " ".join(words[_longest(words, lambda head: fits(" ".join(head))) :])


def _longest(items: Sequence[str], fits: Callable[[Sequence[str]], bool]) -> int:
    """How many of the first items fit, by bisection: more never fit where fewer do not."""
    low, high = 0, len(items)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(items[:middle]):
            low = middle
        else:
            high = middle - 1
    return low


def _clip_ids(tokenizer: Any, texts: Sequence[str], device: torch.device) -> tuple[Tensor, Tensor]:
    tokens = tokenizer(
        list(texts),
        padding="max_length",
        max_length=tokenizer.model_max_length,
        truncation=True,
        return_tensors="pt",
    )
    return tokens.input_ids.to(device), tokens.attention_mask.to(device)


def _clip_tokens(tokenizer: Any, text: str) -> int:
    # verbose=False: a long text is no news here, it is what is being asked.
    return len(tokenizer(text, verbose=False).input_ids)
