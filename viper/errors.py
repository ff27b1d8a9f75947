"""The one error tree. Everything that ViPer raises on purpose derives from `ViperError`.

    ViperError                 something failed; exit code 1
    ├── BadInput               what was asked for cannot be done; exit code 2
    │   └── NotFound           a name, id or file that does not exist (for this owner)
    ├── ModelUnavailable       a model or checkpoint cannot be loaded here; exit code 2
    ├── LanguageModelError     the language model did not give a usable answer
    │   ├── Refused            it declined, or a content filter stopped it
    │   ├── CutOff             its answer ended at the token limit
    │   └── Unreachable        no answer: network, rate limit, server fault or time-out
    └── Cancelled              the person pressed cancel

The message of every error is one plain sentence that names the input, says what was expected and,
where there is something to do, what to do next. It is shown to people as it is.
"""


class ViperError(Exception):
    """Base of all errors raised on purpose."""

    exit_code = 1


class BadInput(ViperError):
    """The input is missing, malformed or out of range."""

    exit_code = 2


class NotFound(BadInput):
    """The thing named does not exist, or not for this owner."""


class ModelUnavailable(ViperError):
    """A model id, folder or device that cannot be used here."""

    exit_code = 2


class LanguageModelError(ViperError):
    """A language model gave no usable answer; something else may take over."""

    def __init__(self, message: str, *, raw_replies: tuple[str, ...] = ()) -> None:
        """Keeps what the model wrote, for the store and for whoever looks into it."""
        super().__init__(message)
        self.raw_replies = raw_replies
        self.instead = ""
        """What whoever asked can do without the model, such as "use the offline extractor"."""

    def __str__(self) -> str:
        """The sentence, with that at its end."""
        sentence = super().__str__()
        return f"{sentence.removesuffix('.')}, or {self.instead}." if self.instead else sentence


class Refused(LanguageModelError):
    """The model declined to answer, or a content filter stopped it."""


class CutOff(LanguageModelError):
    """The answer ended at the token limit before it was complete."""


class Unreachable(LanguageModelError):
    """No answer within the deadline: network, rate limit, server fault or time-out."""


class Cancelled(ViperError):
    """The person stopped the work."""
