"""Every kind of server, every fault: a valid preference or one clear sentence, in time.

The servers are played by servers.py on loopback; what is tested is all of ours, sockets included.
"""

import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.extraction.servers import (
    GOOD,
    HUGGING_FACE,
    LLAMA_CPP,
    OLLAMA,
    OPENAI,
    SERVERS,
    TRANSFORMERS,
    VLLM,
    Server,
    asked_format,
    breaks_off,
    bytes_of,
    has_picture,
    loads_first,
    page,
    room_for,
)
from tests.extraction.stage import Known, Play, Stage, drips, item, sleeps, taste
from viper.curation import CuratedSet
from viper.errors import CutOff, LanguageModelError, Refused, Unreachable, ViperError
from viper.extraction import Extraction, Extractor
from viper.extraction.completion import wire
from viper.extraction.fallback import FallbackExtractor
from viper.extraction.language import BRIEF, LanguageModelExtractor, Questions
from viper.extraction.offline import OfflineExtractor
from viper.extraction.openai_model import BLIND, OpenAIModel
from viper.extraction.progress import Progress, watching
from viper.extraction.prompts import Prompts
from viper.preference import Comment, VisualPreference
from viper.store import Store
from viper.studio import Studio
from viper.taxonomy import load_taxonomy

Stages = Callable[..., Stage]

KEY = "sk-secret"
TEAL = Comment(image="curated:001", text="I love the teal", stance="like")
PICTURES = Known(
    {"curated:001": {"color palette": ("teal",)}},
    {f"curated:{n:03}": Image.new("RGB", (8, 8), "teal") for n in range(30)},
)
DEADLINE_S = 20.0
"""Of extractions that have no reason to reach it, however busy the machine is."""
MARGIN_S = 5.0
"""What a busy machine may take beyond a deadline."""

servers = pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)


def reader(url: str, *, deadline_s: float = DEADLINE_S) -> LanguageModelExtractor:
    model = OpenAIModel("m", api_key=KEY, base_url=url, attempts=2, backoff_s=0.01)
    return LanguageModelExtractor(model, deadline_s=deadline_s)


def read(server: Stage, *comments: Comment) -> Extraction:
    return reader(server.url).extract(comments or (TEAL,), pictures=PICTURES)


def is_the_teal(preference: VisualPreference) -> bool:
    VisualPreference.from_json(preference.to_json())
    return [a.attribute for a in preference.liked] == ["teal"] and preference.disliked == ()


def is_one_sentence(error: ViperError) -> bool:
    said = str(error)
    return (
        said.isprintable()
        and 20 < len(said) < 400
        and said.endswith(".")
        and KEY not in said
        and "Traceback" not in said
        and "You read what one person" not in said
    )


@servers
class TestEveryServer:
    def test_reads_comments_with_their_pictures(self, stage: Stages, server: Server) -> None:
        plays = stage(server.good)
        found = read(plays)
        assert is_the_teal(found.preference)
        (evidence,) = found.preference.liked[0].evidence
        assert (evidence.comment, evidence.quote) == (0, "love the teal")
        assert (found.tokens, found.output_tokens) == ((111, 11) if server.usage else (None, None))
        assert found.input_tokens == (100 if server.usage else None)
        assert found.latency_s > 0
        sees = server is not LLAMA_CPP
        assert found.preference.warnings == (() if sees else (BLIND,))
        assert has_picture(plays.requests[-1]) == sees

    def test_the_form_it_takes_is_remembered(self, stage: Stages, server: Server) -> None:
        plays = stage(server.good)
        extractor = reader(plays.url)
        extractor.extract([TEAL], pictures=PICTURES)
        before = len(plays.requests)
        assert is_the_teal(extractor.extract([TEAL], pictures=PICTURES).preference)
        assert len(plays.requests) == before + 1

    def test_a_broken_answer_is_repaired(self, stage: Stages, server: Server) -> None:
        found = read(stage(server.says('{"attributes": [{"attri'), server.good, server.good))
        assert is_the_teal(found.preference) or len(found.raw_replies) == 2


