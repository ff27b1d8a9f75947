"""The package as a whole: its public names, what importing it costs, what it is made of."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import viper

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("torch", "diffusers", "transformers", "gradio", "openai", "skia")


def test_public_names_are_sorted_complete_and_there() -> None:
    assert viper.__all__ == sorted(viper.__all__)
    assert set(viper.__all__) == set(viper._HOME)
    for name in viper.__all__:
        assert getattr(viper, name).__module__ == viper._HOME[name]
    assert set(dir(viper)) == {*viper.__all__, "__version__"}


def test_public_names_are_typed() -> None:
    """What type checkers see under TYPE_CHECKING is what `__getattr__` gives."""
    tree = ast.parse(Path(viper.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    assert {name.name: node.module for node in imports for name in node.names} == viper._HOME


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'nothing'"):
        viper.nothing  # noqa: B018


@pytest.mark.parametrize(
    "code",
    ["import viper", "import viper; [getattr(viper, name) for name in viper.__all__]"],
)
def test_importing_is_light(code: str) -> None:
    assert loaded_by(code) == set()


def test_ports_are_light() -> None:
    ports = ("viper.extraction", "viper.generation", "viper.judging", "viper.store")
    assert loaded_by("; ".join(f"import {port}" for port in ports)) == set()


def loaded_by(code: str) -> set[str]:
    """Which of the heavy packages a fresh interpreter has loaded after running `code`."""
    report = f"{code}\nimport sys\nprint(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_requirements_name_no_index() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / file).read_text(encoding="utf-8")
        assert "://" not in text
        assert not [line for line in text.splitlines() if line.startswith("--")]


def test_the_network_is_out_of_reach() -> None:
    import socket

    with pytest.raises(RuntimeError, match="do not use the network"):
        socket.create_connection(("example.org", 80))
    with pytest.raises(RuntimeError, match="do not use the network"):
        socket.create_connection(("192.0.2.1", 80))
