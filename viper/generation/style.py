"""Pictures whose style a request asks for, and what a recipe says of them."""

import hashlib
import warnings
from collections.abc import Sequence
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from viper.errors import BadInput

if TYPE_CHECKING:
    from PIL.Image import Image

STYLE_WEIGHT = 1.0
"""As the authors of InstantStyle use it: it acts in few layers only (see `ip_adapter`)."""
MAX_STYLE_IMAGES = 8
_GIVE = "give the same files again (--style-image, or Style pictures in Create)"
_FORMATS = ("PNG", "JPEG", "WEBP")
_MAX_BYTES = 32 * 2**20
_MAX_PIXELS = 64_000_000


class StyleImage(BaseModel):
    """A picture to draw in the style of, as the bytes of its file."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64"
    )

    data: Annotated[bytes, Field(repr=False)]

    @cached_property
    def sha256(self) -> str:
        """Of the file: all that is kept of the picture."""
        return hashlib.sha256(self.data).hexdigest()

    @classmethod
    def read(cls, file: Path, *, name: str | None = None) -> Self:
        """Reads a file that anybody may have made.

        Args:
            file: PNG, JPEG or WebP.
            name: What the file is called in messages; None is its path.

        Raises:
            BadInput: There is none, it is too large, or no such picture.
        """
        name = name or str(file)
        try:
            if file.stat().st_size > _MAX_BYTES:
                raise BadInput(f"{name}: too large, at most {_MAX_BYTES // 2**20} MB are read.")
            image = cls(data=file.read_bytes())
        except FileNotFoundError:
            raise BadInput(f"{name}: there is no such file.") from None
        except OSError as error:
            raise BadInput(f"{name}: cannot be read ({error.strerror}).") from error
        try:
            image.opened()
        except BadInput as error:
            raise BadInput(f"{name}: {error}") from error
        return image

    def opened(self) -> "Image":
        """The picture in RGB, of an animated one the first frame.

        Raises:
            BadInput: It is no picture, or its size is beyond reason; the message names no file.
        """
        from PIL import Image

        large = BadInput(f"too large, at most {_MAX_PIXELS // 10**6} megapixels are read.")
        try:
            with warnings.catch_warnings():
                # Of half as many pixels as it refuses, Pillow would only warn.
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                opened = Image.open(BytesIO(self.data), formats=_FORMATS)
            with opened:
                # Told by its header, before anything is unpacked.
                if opened.width * opened.height > _MAX_PIXELS:
                    raise large
                return opened.convert("RGB")
        except Image.DecompressionBombError as error:
            raise large from error
        except (OSError, ValueError, SyntaxError) as error:
            raise BadInput("expected a picture (PNG, JPEG or WebP).") from error


class AppliedStyle(BaseModel):
    """Pictures whose style acted on another one, and what carried it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    adapter: str
    """The IP-Adapter, as it was asked for: a file, a folder, or a place on the Hub."""
    sha256: str
    """Of its file."""
    encoder_sha256: str
    """Of the weights of the image encoder that it reads with."""
    images: tuple[str, ...]
    """SHA-256 of each picture's file, and nothing else of it: recipes are shared."""
    weight: float

    def again(self, given: Sequence[StyleImage]) -> tuple[StyleImage, ...]:
        """The same pictures in their order, out of those that were given.

        Raises:
            BadInput: One is missing, or another one.
        """
        known = {image.sha256: image for image in given}
        missing = [sha256 for sha256 in self.images if sha256 not in known]
        if not given:
            raise BadInput(
                f"The recipe was drawn in the style of {_counted(len(self.images))} that it does "
                f"not hold: {_GIVE}."
            )
        if missing or known.keys() - set(self.images):
            wrong = ", ".join(f"{sha256[:8]}…" for sha256 in known.keys() - set(self.images))
            right = ", ".join(f"{sha256[:8]}…" for sha256 in missing or self.images)
            raise BadInput(
                "The style pictures are not those of the recipe: expected SHA-256 "
                f"{right}, got {wrong or 'fewer'}; {_GIVE}."
            )
        return tuple(known[sha256] for sha256 in self.images)


def no_adapter(model: str) -> BadInput:
    """What to say where a style picture comes to a model that cannot follow it."""
    return BadInput(
        f"The model {model} was loaded without an IP-Adapter, which a style picture needs: choose "
        "a Stable Diffusion 1.x or 2.x or SDXL model and name one (--ip-adapter, VIPER_IP_ADAPTER)."
    )


def _counted(pictures: int) -> str:
    return "a picture" if pictures == 1 else f"{pictures} pictures"