@pytest.mark.parametrize(
    ("server", "requests"),
    [(OPENAI, 3), (VLLM, 1), (OLLAMA, 1), (LLAMA_CPP, 2), (TRANSFORMERS, 1), (HUGGING_FACE, 2)],
    ids=lambda value: getattr(value, "name", value),
)
def test_what_a_server_does_not_take_costs_one_request_each(
    stage: Stages, server: Server, requests: int
) -> None:
    plays = stage(server.good)
    read(plays)
    assert len(plays.requests) == requests


class TestQuirks:
    def test_a_reasoning_model_gets_its_own_name_for_the_limit(self, stage: Stages) -> None:
        plays = stage(OPENAI.good)
        read(plays)
        assert plays.requests[-1]["max_completion_tokens"] == plays.requests[0]["max_tokens"]
        assert "temperature" not in plays.requests[-1]

    def test_a_schema_that_is_not_supported_leaves_json(self, stage: Stages) -> None:
        plays = stage(HUGGING_FACE.good)
        read(plays)
        assert [asked_format(r) for r in plays.requests] == ["json_schema", "json_object"]

    def test_an_answer_among_the_thoughts_is_found(self, stage: Stages) -> None:
        found = read(stage(VLLM.says(None, reasoning_content=f"So: {GOOD}")))
        assert is_the_teal(found.preference)

    def test_an_answer_in_parts_is_joined(self, stage: Stages) -> None:
        parts = [{"type": "text", "text": GOOD[:30]}, {"type": "text", "text": GOOD[30:]}]
        assert is_the_teal(read(stage(VLLM.says(None, content=parts))).preference)

    def test_a_model_that_loads_slowly_is_waited_for(self, stage: Stages) -> None:
        assert is_the_teal(read(stage(loads_first(0.6, OLLAMA.good))).preference)

    def test_a_model_that_is_not_there_is_named(self, stage: Stages) -> None:
        missing = OLLAMA.error(404, 'model "m" not found, try pulling it first')
        with pytest.raises(LanguageModelError, match=r"404: model .m. not found.*VIPER_LLM_MODEL"):
            read(stage(missing))

    def test_an_announced_loading_time_is_waited_for(self, stage: Stages) -> None:
        body = '{"error": "Model m is currently loading", "estimated_time": 0.7}'
        started = time.monotonic()
        found = read(stage(lambda turn: turn.send(503, body), HUGGING_FACE.good))
        assert is_the_teal(found.preference)
        assert time.monotonic() - started >= 0.7

    def test_a_longer_one_than_there_is_time_ends_at_once(self, stage: Stages) -> None:
        body = '{"error": "Model m is currently loading", "estimated_time": 1809.18}'
        plays = stage(lambda turn: turn.send(503, body))
        with pytest.raises(Unreachable, match="pause of 1809 s"):
            read(plays)
        assert len(plays.requests) == 1

    def test_credits_that_are_used_up_are_told_at_once(self, stage: Stages) -> None:
        plays = stage(HUGGING_FACE.error(402, "You have exceeded your monthly included credits"))
        with pytest.raises(LanguageModelError, match="no quota left"):
            read(plays)
        assert len(plays.requests) == 1

    def test_a_stream_that_breaks_off_is_no_answer(self, stage: Stages) -> None:
        chunk = 'data: {"choices": [{"delta": {"content": "{"}, "finish_reason": null}]}\n\n'
        with pytest.raises(LanguageModelError, match="no chat completion"):
            read(stage(bytes_of(chunk)))

    def test_usage_that_is_no_count_is_no_count(self, stage: Stages) -> None:
        choice = '{"message": {"content": "{\\"attributes\\": []}"}, "finish_reason": "stop"}'
        for usage in ("[]", '{"prompt_tokens": -1}', '{"prompt_tokens": "many"}', "1e999"):
            found = read(stage(bytes_of(f'{{"choices": [{choice}], "usage": {usage}}}')))
            assert found.tokens is None

    def test_an_error_that_repeats_the_request_is_not_shown(self, stage: Stages) -> None:
        def echo(turn: object) -> None:
            sent = turn.request_json["messages"][0]["content"]  # type: ignore[attr-defined]
            VLLM.error(404, f"bad input: {sent}")(turn)  # type: ignore[arg-type]

        with pytest.raises(LanguageModelError, match=r"answered 404: check") as caught:
            read(stage(echo))
        assert is_one_sentence(caught.value)


