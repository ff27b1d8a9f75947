"""IP-Adapter: pictures that a denoiser reads beside a text, here for their style alone.

    Attn(Q, K, V) + weight * Attn(Q, K', V')        K', V' of the pictures' tokens

Ye et al., "IP-Adapter: Text Compatible Image Prompt Adapter for Text-to-Image Diffusion Models"
(arXiv 2308.06721), section 3.2. Only the layers where style is decided read them, as in Wang et
al., "InstantStyle" (arXiv 2404.02733): all others are the model's own, and so is every row of a
call that comes without a picture. In diffusers the weight belongs to a layer; here it travels with
the row, so that requests with different ones can share a call.

In the guidance rule the prompt p reads the pictures. The negative prompt u reads an empty picture,
as in diffusers; likes and dislikes read what they are compared with, so that l - r and r - d are
about their words, and not about a picture that r does not see. Weights and their sum stay as they
are.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

import torch
from diffusers.models.embeddings import ImageProjection
from PIL.Image import Image
from torch import Tensor
from torch.nn.functional import linear, scaled_dot_product_attention
from transformers import CLIPVisionModelWithProjection

from viper.generation.checkpoint import sha256_of
from viper.generation.conditioning import ImageTokens
from viper.generation.guidance import Plan
from viper.generation.ip_adapter_files import find_adapter, read_adapter, read_features
from viper.generation.style import AppliedStyle, StyleImage

_CACHED_IMAGES = 32


class PictureAttention:
    """Cross-attention that also reads the tokens of pictures; without them it is the plain one."""

    def __init__(self, plain: Any, loaded: Any) -> None:
        """Takes the layer's own processor, and an `IPAdapterAttnProcessor2_0` with weights."""
        self._plain = plain
        self._key, self._value = loaded.to_k_ip[0], loaded.to_v_ip[0]

    def __call__(
        self,
        attn: Any,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        temb: Tensor | None = None,
        ip_hidden_states: tuple[Tensor, Tensor] | None = None,
    ) -> Tensor:
        """What the layer reads, [rows, n, d].

        Args:
            attn: The layer.
            hidden_states: What it reads with, [rows, n, d].
            encoder_hidden_states: The texts.
            attention_mask: Of the texts.
            temb: Of no meaning in a layer of this kind.
            ip_hidden_states: Tokens of pictures [rows, tokens, width], and weights [rows, 1, 1].
        """
        read: Tensor = self._plain(attn, hidden_states, encoder_hidden_states, attention_mask, temb)
        if ip_hidden_states is None:
            return read
        tokens, weights = ip_hidden_states
        q, k, v = (
            states.unflatten(-1, (attn.heads, -1)).transpose(1, 2)
            for states in (attn.to_q(hidden_states), self._key(tokens), self._value(tokens))
        )
        seen = scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        # The output layer is linear, so what was seen may pass it apart from its bias.
        return read + linear(weights * seen, attn.to_out[0].weight)


