"""The only reader of the environment, and of the file `.env` beside the README.

`load_settings()` reads once and returns a frozen value; whatever needs a setting gets it from
there. `Settings(...)` itself reads nothing, so that a test can write down what it wants.
"""

import difflib
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from viper.errors import BadInput

ROOT = Path(__file__).resolve().parent.parent
"""The repository: the folder of `app.py`, `assets/`, `prompts/` and `db/`."""

_SQLITE_FILE = re.compile(
    r"(?P<scheme>sqlite(?:\+\w+)?:///)(?!file:|:memory:)(?P<path>[^?]+)(?P<rest>.*)"
)
_TESTS_ONLY = frozenset({"VIPER_REQUIRE_BROWSER"})
"""Names that the test suite reads for itself."""


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


_Device = Annotated[
    str,
    BeforeValidator(_lower),
    Field(pattern=r"^(auto|cpu|mps|(cuda|xpu)(:\d+)?)$"),
]


class Settings(BaseSettings):
    """What a deployment may choose. Field `x` is the environment variable `VIPER_X`."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        case_sensitive=True,
        env_prefix="VIPER_",
        validate_by_name=True,
        loc_by_alias=False,
    )

    database_url: Annotated[str, Field(pattern=r"^[a-z][a-z0-9+_]*://", repr=False)] = (
        f"sqlite:///{(ROOT / 'db' / 'viper.sqlite3').as_posix()}"
    )
    """SQLAlchemy URL. It may hold a password, hence it is left out of `repr`."""
    data_dir: Path = ROOT / "data"
    """Where pictures are stored."""
    model: Annotated[str, Field(min_length=1)] = "auto"
    """`auto`, `builtin`, a model id of the Hub, or a folder."""
    refiner: str = ""
    """Beside an SDXL model: id or folder of its refiner; empty is none."""
    lora: str = ""
    """Files or places on the Hub, each with `:weight` if it is not 1, with commas between."""
    ip_adapter: str = ""
    """Beside a Stable Diffusion 1.x, 2.x or SDXL model, for style pictures: file, folder or place
    on the Hub; empty is none."""
    extractor: Annotated[
        Literal["auto", "openai", "local", "viper2024", "offline"], BeforeValidator(_lower)
    ] = "auto"
    """Who reads the comments."""
    scorer: Annotated[str, Field(min_length=1)] = "auto"
    """`auto`, `builtin`, or a model id."""
    engine: Annotated[Literal["auto", "inline", "batching", "ray"], BeforeValidator(_lower)] = (
        "auto"
    )
    """`inline` draws in the caller's thread, `batching` for many at once; `auto` is `batching` for
    the web app, else `inline`."""
    device: _Device = "auto"
    """`auto`, `cpu`, `mps`, `cuda`, `cuda:1`, `xpu`, ..."""
    dtype: Annotated[Literal["auto", "fp32", "fp16", "bf16"], BeforeValidator(_lower)] = "auto"
    """Number format of the weights."""
    llm_model: str | None = None
    """Name of the language model at `openai_base_url`, or the weights of `local` and `viper2024`;
    None leaves it to the extractor."""
    openai_api_key: Annotated[SecretStr | None, Field(validation_alias="OPENAI_API_KEY")] = None
    """From `OPENAI_API_KEY`. Never shown."""
    openai_base_url: Annotated[
        Annotated[str, Field(pattern=r"^https?://")] | None,
        Field(validation_alias="OPENAI_BASE_URL"),
    ] = None
    """From `OPENAI_BASE_URL`; None is OpenAI itself."""
    auth: Annotated[Literal["none", "huggingface"], BeforeValidator(_lower)] = "none"
    """How people are told apart: by their browser, or by their Hugging Face account."""
    secret: Annotated[SecretStr, Field(min_length=16)] | None = None
    """What browser ids are signed with; None keeps one in a file, see `secret`."""
    max_images_per_day: Annotated[int, Field(ge=1)] | None = None
    """Pictures one person may make a day (UTC); None is no limit."""
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = (
        "info"
    )
    """Least severe messages that are shown."""

    @property
    def database_file(self) -> Path | None:
        """The SQLite file of `database_url`, None for any other database."""
        match = _SQLITE_FILE.fullmatch(self.database_url)
        return Path(match["path"]) if match else None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what the caller writes down: `load_settings` alone reads the environment."""
        return (init_settings,)