TOO_LONG = {
    "openai": (
        OPENAI,
        400,
        "This model's maximum context length is 8192 tokens. However, your messages resulted in "
        "9000 tokens. Please reduce the length of the messages.",
    ),
    "vllm": (
        VLLM,
        400,
        "You passed 9015 input tokens and requested 10 output tokens. However, the model's "
        "context length is only 8192 tokens. Please reduce the length of the input prompt.",
    ),
    "vllm before": (VLLM, 400, "max_tokens must be at least 1, got -186."),
    "llama.cpp": (
        LLAMA_CPP,
        400,
        "the request exceeds the available context size. try increasing the context size or "
        "enable context shift",
    ),
    "llama.cpp before": (LLAMA_CPP, 500, "the request exceeds the available context size"),
    "a proxy": (HUGGING_FACE, 413, "Payload Too Large"),
}

ASKED = len(
    json.dumps(wire(Questions(Prompts(), load_taxonomy()).about((), PICTURES), pictures=True))
)
"""Characters that are sent whatever the comments are."""


@pytest.mark.parametrize(("server", "status", "message"), TOO_LONG.values(), ids=TOO_LONG.keys())
class TestTooLong:
    def plays(self, server: Server, status: int, message: str, room: int) -> Play:
        plain = Server(server.name, wrapped=server.wrapped)
        return room_for(plain, room, message, status=status)

    def test_many_comments_are_halved_until_they_fit(
        self, stage: Stages, server: Server, status: int, message: str
    ) -> None:
        comments = [Comment(text=f"teal {'x' * 1_000}") for _ in range(8)]
        plays = stage(self.plays(server, status, message, ASKED + 3_000))
        seen: list[Progress] = []
        with watching(seen.append):
            found = read(plays, *comments)
        (teal,) = found.preference.liked
        assert [e.comment for e in teal.evidence] == list(range(8))
        assert found.preference.warnings == ()
        assert [p.read for p in seen] == [0, 2, 4, 6, 8]
        assert str(seen[1]) == "2 of 8 comments read"

    def test_one_comment_is_read_without_its_picture_at_last(
        self, stage: Stages, server: Server, status: int, message: str
    ) -> None:
        plays = stage(self.plays(server, status, message, ASKED - 5_000))
        found = read(plays, TEAL, TEAL.model_copy(update={"text": "Teal again"}))
        assert found.preference.warnings[0] == BRIEF
        assert [e.comment for e in found.preference.liked[0].evidence] == [0, 1]
        assert not has_picture(plays.requests[-1])

    def test_no_room_at_all_is_one_sentence(
        self, stage: Stages, server: Server, status: int, message: str
    ) -> None:
        plays = stage(self.plays(server, status, message, 10))
        with pytest.raises(CutOff, match="does not fit into the context") as caught:
            read(plays)
        assert is_one_sentence(caught.value)


