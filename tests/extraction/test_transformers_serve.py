"""A real `transformers serve`, with tiny random models that recite an answer or babble."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from transformers.utils.import_utils import is_serve_available

from tests.extraction.stage import Known, item, taste
from tests.extraction.tiny_vlm import build
from viper.errors import LanguageModelError
from viper.extraction.fallback import FallbackExtractor
from viper.extraction.language import LanguageModelExtractor
from viper.extraction.offline import OfflineExtractor
from viper.extraction.openai_model import OpenAIModel
from viper.preference import Comment

pytestmark = pytest.mark.skipif(
    not is_serve_available(), reason="transformers serve needs the extra transformers[serving]"
)

TEAL = Comment(image="p", text="I love the teal", stance="like")
PICTURES = Known(pictures={"p": Image.new("RGB", (16, 16), "teal")})
START_S = 180.0
SERVE = "from transformers.cli.transformers import main; main()"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    answer = taste(item("teal", quote="love the teal", strength=0.9))
    build(folder / "reciting", recites=answer)
    build(folder / "babbling")
    return folder


@pytest.fixture(scope="module")
def url(models: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    arguments = ["serve", "--host", "127.0.0.1", "--port", port, "--device", "cpu"]
    # Nothing of this process's settings is needed over there but the path and "no downloads".
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(models / "cache")}
    with (models / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, *arguments], stdout=log, stderr=log, env=environment
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process, models / "log.txt")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()


def wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    said = log.read_text(encoding="utf-8", errors="replace")[-2_000:]
    pytest.fail(f"transformers serve does not answer: {said}")


def test_it_reads_a_comment_with_its_picture(url: str, models: Path) -> None:
    model = OpenAIModel(str(models / "reciting"), base_url=url)
    found = LanguageModelExtractor(model, deadline_s=300).extract([TEAL], pictures=PICTURES)
    (teal,) = found.preference.liked
    assert (teal.attribute, teal.facet, teal.strength) == ("teal", "color palette", 0.9)
    assert found.preference.warnings == ()
    assert found.output_tokens == len(found.raw_replies[0].encode()) + 1
    assert (found.input_tokens or 0) > 1_000


def test_babble_ends_at_the_deadline_in_one_sentence(url: str, models: Path) -> None:
    model = OpenAIModel(str(models / "babbling"), base_url=url, attempts=1)
    asked = LanguageModelExtractor(model, deadline_s=3)
    started = time.monotonic()
    with pytest.raises(LanguageModelError) as caught:
        asked.extract([TEAL], pictures=PICTURES)
    assert time.monotonic() - started < 3 + 10
    assert "\n" not in str(caught.value)
    found = FallbackExtractor(asked, OfflineExtractor()).extract([TEAL], pictures=PICTURES)
    assert [a.attribute for a in found.preference.liked] == ["teal"]
    assert "read offline" in found.preference.warnings[0]


def test_a_model_that_is_not_there_is_one_sentence(url: str, models: Path) -> None:
    model = OpenAIModel(str(models / "missing"), base_url=url, attempts=1)
    with pytest.raises(LanguageModelError) as caught:
        LanguageModelExtractor(model, deadline_s=60).extract([TEAL], pictures=PICTURES)
    assert "\n" not in str(caught.value)
