"""Which implementations the settings mean. The heavy ones are imported when they are asked for."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Self

from pydantic import ValidationError

from viper.errors import BadInput, ModelUnavailable
from viper.preference import Comment, first_problem
from viper.settings import Settings, load_settings

if TYPE_CHECKING:
    from PIL.Image import Image

    from viper.curation import CuratedSet
    from viper.extraction import Extractor, LanguageModel
    from viper.extraction.grounding import Recognizer
    from viper.extraction.openai_model import MissingModel, OpenAIModel
    from viper.generation import Generator
    from viper.judging import Scorer
    from viper.store import Store

CURATED = "curated:"


def settings(**changes: str | None) -> Settings:
    """The settings of this machine, with what the command line says instead.

    Raises:
        BadInput: A setting that does not exist, or a value that does not fit.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        return Settings.model_validate(load_settings().model_dump() | given)
    except ValidationError as error:
        raise BadInput(f"--{first_problem(error)}.") from error


@contextmanager
def opened_store(settings: Settings) -> Iterator["Store"]:
    """The database, made or migrated if need be."""
    from viper.store import Store

    with Store(settings.database_url) as store:
        store.upgrade()
        yield store


def check_engine(settings: Settings) -> None:
    """Refuses what this version does not have.

    Raises:
        BadInput: The engine is on other machines.
    """
    if settings.engine == "ray":
        raise BadInput(
            "VIPER_ENGINE ray: this version has no workers on other machines; choose auto, inline "
            "or batching."
        )


def generator(settings: Settings, *, serving: bool = False) -> "Generator":
    """The model that `VIPER_MODEL` or `--model` means, in the engine that `VIPER_ENGINE` means.

    With its refiner, its LoRAs and its IP-Adapter.

    Args:
        settings: What is chosen.
        serving: For many people: `auto` is then the batching engine.

    Raises:
        BadInput: An engine that this version does not have, or a LoRA's weight that is no number.
        ModelUnavailable: The model cannot be loaded here.
    """
    check_engine(settings)
    from viper.generation.zero import ZeroGenerator, on_zero_gpu

    # First of all: on such a Space it prepares torch for a GPU that comes later.
    borrowed = on_zero_gpu()
    from viper.generation.diffusion import DiffusionGenerator
    from viper.generation.engine import BatchingEngine
    from viper.generation.hardware import chosen_model
    from viper.generation.lora import parse_loras
    from viper.generation.models import load_generator
    from viper.generation.serial import SerialGenerator

    model = chosen_model(settings.model, device=settings.device)
    loaded = load_generator(
        model,
        device=settings.device,
        dtype=settings.dtype,
        refiner=settings.refiner,
        loras=parse_loras(settings.lora),
        ip_adapter=settings.ip_adapter,
    )
    if not isinstance(loaded, DiffusionGenerator):
        return SerialGenerator(loaded) if serving else loaded
    if borrowed:
        return ZeroGenerator(loaded)
    if settings.engine == "batching" or (serving and settings.engine == "auto"):
        return BatchingEngine(loaded)
    return SerialGenerator(loaded) if serving else loaded


def scorer(settings: Settings) -> "Scorer":
    """The judge that `VIPER_SCORER` or `--scorer` means.

    Raises:
        BadInput: A language model is to judge, and none is configured.
        ModelUnavailable: The judge cannot be loaded here.
    """
    from viper.generation.hardware import chosen_device

    name, device = chosen_scorer(settings), chosen_device(settings.device)
    kind, _, weights = name.partition(":")
    if kind == "viper2024":
        from viper.cli.judges import released_scorer

        return released_scorer(weights, device=device, dtype=settings.dtype)
    if name == "openai":
        return _asked_scorer(settings)
    from viper.judging.models import load_scorer

    return load_scorer(name, device=device)


def _asked_scorer(settings: Settings) -> "Scorer":
    from viper.cli.judges import Asking
    from viper.judging.vlm import VisionLanguageJudge

    if settings.llm_model is None:
        raise BadInput("The scorer openai needs a language model that sees: set VIPER_LLM_MODEL.")
    model = language_model_at_server(settings, settings.llm_model)
    return VisionLanguageJudge(f"openai:{settings.llm_model}", Asking(model))


def chosen_scorer(settings: Settings) -> str:
    """What `auto` means: the built-in one."""
    return "builtin" if settings.scorer == "auto" else settings.scorer


def extractor(settings: Settings) -> "Extractor":
    """Who reads comments: `auto` is a language model if one is configured, else offline.

    Raises:
        BadInput: A language model was asked for by name, and none is configured.
        ModelUnavailable: It was, and its key is missing.
    """
    from viper.extraction.offline import OfflineExtractor

    offline = OfflineExtractor(recognizer=_see)
    if settings.extractor == "offline":
        return offline
    if settings.extractor == "viper2024":
        return _released_extractor(settings)
    if settings.llm_model is None:
        if settings.extractor == "auto":
            return offline
        raise BadInput(
            f"The extractor {settings.extractor} needs a language model: set VIPER_LLM_MODEL, or "
            "choose offline."
        )
    from viper.extraction.fallback import FallbackExtractor
    from viper.extraction.language import LanguageModelExtractor

    if settings.extractor == "local":
        from viper.extraction.local_model import DEADLINE_S

        return LanguageModelExtractor(
            _local_model(settings, settings.llm_model), deadline_s=DEADLINE_S
        )
    if settings.extractor == "openai":
        return LanguageModelExtractor(language_model_at_server(settings, settings.llm_model))
    asked = LanguageModelExtractor(_language_model_if_any(settings, settings.llm_model))
    return FallbackExtractor(asked, offline)


