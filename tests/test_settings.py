"""Settings: names, values, `.env`, and the secret that survives restarts."""

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from viper.errors import BadInput
from viper.settings import ROOT, Settings, load_settings, secret

NAMES = {
    "VIPER_DATABASE_URL": "postgresql+psycopg://me@host/viper",
    "VIPER_DATA_DIR": "/srv/pictures",
    "VIPER_MODEL": "builtin",
    "VIPER_REFINER": "some/refiner",
    "VIPER_LORA": "ink.safetensors:0.5,some/lora",
    "VIPER_IP_ADAPTER": "some/adapter",
    "VIPER_EXTRACTOR": "offline",
    "VIPER_SCORER": "builtin",
    "VIPER_ENGINE": "inline",
    "VIPER_DEVICE": "cuda:1",
    "VIPER_DTYPE": "bf16",
    "VIPER_LLM_MODEL": "some-model",
    "OPENAI_API_KEY": "sk-0123456789",
    "OPENAI_BASE_URL": "http://localhost:8000/v1",
    "VIPER_AUTH": "huggingface",
    "VIPER_SECRET": "0123456789abcdef",
    "VIPER_MAX_IMAGES_PER_DAY": "25",
    "VIPER_LOG_LEVEL": "debug",
}


def test_defaults_need_no_environment() -> None:
    settings = load_settings({})
    assert settings == Settings()
    assert settings.database_file == ROOT / "db" / "viper.sqlite3"
    assert settings.data_dir == ROOT / "data"
    assert (settings.model, settings.extractor, settings.engine) == ("auto", "auto", "auto")
    assert settings.max_images_per_day is None


def test_every_documented_name_is_read() -> None:
    settings = load_settings(NAMES)
    fields = {name.removeprefix("VIPER_").lower(): value for name, value in NAMES.items()}
    assert set(fields) == set(Settings.model_fields)
    shown = settings.model_dump(mode="json") | {
        "secret": settings.secret and settings.secret.get_secret_value(),
        "openai_api_key": settings.openai_api_key and settings.openai_api_key.get_secret_value(),
    }
    assert {name: str(value) for name, value in shown.items()} == fields
    assert settings.database_file is None


def test_nothing_secret_is_shown() -> None:
    environ = NAMES | {"VIPER_DATABASE_URL": "postgresql://me:hunter2@host/viper"}
    shown = repr(load_settings(environ)) + str(load_settings(environ))
    for hidden in ("hunter2", NAMES["OPENAI_API_KEY"], NAMES["VIPER_SECRET"]):
        assert hidden not in shown


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("VIPER_MODLE", "VIPER_MODEL"),
        ("viper_device", "VIPER_DEVICE"),
        ("VIPER_OPENAI_API_KEY", "OPENAI_API_KEY"),
        ("VIPER_IMAGES_PER_DAY", "VIPER_MAX_IMAGES_PER_DAY"),
    ],
)
def test_unknown_names_suggest_the_nearest(name: str, nearest: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=rf"^{name} in the environment: .* {nearest}\?$"):
        load_settings({name: "x"})
    file = tmp_path / ".env"
    file.write_text(f"{name}=x\n", encoding="utf-8")
    with pytest.raises(BadInput, match=rf"^{name} in {re.escape(str(file))}: .* {nearest}\?$"):
        load_settings({}, env_file=file)


def test_names_of_others_and_of_the_tests_are_left_alone() -> None:
    others = {"HOME": "/", "OPENAI_ORG_ID": "x", "VIPERS": "3", "VIPER_REQUIRE_BROWSER": "1"}
    assert load_settings(others) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VIPER_DATABASE_URL", "my-viper-file"),
        ("VIPER_EXTRACTOR", "magic"),
        ("VIPER_ENGINE", "threads"),
        ("VIPER_DEVICE", "gpu"),
        ("VIPER_DTYPE", "float16"),
        ("OPENAI_BASE_URL", "localhost:8000"),
        ("VIPER_AUTH", "ldap"),
        ("VIPER_SECRET", "short"),
        ("VIPER_MAX_IMAGES_PER_DAY", "0"),
        ("VIPER_MAX_IMAGES_PER_DAY", "many"),
        ("VIPER_LOG_LEVEL", "loud"),
    ],
)
def test_bad_values_are_one_sentence_that_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(BadInput) as caught:
        load_settings({name: value})
    message = str(caught.value)
    assert re.fullmatch(rf"{name}: expected [^\n]+\.", message)
    assert (value in message) is (name not in {"VIPER_SECRET", "VIPER_DATABASE_URL"})


