"""Answers that cost time or money, one file each, found again by all that they depend on."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL.Image import Image

Question = Mapping[str, Any]
"""Plain data."""


@dataclass(frozen=True)
class Kept:
    """A folder of answers; several processes may share it."""

    folder: Path

    def find(self, question: Question) -> Any:
        """The answer, or None if there is none yet."""
        file = self._file(question)
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

    def keep(self, question: Question, answer: Any) -> None:
        """Writes an answer: all of it or nothing, a run may be killed at any time."""
        write(self._file(question), answer)

    def _file(self, question: Question) -> Path:
        text = json.dumps(question, sort_keys=True)
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"


def write(file: Path, data: object) -> None:
    """Writes JSON: all of it or nothing, whoever else writes the same."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(data) + "\n", encoding="utf-8")
    part.replace(file)


def digest(picture: Image) -> str:
    """Identity of what a picture shows."""
    pixels = picture.convert("RGB")
    return hashlib.sha256(f"{pixels.size}".encode() + pixels.tobytes()).hexdigest()