class IPAdapter:
    """A loaded adapter; may be shared between threads."""

    def __init__(
        self, encoder: Any, projection: Any, *, name: str, hashes: tuple[str, str]
    ) -> None:
        """Takes its parts; the layers of the denoiser read what it makes already.

        Args:
            encoder: A `CLIPVisionModelWithProjection`.
            projection: Makes tokens of the encoder's features.
            name: What it is called in recipes.
            hashes: SHA-256 of its file, and of the encoder's.
        """
        # Where torchvision is not installed, the library would say so to whoever imports us.
        from transformers import CLIPImageProcessor

        self._encoder, self._projection = encoder, projection
        self._name, self._hashes = name, hashes
        size = encoder.config.image_size
        self._processor = CLIPImageProcessor(size=size, crop_size=size)
        self._known: OrderedDict[str, Tensor] = OrderedDict()
        self._lock = Lock()

    def styled(self, plan: Plan, images: Sequence[StyleImage], weight: float) -> Plan:
        """The same plan, its prompt with the pictures and its negative prompt with empty ones.

        Likes and dislikes see what they are compared with, so that the difference is theirs alone.
        """
        seen = ImageTokens(torch.cat([self._tokens(image) for image in images], dim=1), weight)
        empty = ImageTokens(self._tokens(None).repeat(1, len(images), 1), weight)
        *others, prompt = plan.always
        compared = seen if plan.guidance.context == "prompt" else empty
        return replace(
            plan,
            always=(
                *(replace(other, image=empty) for other in others),
                replace(prompt, image=seen),
            ),
            preference=tuple(replace(side, image=compared) for side in plan.preference),
        )

    def applied(self, images: Sequence[StyleImage], weight: float) -> AppliedStyle:
        """What a recipe says of it."""
        sha256, encoder = self._hashes
        return AppliedStyle(
            adapter=self._name,
            sha256=sha256,
            encoder_sha256=encoder,
            images=tuple(image.sha256 for image in images),
            weight=weight,
        )

    def _tokens(self, image: StyleImage | None) -> Tensor:
        """[1, tokens, width] of a picture, or of the empty one."""
        key = "" if image is None else image.sha256
        with self._lock:
            tokens = self._known.pop(key, None)
            if tokens is None:
                tokens = self._encoded(None if image is None else image.opened())
            self._known[key] = tokens
            if len(self._known) > _CACHED_IMAGES:
                self._known.popitem(last=False)
        return tokens

    def _encoded(self, picture: Image | None) -> Tensor:
        """As diffusers encodes: an empty picture is zeros, before or after the encoder."""
        encoder, size = self._encoder, self._encoder.config.image_size
        pixels = torch.zeros(1, 3, size, size)
        if picture is not None:
            pixels = self._processor(picture, return_tensors="pt").pixel_values
        with torch.no_grad():
            output = encoder(
                pixels.to(device=encoder.device, dtype=encoder.dtype), output_hidden_states=True
            )
            features = output.hidden_states[-2]
            if isinstance(self._projection, ImageProjection):
                features = output.image_embeds * (picture is not None)
            tokens: Tensor = self._projection(features)
        return tokens


def load_ip_adapter(name: str, unet: Any, *, family: str) -> IPAdapter:
    """Loads an IP-Adapter and lets the style layers of a denoiser read with it.

    Args:
        name: See `find_adapter`.
        unet: A `UNet2DConditionModel`; without pictures it goes on as before, bit for bit.
        family: "sd" or "sdxl".

    Raises:
        ModelUnavailable: There is none.
        ValueError: It does not fit the model, or its encoder is missing.
    """
    files = find_adapter(name, family)
    state = read_adapter(files.weights)
    width, hidden = read_features(state["image_proj"])
    weights = files.encoder(width=width, hidden=hidden)
    try:
        processors = unet._convert_ip_adapter_attn_to_diffusers([state])
        projection = unet._convert_ip_adapter_image_proj_to_diffusers(state["image_proj"])
    except (LookupError, ValueError, RuntimeError, TypeError) as error:
        raise ValueError("it was made for another model than this one.") from error
    opened: Any = CLIPVisionModelWithProjection.from_pretrained(
        weights.parent, dtype=unet.dtype, use_safetensors=True, output_loading_info=True
    )
    encoder, read = opened
    if read["missing_keys"]:
        # The library would make them up.
        raise ValueError("the weights of its image encoder are incomplete.")
    own = unet.attn_processors
    for place in _style_layers(unet, family):
        loaded = processors[f"{place}.processor"].to(device=unet.device, dtype=unet.dtype)
        loaded.requires_grad_(False)
        layer = unet.get_submodule(place)
        layer.set_processor(PictureAttention(own[f"{place}.processor"], loaded))
    return IPAdapter(
        encoder.eval().requires_grad_(False).to(unet.device),
        projection.eval().requires_grad_(False).to(device=unet.device, dtype=unet.dtype),
        name=name,
        hashes=(sha256_of(files.weights), sha256_of(weights)),
    )


def _style_layers(unet: Any, family: str) -> list[str]:
    """Cross-attention layers that decide style, by name.

    In SDXL style sits in one place, `up_blocks.0.attentions.1`. Stable Diffusion 1.x and 2.x have
    no such place. InstantStyle's authors advise the whole of the first block with attention on the
    way up, `up_blocks.1`: as SDXL's, it works at a quarter of the latents' sides.
    """
    number, block = next(
        (number, block)
        for number, block in enumerate(unet.up_blocks)
        if hasattr(block, "attentions")
    )
    places = [1] if family == "sdxl" else range(len(block.attentions))
    return [
        f"up_blocks.{number}.attentions.{place}.transformer_blocks.{depth}.attn2"
        for place in places
        for depth in range(len(block.attentions[place].transformer_blocks))
    ]