def test_case_and_empty_values_do_not_matter() -> None:
    assert load_settings({"VIPER_LOG_LEVEL": " INFO ", "VIPER_DTYPE": "BF16"}).dtype == "bf16"
    assert load_settings(dict.fromkeys(NAMES, "")) == Settings()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "VIPER_MODEL='a ${PATH}'  # note\nVIPER_SCORER=builtin\nHF_HOME=x\n", encoding="utf-8"
    )
    assert load_settings({}, env_file=file).model == "a ${PATH}"
    both = load_settings({"VIPER_MODEL": "other"}, env_file=file)
    assert (both.model, both.scorer) == ("other", "builtin")
    assert load_settings({}, env_file=tmp_path / "absent") == Settings()
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput, match="UTF-8"):
        load_settings({}, env_file=file)


def test_relative_paths_start_where_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    monkeypatch.chdir(here)
    values = {"VIPER_DATA_DIR": "pictures", "VIPER_DATABASE_URL": "sqlite:///a.sqlite3?timeout=5"}
    (there / ".env").write_text("".join(f"{k}={v}\n" for k, v in values.items()), encoding="utf-8")
    from_shell = load_settings(values)
    assert (from_shell.data_dir, from_shell.database_file) == (
        here / "pictures",
        here / "a.sqlite3",
    )
    assert from_shell.database_url.endswith("a.sqlite3?timeout=5")
    from_file = load_settings({}, env_file=there / ".env")
    assert (from_file.data_dir, from_file.database_file) == (
        there / "pictures",
        there / "a.sqlite3",
    )


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIPER_MODEL", "from-the-process")
    assert load_settings(env_file=Path("/nowhere/.env")).model == "from-the-process"


def test_only_load_settings_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = Settings()
    for name, value in NAMES.items():
        monkeypatch.setenv(name, value)
    assert Settings() == Settings.model_validate({}) == load_settings({}) == defaults
    loaded = load_settings(env_file=Path("/nowhere/.env"))
    assert loaded == load_settings(NAMES) != defaults
    assert Settings.model_validate(loaded.model_dump() | {"model": "other"}).model == "other"


def test_direct_construction_names_the_field() -> None:
    key = SecretStr("sk-0123456789")
    assert Settings(openai_api_key=key).openai_api_key == key
    for wrong in (
        {"openai_base_url": "localhost"},
        {"device": "gpu"},
        {"modle": "x"},
        {"MODEL": "x"},
    ):
        with pytest.raises(ValidationError) as caught:
            Settings.model_validate(wrong)
        assert [error["loc"] for error in caught.value.errors()] == [tuple(wrong)]


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().model = "other"  # type: ignore[misc]


def test_a_given_secret_is_used(tmp_path: Path) -> None:
    settings = Settings(
        secret=SecretStr("0123456789abcdef"), database_url=f"sqlite:///{tmp_path}/new/d"
    )
    assert secret(settings) == "0123456789abcdef"
    assert not (tmp_path / "new").exists()


def test_a_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/new/viper.sqlite3")
    with ThreadPoolExecutor(8) as pool:
        seen = set(pool.map(lambda _: secret(settings), range(32)))
    assert len(seen) == 1
    assert re.fullmatch("[0-9a-f]{64}", seen.pop())
    (file,) = (tmp_path / "new").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("", encoding="ascii")
    with pytest.raises(BadInput, match="delete it"):
        secret(settings)