Fault = tuple[Callable[[Server], tuple[Play, ...]], type[LanguageModelError] | None]
"""What happens, and how it ends; None is a valid preference."""
FAULTS: dict[str, Fault] = {
    "reset in the body": (lambda s: (breaks_off,), Unreachable),
    "401": (lambda s: (s.error(401, f"Incorrect API key provided: {KEY}"),), LanguageModelError),
    "403": (lambda s: (s.error(403, "Forbidden"),), LanguageModelError),
    "404": (lambda s: (s.error(404, "The model `m` does not exist"),), LanguageModelError),
    "408 once": (lambda s: (s.error(408, "Request Timeout"), s.good), None),
    "413": (lambda s: (s.error(413, "Payload Too Large"),), CutOff),
    "429 once": (lambda s: (s.error(429, "Rate limit reached"), s.good), None),
    "429 with a pause": (lambda s: (s.error(429, "Slow down", Retry_After="0.1"), s.good), None),
    "429 with a long pause": (lambda s: (s.error(429, "No", Retry_After="3600"),), Unreachable),
    "429 with a strange pause": (lambda s: (s.error(429, "No", Retry_After="NaN"),), Unreachable),
    "429 for ever": (lambda s: (s.error(429, "Rate limit reached"),), Unreachable),
    "500 once": (lambda s: (s.error(500, "Internal Server Error"), s.good), None),
    "500 for ever": (lambda s: (s.error(500, "Internal Server Error"),), Unreachable),
    "502 of a proxy": (lambda s: (page(502),), Unreachable),
    "503 once": (lambda s: (s.error(503, "Loading model"), s.good), None),
    "404 of a proxy": (lambda s: (page(404),), LanguageModelError),
    "invalid JSON": (lambda s: (bytes_of("]["),), LanguageModelError),
    "truncated JSON": (lambda s: (bytes_of('{"choices": [{"message": {'),), LanguageModelError),
    "another JSON": (lambda s: (bytes_of('{"answer": "teal"}'),), LanguageModelError),
    "an error as an answer": (
        lambda s: (bytes_of('{"error": {"code": 400, "message": "no"}}'),),
        LanguageModelError,
    ),
    "a deep JSON": (lambda s: (bytes_of("[" * 100_000),), LanguageModelError),
    "nothing": (lambda s: (bytes_of(""),), LanguageModelError),
    "a truncated answer": (lambda s: (s.says(GOOD[:40]),), LanguageModelError),
    "another schema": (lambda s: (s.says('{"likes": ["teal"]}'),), LanguageModelError),
    "an empty answer": (lambda s: (s.says(""),), LanguageModelError),
    "a null answer": (lambda s: (s.says(None, reasoning_content=None),), LanguageModelError),
    "prose": (lambda s: (s.says("I think they like teal."),), LanguageModelError),
    "a content filter": (lambda s: (s.says("", finish="content_filter"),), Refused),
    "cut off": (lambda s: (s.says(GOOD[:40], finish="length"),), CutOff),
    "an enormous body": (lambda s: (bytes_of("x" * 4_100_000),), Unreachable),
}
REFUSAL: Fault = (lambda s: (s.says(None, refusal="I'm sorry, but no."),), Refused)


@servers
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_every_fault_ends_well(stage: Stages, server: Server, fault: Fault) -> None:
    ends_well(stage, server, fault)


@pytest.mark.parametrize("server", [OPENAI, VLLM], ids=lambda server: server.name)
def test_a_refusal_ends_well(stage: Stages, server: Server) -> None:
    ends_well(stage, server, REFUSAL)


def ends_well(stage: Stages, server: Server, fault: Fault) -> None:
    plays, expected = fault
    opened = stage(*plays(server))
    started = time.monotonic()
    if expected is None:
        assert is_the_teal(read(opened).preference)
    else:
        with pytest.raises(LanguageModelError) as caught:
            read(opened)
        assert type(caught.value) is expected
        assert is_one_sentence(caught.value)
    assert time.monotonic() - started < DEADLINE_S


@servers
@pytest.mark.parametrize(
    "slow",
    [sleeps(3), drips(3, headers=False), drips(3, headers=True)],
    ids=["silence", "a slow body", "slow headers"],
)
def test_a_slow_server_ends_at_the_deadline(stage: Stages, server: Server, slow: Play) -> None:
    started = time.monotonic()
    with pytest.raises(Unreachable, match="no complete answer in time") as caught:
        reader(stage(slow).url, deadline_s=0.4).extract([TEAL], pictures=PICTURES)
    assert is_one_sentence(caught.value)
    assert time.monotonic() - started < 0.4 + MARGIN_S


