"""Comments to preference by a language model, whichever it is.

comments ──► batches (at most 10 pictures) ──► messages ──► LanguageModel ──► TasteReply
                └── too long: halves, at last one comment alone, without picture and word list
         ──► attributes on the taxonomy ──► one VisualPreference
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from PIL import Image

from viper.errors import CutOff, LanguageModelError
from viper.extraction import Extraction, LanguageModel, Message, Pictures, Reply
from viper.extraction.progress import Progress, tell
from viper.extraction.prompts import Prompts, data
from viper.extraction.reply import Sided, TasteReply, attributes_from
from viper.extraction.structured import total
from viper.preference import Comment, ExtractorInfo, VisualPreference
from viper.taxonomy import Taxonomy, load_taxonomy

MAX_PICTURES = 10
"""In one call; servers and small models refuse or forget more."""
MAX_COMMENTS = 20
MAX_CHARACTERS = 12_000
LONGEST_SIDE = 512
"""Pixels; the look of a picture survives, and so does the bill."""
PROMPT_NAMES = ("extract_system", "extract_user", "extract_comment", "repair")
BRIEF = (
    "The language model has room for little text: comments were read without their pictures and "
    "without the list of known words."
)

Numbered = tuple[int, Comment]


class LanguageModelExtractor:
    """Asks a language model that sees each picture beside its comment."""

    def __init__(
        self,
        model: LanguageModel,
        *,
        prompts: Prompts | None = None,
        taxonomy: Taxonomy | None = None,
        deadline_s: float = 60.0,
    ) -> None:
        """One extraction, however many calls it takes, ends within `deadline_s` seconds."""
        self._model = model
        self._prompts = prompts or Prompts()
        self._taxonomy = taxonomy or load_taxonomy()
        self._questions = Questions(self._prompts, self._taxonomy)
        self._deadline_s = deadline_s

    def extract(
        self, comments: Sequence[Comment], *, pictures: Pictures, name: str = "default"
    ) -> Extraction:
        """As the port `Extractor` says; tells its progress (progress.py) after each answer."""
        started = time.monotonic()
        reading = _Reading(
            self._model, self._questions, pictures, started + self._deadline_s, len(comments)
        )
        tell(Progress(0, len(comments)))
        try:
            for batch in batches(tuple(enumerate(comments))):
                reading.read(batch)
        except LanguageModelError as error:
            error.raw_replies = (*_raw(reading.replies), *error.raw_replies)
            error.instead = "use the offline extractor"
            raise
        items = [item for reply in reading.replies for item in reply.value.attributes]
        sided, left_out = attributes_from(
            items, comments, taxonomy=self._taxonomy, asked=self._questions.rules
        )
        told = dict.fromkeys((*reading.warnings, *left_out))
        info = ExtractorInfo(
            kind=self._model.kind,
            model=self._model.name,
            prompt_sha256=self._prompts.sha256(*PROMPT_NAMES),
        )
        return Extraction(
            preference=preference_of(sided, name=name, info=info, warnings=tuple(told)),
            raw_replies=_raw(reading.replies),
            model=info.model,
            prompt_sha256=info.prompt_sha256,
            latency_s=time.monotonic() - started,
            tokens=total([reply.tokens for reply in reading.replies]),
            output_tokens=total([reply.output_tokens for reply in reading.replies]),
        )


@dataclass
class _Reading:
    """One extraction while it goes on."""

    model: LanguageModel
    questions: "Questions"
    pictures: Pictures
    deadline: float
    total: int
    brief: bool = False
    """Whether even one comment was too long with its picture and the word list."""
    replies: list[Reply[TasteReply]] = field(default_factory=list)
    done: int = 0

    @property
    def warnings(self) -> Iterator[str]:
        """For people."""
        if self.brief:
            yield BRIEF
        for reply in self.replies:
            yield from reply.warnings

    def read(self, batch: Sequence[Numbered]) -> None:
        """Asks about these comments; where that is too long, about fewer at once."""
        try:
            self._ask(batch)
        except CutOff:
            if len(batch) > 1:
                middle = len(batch) // 2
                self.read(batch[:middle])
                self.read(batch[middle:])
            elif not self.brief:
                self.brief = True
                self._ask(batch)
            else:
                raise

    def _ask(self, batch: Sequence[Numbered]) -> None:
        reply = self.model.reply(
            self.questions.about(batch, self.pictures, brief=self.brief),
            schema=TasteReply,
            context={"comments": frozenset(index for index, _ in batch)},
            deadline=self.deadline,
        )
        self.replies.append(reply)
        self.done += len(batch)
        tell(Progress(self.done, self.total))


class Questions:
    """What a model is told and asked."""

    def __init__(self, prompts: Prompts, taxonomy: Taxonomy) -> None:
        """Reads no file yet."""
        self._prompts = prompts
        self._taxonomy = taxonomy

    @property
    def rules(self) -> str:
        """What is told beside the words of the taxonomy: nothing of it belongs into an answer."""
        schema = json.dumps(TasteReply.model_json_schema())
        return self._prompts.render("extract_system", facets="", schema=schema)

    def about(
        self, batch: Sequence[Numbered], pictures: Pictures, *, brief: bool = False
    ) -> tuple[Message, ...]:
        """The conversation about these comments.

        Args:
            batch: Comments with their numbers.
            pictures: Those they are about.
            brief: Without pictures, and with the facets of the taxonomy only.
        """
        system = self._prompts.render(
            "extract_system",
            facets="\n".join(self._facets(brief=brief)),
            schema=json.dumps(TasteReply.model_json_schema()),
        )
        parts: list[str | Image.Image] = [self._prompts.render("extract_user", count=len(batch))]
        shown: dict[str, int] = {}
        for index, comment in batch:
            picture, where = None, "none"
            if comment.image in shown:
                where = f"the same as of comment {shown[comment.image]}"
            elif not brief and comment.image and (picture := pictures.open(comment.image)):
                where = "shown after this text"
                shown[comment.image] = index
            known = pictures.known_attributes(comment.image)
            parts.append(
                self._prompts.render(
                    "extract_comment",
                    index=index,
                    stance=comment.stance or "none pressed",
                    picture=where,
                    known=data({facet: list(names) for facet, names in known.items()}),
                    text=data(comment.text),
                )
            )
            if picture is not None:
                parts.append(fitted(picture))
        return (Message("system", (system,)), Message("user", tuple(parts)))

    def _facets(self, *, brief: bool) -> Iterator[str]:
        for facet in self._taxonomy.facets.values():
            names = ", ".join(a.name for a in self._taxonomy.in_facet(facet.name))
            yield f"- {facet.name} ({facet.description})" + ("" if brief else f": {names}")


def batches(comments: Sequence[Numbered]) -> Iterator[tuple[Numbered, ...]]:
    """Runs of comments that fit into one call, in order."""
    batch: list[Numbered] = []
    for numbered in comments:
        candidate = [*batch, numbered]
        pictures = {comment.image for _, comment in candidate if comment.image}
        characters = sum(len(comment.text) for _, comment in candidate)
        fits = (
            len(pictures) <= MAX_PICTURES
            and len(candidate) <= MAX_COMMENTS
            and characters <= MAX_CHARACTERS
        )
        if batch and not fits:
            yield tuple(batch)
            candidate = [numbered]
        batch = candidate
    if batch:
        yield tuple(batch)


def fitted(picture: Image.Image) -> Image.Image:
    """The picture in RGB, longest side at most `LONGEST_SIDE`, transparency on white."""
    scale = min(1.0, LONGEST_SIDE / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = picture.convert("RGBA").resize(size, Image.Resampling.LANCZOS)
    canvas = Image.new("RGBA", size, "white")
    return Image.alpha_composite(canvas, small).convert("RGB")


def preference_of(
    sided: Sequence[Sided], *, name: str, info: ExtractorInfo, warnings: tuple[str, ...]
) -> VisualPreference:
    """One preference; what several comments say about an attribute adds up."""
    return VisualPreference(
        name=name,
        liked=tuple(attribute for side, attribute in sided if side == "liked"),
        disliked=tuple(attribute for side, attribute in sided if side == "disliked"),
        extractor=info,
        warnings=warnings,
    )


def _raw(replies: Sequence[Reply[TasteReply]]) -> tuple[str, ...]:
    return tuple(text for reply in replies for text in reply.raw_replies)
