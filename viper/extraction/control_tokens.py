"""What a person types is text: `<image>` or an end of turn in a comment must not act as one."""

import re
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class ControlTokens:
    """The texts that a tokenizer would read as something else than text."""

    starts: re.Pattern[str] | None
    """The first character of each, followed by the rest."""

    @classmethod
    def of(cls, processor: Any) -> Self:
        """All special tokens, and the added ones that the chat template writes.

        transformers can do so itself, but not where the tokenizer writes the start token, nor for
        processors that fill in pictures their own way: Idefics2 and LLaVA 1.5 are such.
        """
        template = str(processor.chat_template)
        added = processor.tokenizer.added_tokens_decoder.values()
        names = {
            token.content
            for token in added
            if (token.special or token.content in template) and len(token.content.strip()) > 1
        }
        starts = sorted(f"{re.escape(name[0])}(?={re.escape(name[1:])})" for name in names)
        return cls(re.compile("|".join(starts)) if starts else None)

    def broken_up(self, text: str) -> str:
        """The text with a space inside each of them; overlapping ones are all found."""
        return self.starts.sub(lambda match: f"{match[0]} ", text) if self.starts else text