def test_no_server_is_one_sentence() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(Unreachable, match="cannot be reached") as caught:
        reader(url).extract([TEAL], pictures=PICTURES)
    assert is_one_sentence(caught.value)


class TestStudio:
    """What was typed stays, whatever the server does; SQLite, studio and server are real."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        with Store(f"sqlite:///{tmp_path}/viper.sqlite3") as store:
            store.upgrade()
            yield store

    def studio(self, store: Store, extractor: Extractor, folder: Path) -> Studio:
        def unused() -> None:
            raise AssertionError("Comments are read without it.")

        return Studio(
            store=store,
            data_dir=folder,
            curated=CuratedSet(folder, ()),
            taxonomy=load_taxonomy,
            extractor=lambda: extractor,
            generator=unused,  # type: ignore[arg-type]
            scorer=unused,  # type: ignore[arg-type]
        )

    @pytest.mark.parametrize(
        "fault",
        [fault for fault in (*FAULTS.values(), REFUSAL) if fault[1]],
        ids=[name for name, fault in FAULTS.items() if fault[1]] + ["refusal"],
    )
    def test_comments_outlive_every_fault_and_are_read_later(
        self, stage: Stages, store: Store, tmp_path: Path, fault: Fault
    ) -> None:
        broken = reader(stage(*fault[0](VLLM)).url)
        me, profile = "me", store.profiles.create("me", name="Ada").id
        with pytest.raises(LanguageModelError) as caught:
            self.studio(store, broken, tmp_path).comment(
                me, profile, image=None, text=TEAL.text, stance="like"
            )
        (kept,) = store.comments.list(me, profile)
        assert kept.comment.text == TEAL.text
        (failed,) = store.preferences.extractions(me, profile)
        assert failed.extraction.error == str(caught.value)

        healed = self.studio(store, reader(stage(VLLM.good).url), tmp_path)
        version = healed.read_pending(me, profile)
        assert is_the_teal(version.preference)
        assert version.preference.liked[0].evidence[0].comment == kept.id
        done = store.preferences.extractions(me, profile)[0].extraction
        assert done.latency_seconds is not None
        assert done.error is None

    def test_the_offline_reader_takes_over(
        self, stage: Stages, store: Store, tmp_path: Path
    ) -> None:
        asked = reader(stage(OPENAI.error(401, "Incorrect API key provided")).url)
        studio = self.studio(store, FallbackExtractor(asked, OfflineExtractor()), tmp_path)
        profile = store.profiles.create("me", name="Ada").id
        version = studio.comment("me", profile, image=None, text=TEAL.text, stance="like")
        assert is_the_teal(version.preference)
        assert "read offline" in version.preference.warnings[0]
        assert "OPENAI_API_KEY" in version.preference.warnings[0]

    def test_progress_reaches_whoever_watches_the_studio(
        self, stage: Stages, store: Store, tmp_path: Path
    ) -> None:
        studio = self.studio(store, reader(stage(VLLM.good).url), tmp_path)
        profile = store.profiles.create("me", name="Ada").id
        seen: list[str] = []
        with watching(lambda progress: seen.append(str(progress))):
            studio.comment("me", profile, image=None, text=TEAL.text, stance="like")
        assert seen == ["0 of 1 comments read", "1 of 1 comments read"]


def test_many_comments_are_one_preference(stage: Stages) -> None:
    answers = [
        VLLM.says(taste(*(item("teal", comment=n) for n in range(first, first + count))))
        for first, count in ((0, 10), (10, 10), (20, 5))
    ]
    comments = [Comment(image=f"curated:{n:03}", text="teal") for n in range(25)]
    found = read(stage(*answers), *comments)
    (teal,) = found.preference.liked
    assert [e.comment for e in teal.evidence] == list(range(25))
    assert (found.tokens, found.output_tokens, found.input_tokens) == (333, 33, 300)