def _see(picture: "Image") -> Mapping[str, tuple[str, ...]]:
    return _recognizer()(picture)


@lru_cache(maxsize=1)
def _recognizer() -> "Recognizer":
    """The built-in encoder's eyes, for pictures that nobody described; opened when needed."""
    from viper.curation import load_curated
    from viper.extraction.grounding import recognizer
    from viper.judging.models import load_scorer
    from viper.taxonomy import load_taxonomy

    # What the curated pictures are known for is what the encoder learned to see.
    described = [image.attributes for image in load_curated().images]
    names = {name for facets in described for known in facets.values() for name in known}
    return recognizer(load_scorer("builtin").presence, load_taxonomy(), sorted(names))


def language_model(settings: Settings, *, seed: int | None = None) -> "LanguageModel | None":
    """Who rewrites prompts: the model that reads comments, where one is configured.

    Args:
        settings: What is chosen.
        seed: Of what a server draws at random; None leaves it to the server.
    """
    name = rewriter(settings)
    if name is None:
        return None
    if settings.extractor == "local":
        return _local_model(settings, name)
    model = _language_model_if_any(settings, name)
    return model if seed is None else model.seeded(seed)


def rewriter(settings: Settings) -> str | None:
    """The name of that model, None without one; nothing is loaded."""
    return None if settings.extractor in {"offline", "viper2024"} else settings.llm_model


def _released_extractor(settings: Settings) -> "Extractor":
    from viper.extraction.released import RELEASED, ReleasedExtractor
    from viper.generation.hardware import chosen_device

    device = chosen_device(settings.device)
    return ReleasedExtractor(settings.llm_model or RELEASED, device=device, dtype=settings.dtype)


def _local_model(settings: Settings, name: str) -> "LanguageModel":
    from viper.generation.hardware import chosen_device

    with _LOADING:
        return _loaded_model(name, chosen_device(settings.device), settings.dtype)


_LOADING = Lock()
"""Of the cache below, which would let two who come at once load two."""


@lru_cache(maxsize=1)
def _loaded_model(name: str, device: str, dtype: str) -> "LanguageModel":
    """One for all who ask it: a second copy would not fit beside the first."""
    from viper.extraction.local_model import LocalModel

    model = LocalModel(name, device=device, dtype=dtype)
    model.load()  # however long it takes, it is not the time for an answer
    return model


def language_model_at_server(settings: Settings, name: str) -> "OpenAIModel":
    """The model of that name at `OPENAI_BASE_URL`; nothing is asked yet.

    Raises:
        BadInput: The address or the key cannot be sent.
        ModelUnavailable: The key is missing.
    """
    from viper.extraction.openai_model import OpenAIModel

    key = settings.openai_api_key
    return OpenAIModel(
        name,
        api_key=key.get_secret_value() if key else None,
        base_url=settings.openai_base_url,
    )


def _language_model_if_any(settings: Settings, name: str) -> "OpenAIModel | MissingModel":
    """For those who can do without it, once they have said why they did."""
    from viper.extraction.openai_model import MissingModel

    try:
        return language_model_at_server(settings, name)
    except ModelUnavailable as error:
        return MissingModel(name, error)


class PicturesOnDisk:
    """The pictures that a comments file names: of the curated set, or files beside it."""

    def __init__(self, curated: "CuratedSet | None", folder: Path) -> None:
        """Paths in the comments start at `folder`."""
        self._curated = curated
        self._folder = folder

    @classmethod
    def of(cls, comments: Sequence[Comment], folder: Path) -> Self:
        """What these comments name; the curated set is read only if one of them is of it.

        Raises:
            BadInput: A picture that a comment names does not exist.
        """
        named = [comment.image for comment in comments if comment.image is not None]
        curated = None
        if any(image.startswith(CURATED) for image in named):
            from viper.curation import load_curated

            curated = load_curated()
        for image in named:
            if curated is not None and image.startswith(CURATED):
                curated.get(image)
            elif not _is_file(folder / image):
                raise BadInput(f"{image}: a comment names this picture, but there is no such file.")
        return cls(curated, folder)

    def known_attributes(self, image: str | None) -> Mapping[str, tuple[str, ...]]:
        """Of a curated picture; nothing is known of a file."""
        return self._curated.known_attributes(image) if self._curated else {}

    def open(self, image: str | None) -> "Image | None":
        """The picture, or None if there is none.

        Raises:
            BadInput: It names a file that is no picture.
        """
        if image is None:
            return None
        if image.startswith(CURATED):
            return self._curated.open(image) if self._curated else None
        return open_picture(self._folder / image)


def _is_file(file: Path) -> bool:
    with suppress(OSError):  # a name that is too long
        return file.is_file()
    return False


def open_picture(file: Path) -> "Image":
    """A picture of any common format, in RGB.

    Raises:
        BadInput: No such file, or no picture.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(file) as opened:
            return opened.convert("RGB")
    except FileNotFoundError:
        raise BadInput(f"{file}: there is no such file.") from None
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise BadInput(f"{file}: expected a picture (PNG, JPEG or WebP).") from error
