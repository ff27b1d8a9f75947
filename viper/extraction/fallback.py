"""The extractor of `auto`: the language model where there is one, offline where it fails."""

import time
from collections.abc import Sequence
from dataclasses import replace

from viper.errors import LanguageModelError, ModelUnavailable
from viper.extraction import Extraction, Extractor, Pictures
from viper.preference import Comment


class FallbackExtractor:
    """Asks `primary`; if that fails, `offline` takes over and says so in the warnings."""

    def __init__(self, primary: Extractor, offline: Extractor) -> None:
        self._primary = primary
        self._offline = offline

    def extract(
        self, comments: Sequence[Comment], *, pictures: Pictures, name: str = "default"
    ) -> Extraction:
        """As the port `Extractor` says; never raises LanguageModelError if `offline` does not."""
        started = time.monotonic()
        try:
            return self._primary.extract(comments, pictures=pictures, name=name)
        except (LanguageModelError, ModelUnavailable) as error:
            found = self._offline.extract(comments, pictures=pictures, name=name)
            warning = f"The comments were read offline, by word lists. {error.args[0]}"
            preference = found.preference.model_copy(
                update={"warnings": (warning, *found.preference.warnings)}
            )
            raw = error.raw_replies if isinstance(error, LanguageModelError) else ()
            # The time that the attempt took was waited for as well.
            return replace(
                found,
                preference=preference,
                raw_replies=(*raw, *found.raw_replies),
                latency_s=time.monotonic() - started,
            )
