"""Where an IP-Adapter's weights lie, and the image encoder that it was trained with.

The layout is that of the published ones (h94/IP-Adapter): each folder of adapters has an
`image_encoder/` beside them, and some adapters for SDXL read with the one in `models/` instead.

    models/ip-adapter_sd15.safetensors, ip-adapter-plus_sd15.safetensors, image_encoder/
    sdxl_models/ip-adapter_sdxl.safetensors, ip-adapter-plus_sdxl_vit-h.safetensors, image_encoder/
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from huggingface_hub import hf_hub_download
from huggingface_hub.utils import httpx  # type: ignore[attr-defined]  # the httpx it speaks
from safetensors import safe_open
from torch import Tensor
from transformers import CLIPVisionConfig

from viper.errors import ModelUnavailable

_SUFFIX, _PICKLES = ".safetensors", (".bin", ".pt", ".pth", ".ckpt")
_PUBLISHED: Mapping[str, tuple[str, ...]] = {
    "sd": ("ip-adapter_sd15.safetensors", "models/ip-adapter_sd15.safetensors"),
    "sdxl": ("ip-adapter_sdxl.safetensors", "sdxl_models/ip-adapter_sdxl.safetensors"),
}
"""Names that are looked for where no file is named, by the model's family."""
_ENCODER = "image_encoder"
_CONFIG, _WEIGHTS = "config.json", "model.safetensors"

_KINDS = (
    ("proj.weight", "proj.weight", False),
    ("proj.3.weight", "proj.0.weight", True),
    ("latents", "proj_in.weight", True),
)
"""Plain, full and plus: what tells them apart, what reads the encoder, whether hidden states."""

_Find = Callable[[PurePosixPath], Path | None]
"""A file of a place as it lies on this machine; None where there is none."""
State = dict[str, dict[str, Tensor]]
"""Tensors as diffusers converts them: those of "image_proj" and those of "ip_adapter"."""


@dataclass(frozen=True)
class AdapterFiles:
    """The files of one IP-Adapter."""

    weights: Path
    path: PurePosixPath
    """Of the weights in their place."""
    find: _Find

    def encoder(self, *, width: int, hidden: bool) -> Path:
        """The weights of the image encoder that suits; its configuration lies beside them.

        Args:
            width: Of the features that the adapter was trained with.
            hidden: They are the encoder's hidden states, not its projected vector.

        Raises:
            ValueError: There is none, or only one of another width.
        """
        found = []
        for folder in (self.path.parent, self.path.parent.parent / "models"):
            config = self.find(folder / _ENCODER / _CONFIG)
            if config is None:
                continue
            read = CLIPVisionConfig.from_pretrained(config.parent)
            found.append(read.hidden_size if hidden else read.projection_dim)
            if found[-1] == width and (weights := self.find(folder / _ENCODER / _WEIGHTS)):
                return weights
        if found and width not in found:
            raise ValueError(
                f"it was trained with an image encoder of width {width}, and beside it there is "
                f"another one (width {', '.join(map(str, found))})."
            )
        raise ValueError(
            f"its image encoder is missing: expected {_ENCODER}/{_CONFIG} and {_WEIGHTS} beside it."
        )


def find_adapter(name: str, family: str) -> AdapterFiles:
    """Finds an IP-Adapter; one of the Hub is downloaded once.

    Args:
        name: A file, a folder, `owner/name`, or `owner/name/` and a file or folder in it.
        family: "sd" or "sdxl": which one is meant where no file is named.

    Raises:
        ModelUnavailable: There is none, or it is not safe to open.
    """
    path = Path(name).expanduser()
    if path.is_file():
        # From two folders above: there the other encoder may lie.
        root = path.absolute().parent.parent
        find, candidates = _in_folder(root), [path.absolute().relative_to(root).as_posix()]
    elif path.is_dir():
        folder = path.absolute()
        names = (*_PUBLISHED[family], *_only_one(folder))
        find, candidates = _in_folder(folder.parent), [f"{folder.name}/{file}" for file in names]
    else:
        find, candidates = _on_hub(name, family)
    for candidate in map(PurePosixPath, candidates):
        if candidate.suffix != _SUFFIX:
            raise ModelUnavailable(
                f"The IP-Adapter {name} is no {_SUFFIX} file, and other kinds may run code of "
                "their own."
            )
        if (weights := find(candidate)) is not None:
            return AdapterFiles(weights, candidate, find)
    raise ModelUnavailable(
        f"The IP-Adapter {name} is neither a file nor on this machine nor found on the Hub: "
        f"expected a {_SUFFIX} file, or owner/name/file{_SUFFIX} ({_PUBLISHED[family][-1]} if no "
        "file is named)."
    )


def read_adapter(file: Path) -> State:
    """The tensors of an IP-Adapter's file; raises ValueError where it is something else."""
    state: State = {"image_proj": {}, "ip_adapter": {}}
    with safe_open(file, framework="pt") as opened:
        for key in opened.keys():  # noqa: SIM118 - no dict
            part, _, name = key.partition(".")
            if part in state:
                state[part][name] = opened.get_tensor(key)
    if not all(state.values()):
        raise ValueError("its tensors are not those of an IP-Adapter.")
    return state


def read_features(projection: Mapping[str, Tensor]) -> tuple[int, bool]:
    """What an IP-Adapter reads of an image encoder: how wide, and whether hidden states.

    Raises:
        ValueError: It reads something else, as Face ID does.
    """
    for sign, first, hidden in _KINDS:
        if sign in projection and first in projection and projection[first].ndim == 2:
            return projection[first].shape[1], hidden
    raise ValueError("it is of another kind (such as Face ID); expected a plain one, or plus.")


def _in_folder(root: Path) -> _Find:
    def find(path: PurePosixPath) -> Path | None:
        file = root / path
        return file if file.is_file() else None

    return find


def _only_one(folder: Path) -> Iterator[str]:
    names = [file.name for file in folder.glob(f"*{_SUFFIX}")]
    if len(names) == 1:
        yield names[0]


def _on_hub(name: str, family: str) -> tuple[_Find, list[str]]:
    owner, _, rest = name.partition("/")
    repository, _, inside = rest.partition("/")

    def find(path: PurePosixPath) -> Path | None:
        if not owner.strip(".~") or not repository:
            return None
        try:
            return Path(hf_hub_download(f"{owner}/{repository}", path.as_posix()))
        except (OSError, ValueError, httpx.HTTPError):
            return None

    folder = PurePosixPath(inside)
    if folder.suffix in {_SUFFIX, *_PICKLES}:
        return find, [inside]
    return find, [(folder / published).as_posix() for published in _PUBLISHED[family]]
