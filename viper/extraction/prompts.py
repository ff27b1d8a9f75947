"""The prompt files: loaded, filled in strictly, and identified by their hash."""

import hashlib
from pathlib import Path
from string import Template

from viper.errors import BadInput, ModelUnavailable

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"
"""The application runs from a checkout; the folder lies at its root."""


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
