"""The prompt files: loaded, filled in strictly, identified by their hash; and data for them."""

import hashlib
import json
import re
import unicodedata
from pathlib import Path
from string import Template

from viper.errors import BadInput, ModelUnavailable

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"
"""The application runs from a checkout; the folder lies at its root."""

_OPENING = re.compile(r'[<\ufe64\uff1c](?![\s3"])|[\[\uff3b](?![\s\d\]"])|[\u2028\u2029]')
_JOINERS = "\u200c\u200d"
"""Invisible, but part of words in Persian and Hindi and of many an emoji."""


class Prompts:
    """The prompt files of one folder, by name without `.txt`."""

    def __init__(self, folder: Path = PROMPTS) -> None:
        self._folder = folder

    def render(self, name: str, /, **variables: object) -> str:
        """The prompt with its variables filled in.

        Raises:
            BadInput: A variable is missing or unknown; the message names it.
            ModelUnavailable: There is no such file.
        """
        template = Template(self._text(name))
        wanted, given = set(template.get_identifiers()), set(variables)
        if not template.is_valid():
            raise BadInput(f"Prompt {name!r}: a '$' must start a variable; '$$' is a dollar.")
        for problem, names in (("needs", wanted - given), ("does not know", given - wanted)):
            if names:
                raise BadInput(f"Prompt {name!r} {problem} the variable {min(names)!r}.")
        return template.substitute(variables).strip()

    def sha256(self, *names: str) -> str:
        """Identity of these prompts together, in this order."""
        digest = hashlib.sha256()
        for name in names:
            digest.update(hashlib.sha256(self._text(name).encode()).digest())
        return digest.hexdigest()

    def _text(self, name: str) -> str:
        path = self._folder / f"{name}.txt"
        try:
            return path.read_text(encoding="utf-8")
        except OSError as error:
            raise ModelUnavailable(
                f"Prompt {name!r} is missing: expected the file {path.name!r} in the folder "
                f"{path.parent.name!r} of the checkout."
            ) from error


def data(value: object) -> str:
    """Plain data as JSON on one line that can be nothing but data to whoever reads the prompt.

    No text in it can end its quotation, start a line, or be taken by a tokenizer for a control
    token such as `<|im_start|>` or `[INST]`; invisible characters, which can hide words from
    people, are left out. "<3" and "[5]" stay as they are.
    """
    text = "".join(c for c in json.dumps(value, ensure_ascii=False) if not _is_invisible(c))
    return _OPENING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character).startswith("C") and character not in _JOINERS