_EXPECTED = {
    "database_url": "a database URL such as sqlite:////srv/viper.sqlite3",
    "data_dir": "a folder",
    "extractor": "auto, openai, local, viper2024 or offline",
    "engine": "auto, inline, batching or ray",
    "device": "auto, cpu, mps, cuda, cuda:<n>, xpu or xpu:<n>",
    "dtype": "auto, fp32, fp16 or bf16",
    "openai_base_url": "an http:// or https:// address",
    "auth": "none or huggingface",
    "secret": "at least 16 characters",
    "max_images_per_day": "a whole number of at least 1, or nothing for no limit",
    "log_level": "debug, info, warning or error",
}
"""What to write instead, for each field that can be wrong."""

_FIELDS = {
    str(info.validation_alias or f"VIPER_{field.upper()}"): field
    for field, info in Settings.model_fields.items()
}
"""Environment name -> field."""


class _Variables(EnvSettingsSource):
    """The variables of one place; what is empty or not ours is left out.

    The library reads nothing but the process environment, ignores misspelt names and does not
    know where a relative path was written.
    """

    def __init__(self, values: Mapping[str, str], *, place: str, base: Path) -> None:
        super().__init__(Settings, case_sensitive=False)
        for name in values:
            if name.upper().startswith("VIPER_") and name not in _FIELDS.keys() | _TESTS_ONLY:
                near = difflib.get_close_matches(name.upper(), _FIELDS, n=1, cutoff=0.0)
                raise BadInput(f"{name} in {place}: no such setting; did you mean {near[0]}?")
        # Field names are lower case, and so is what the library looks for.
        self.env_vars = {
            name.lower(): value.strip()
            for name, value in values.items()
            if name in _FIELDS and value.strip()
        }
        self.base = base

    def prepare_field_value(
        self, field_name: str, field: FieldInfo, value: Any, value_is_complex: bool
    ) -> Any:
        """The value as it was written, but a relative path made absolute."""
        value = super().prepare_field_value(field_name, field, value, value_is_complex)
        if field_name == "data_dir" and value:
            return str(self.base / Path(value).expanduser())
        if field_name == "database_url" and (match := _SQLITE_FILE.fullmatch(value or "")):
            return f"{match['scheme']}{(self.base / match['path']).as_posix()}{match['rest']}"
        return value


def load_settings(
    environ: Mapping[str, str] | None = None, *, env_file: Path | None = None
) -> Settings:
    """Settings from the environment, which wins, and from `.env`.

    An empty value counts as not set. A relative path in the environment starts at the current
    folder, one in a file at the folder of that file.

    Args:
        environ: Read instead of the process environment; no `.env` is then read by default.
        env_file: Read instead of `.env` in the repository; it may be absent.

    Raises:
        BadInput: An unknown `VIPER_*` name, or a value that does not fit.
    """
    if environ is None:
        environ = os.environ
        env_file = env_file or ROOT / ".env"
    values: dict[str, str] = {}
    if env_file is not None:
        written = _read(env_file)
        values |= _Variables(written, place=str(env_file), base=env_file.absolute().parent)()
    values |= _Variables(environ, place="the environment", base=Path.cwd())()
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        name = next(name for name, known in _FIELDS.items() if known == field)
        # What is secret stays out of the sentence: it may end in a log.
        shown = field not in {"database_url", "secret"}
        got = f", got {values.get(name, values.get(field))!r}" if shown else ""
        raise BadInput(f"{name}: expected {_EXPECTED[field]}{got}.") from None


def secret(settings: Settings) -> str:
    """What browser ids are signed with: `VIPER_SECRET`, or one made once and kept in a file.

    The file is `secret.key` beside the SQLite file (in `db/` for another database), readable by
    its owner only. It is not in the data folder, because pictures there are served to browsers.

    Raises:
        BadInput: The file cannot be made or read, or is damaged.
    """
    if settings.secret is not None:
        return settings.secret.get_secret_value()
    database = settings.database_file
    file = (database.parent if database else ROOT / "db") / "secret.key"
    try:
        if not file.exists():
            _write_once(file, secrets.token_hex(32))
        kept = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"{file}: cannot keep a secret there ({error}); set VIPER_SECRET."
        ) from error
    if len(kept) < 16:
        raise BadInput(f"{file}: too short to be a secret; delete it, or set VIPER_SECRET.")
    return kept


def _write_once(file: Path, text: str) -> None:
    """Makes `file` with that text, or leaves the one that another process made first."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(text)
        # A link appears complete or not at all: nobody ever reads half a secret.
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _read(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    try:
        # Not `DotEnvSettingsSource`: it would replace `${NAME}`, be it part of a password, by
        # what the process environment holds, and offers no way to leave it alone.
        values = dotenv_values(file, interpolate=False, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file}: cannot be read as UTF-8 text ({error}).") from error
    return {name: value or "" for name, value in values.items()}
