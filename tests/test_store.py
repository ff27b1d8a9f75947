"""The store's verbs on a real SQLite file."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from viper.errors import BadInput, NotFound
from viper.preference import (
    Attribute,
    Comment,
    Evidence,
    ExtractorInfo,
    Sides,
    VisualPreference,
)
from viper.preference.attribute import deleted
from viper.store import Extraction, Feedback, Picture, Store, StoredPicture, new_id

ME = "me"


class Clock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/viper.sqlite3"


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    with Store(url, clock=clock) as store:
        store.upgrade()
        yield store


@pytest.fixture
def profile(store: Store) -> str:
    return store.profiles.get_or_default(ME).id


def said(text: str, image: str | None = "curated:1") -> Comment:
    return Comment(image=image, text=text)


def picture(**changes: object) -> Picture:
    plain = {
        "file": f"2026/{new_id()}.png",
        "prompt": "a harbor",
        "seed": 7,
        "recipe": '{"prompt": "a harbor"}',
        "request": new_id(),
    }
    return Picture.model_validate(plain | changes)


def liking(*names: str, comment: int | None = None) -> VisualPreference:
    evidence = () if comment is None else (Evidence(comment=comment, quote="so said"),)
    return VisualPreference(
        liked=tuple(Attribute(attribute=name, evidence=evidence) for name in names)
    )


# -- profiles ---------------------------------------------------------------------------------


def test_the_first_visit_makes_one_default_profile(store: Store) -> None:
    first = store.profiles.get_or_default(ME)
    assert (first.name, first.version, first.comments) == ("default", 0, 0)
    assert store.profiles.get_or_default(ME, "deleted-long-ago") == first
    assert store.profiles.list(ME) == (first,)


def test_a_remembered_profile_wins_over_the_oldest(store: Store, clock: Clock) -> None:
    oldest = store.profiles.get_or_default(ME)
    clock.now += timedelta(seconds=1)
    other = store.profiles.create(ME, name=" for Ada ")
    assert other.name == "for Ada"
    assert store.profiles.get_or_default(ME, other.id) == other
    assert store.profiles.get_or_default(ME) == oldest
    assert store.profiles.named(ME, "for Ada") == store.profiles.get(ME, other.id) == other
    with pytest.raises(NotFound, match=r"'Ada'.*'default', 'for Ada'"):
        store.profiles.named(ME, "Ada")


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_profile_names_are_checked(store: Store, profile: str, name: str) -> None:
    with pytest.raises(BadInput, match="1 to 80 characters"):
        store.profiles.create(ME, name=name)
    with pytest.raises(BadInput, match="1 to 80 characters"):
        store.profiles.rename(ME, profile, name=name)


def test_a_name_occurs_once_per_owner(store: Store, profile: str) -> None:
    with pytest.raises(BadInput, match="already a profile named 'default'"):
        store.profiles.create(ME, name="default")
    other = store.profiles.create(ME, name="other")
    with pytest.raises(BadInput, match="already a profile named 'default'"):
        store.profiles.rename(ME, other.id, name="default")
    assert store.profiles.rename(ME, profile, name="mine").name == "mine"
    assert store.profiles.create("you", name="mine").name == "mine"


def test_a_taken_name_spoils_nothing_else_of_the_transaction(store: Store, profile: str) -> None:
    with store.transaction():
        comment = store.comments.save(ME, profile, comment=said("kept"))
        with pytest.raises(BadInput):
            store.profiles.create(ME, name="default")
    assert store.comments.list(ME, profile) == (comment,)


def test_deleting_a_profile_takes_what_was_said_and_leaves_the_pictures(
    store: Store, profile: str, tmp_path: Path
) -> None:
    comment = store.comments.save(ME, profile, comment=said("teal"))
    store.comments.skip(ME, profile, image="curated:2")
    reading = Extraction(kind="offline", comments=(comment.id,))
    extraction = store.preferences.record_extraction(ME, profile, extraction=reading)
    for name in ("teal", "red"):
        preference = liking(name, comment=comment.id)
        store.preferences.save(ME, profile, preference=preference, extraction=extraction)
    made = store.images.record(ME, picture(profile=profile, version=2))
    store.images.rate(ME, made.id, feedback=Feedback(rating=5, comment=comment.id))
    store.profiles.delete(ME, profile)
    (left,) = store.images.page(ME)
    assert (left.id, left.picture.profile, left.picture.version) == (made.id, None, None)
    assert left.feedback == Feedback(rating=5)
    assert rows(tmp_path) == {"owners": 1, "usage": 1, "images": 1, "feedback": 1}


def rows(folder: Path) -> dict[str, int]:
    """How many rows each table has that has any."""
    connection = sqlite3.connect(folder / "viper.sqlite3")
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    counts = {
        name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
        for (name,) in tables
        if name not in {"alembic_version", "sqlite_sequence"}
    }
    connection.close()
    return {name: count for name, count in counts.items() if count}


# -- comments ---------------------------------------------------------------------------------


def test_comments_come_back_as_typed_in_order_after_reopening(
    store: Store, profile: str, url: str
) -> None:
    texts = ["zu bunt 🎨", "'; DROP TABLE comments; --", "  spaces kept\n", ""]
    comments = [Comment(image=None, text=text, stance="mixed") for text in texts]
    saved = tuple(store.comments.save(ME, profile, comment=c) for c in comments)
    store.close()
    with Store(url) as again:
        assert again.comments.list(ME, profile) == saved
        assert [s.comment for s in saved] == comments
        assert again.profiles.get(ME, profile).comments == len(texts)


def test_editing_keeps_id_and_time_of_writing(store: Store, profile: str, clock: Clock) -> None:
    before = store.comments.save(ME, profile, comment=said("too bright"))
    clock.now += timedelta(minutes=5)
    after = store.comments.edit(ME, before.id, text=said("too dark"))
    assert (after.id, after.created, after.edited) == (before.id, before.created, clock.now)
    assert store.comments.list(ME, profile) == (after,)
    assert after.comment.text == "too dark"


def test_a_deleted_comment_leaves_none_of_its_words(
    store: Store, profile: str, tmp_path: Path
) -> None:
    gone = store.comments.save(ME, profile, comment=said("unforgettable-words"))
    kept = store.comments.save(ME, profile, comment=said("other words"))
    for comments in ((gone.id, kept.id), (kept.id,)):
        extraction = Extraction(kind="openai", comments=comments, raw_reply="unforgettable-words")
        store.preferences.record_extraction(ME, profile, extraction=extraction)
    quotes = (
        Evidence(comment=gone.id, quote="unforgettable-words", strength=0.9),
        Evidence(comment=kept.id, quote="other words", strength=0.5),
    )
    preference = VisualPreference(liked=(Attribute(attribute="teal", evidence=quotes),))
    store.preferences.save(ME, profile, preference=preference)
    store.comments.delete(ME, gone.id)
    assert store.comments.list(ME, profile) == (kept,)
    (teal,) = store.preferences.current(ME, profile).preference.liked
    assert teal.evidence == quotes[1:]
    assert teal.strength == 0.5
    second, first = store.preferences.extractions(ME, profile)
    assert (first.extraction.comments, first.extraction.raw_reply) == ((kept.id,), None)
    assert second.extraction.raw_reply == "unforgettable-words"
    with pytest.raises(NotFound):
        store.comments.delete(ME, gone.id)
    new = store.comments.save(ME, profile, comment=said("new"))
    assert new.id > kept.id > gone.id, "an id must not come back: old exports name it"


def test_a_skip_is_remembered_once_until_the_image_is_commented_on(
    store: Store, profile: str, clock: Clock
) -> None:
    for image in ("curated:2", "curated:1", "curated:2"):
        store.comments.skip(ME, profile, image=image)
        clock.now += timedelta(seconds=1)
    assert store.comments.skipped(ME, profile) == ("curated:2", "curated:1")
    store.comments.save(ME, profile, comment=said("after all", "curated:2"))
    assert store.comments.skipped(ME, profile) == ("curated:1",)


# -- preferences ------------------------------------------------------------------------------


def test_before_the_first_version_the_preference_is_empty(store: Store, profile: str) -> None:
    store.profiles.rename(ME, profile, name="mine")
    current = store.preferences.current(ME, profile)
    assert (current.number, current.preference) == (0, VisualPreference(name="mine"))
    assert store.preferences.versions(ME, profile) == ()


names = st.sampled_from(["teal", "cluttered", "soft light", "Öl auf Leinwand", "日本"])
attributes = st.builds(
    Attribute,
    attribute=names,
    facet=st.none() | st.sampled_from(["color palette", "composition"]),
    strength=st.floats(0, 1),
    evidence=st.lists(
        st.builds(
            Evidence,
            image=st.none() | st.just("curated:1"),
            quote=st.text(max_size=9),
            strength=st.none() | st.floats(0, 1),
            kind=st.sampled_from(["comment", "click", "chat", "own"]),
        ),
        max_size=3,
    ).map(tuple),
    muted=st.booleans(),
    pinned=st.booleans(),
)
preferences = st.builds(
    VisualPreference,
    name=names,
    liked=st.lists(attributes, max_size=4).map(tuple),
    disliked=st.lists(attributes, max_size=4).map(tuple),
    deleted=st.builds(Sides, liked=st.lists(attributes.map(deleted), max_size=2).map(tuple)),
    extractor=st.builds(ExtractorInfo, kind=st.just("openai"), model=st.none() | st.just("m")),
    warnings=st.lists(st.text(max_size=9), max_size=2).map(tuple),
)


@given(preference=preferences)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_preference_comes_back_as_it_was(
    store: Store, profile: str, preference: VisualPreference
) -> None:
    number = store.preferences.save(ME, profile, preference=preference)
    version = store.preferences.at(ME, profile, number=number)
    assert version.preference == preference.rename("default")
    assert version == store.preferences.current(ME, profile)


def test_a_deletion_is_remembered_with_what_was_said_since(store: Store, profile: str) -> None:
    first, second = (store.comments.save(ME, profile, comment=said(text)).id for text in "ab")
    gone = liking("teal", comment=first).remove("liked", "teal")
    store.preferences.save(ME, profile, preference=gone.merge(liking("teal", comment=second)))
    kept = store.preferences.current(ME, profile).preference
    (memory,) = kept.deleted.liked
    assert kept.is_empty
    assert [e.comment for e in memory.evidence] == [first]
    assert [e.comment for e in memory.mentions] == [second]
    store.comments.delete(ME, second)
    assert store.preferences.current(ME, profile).preference == gone


def test_a_chat_comes_back_as_one(store: Store, profile: str) -> None:
    turn = Comment(text="teal, please", source="chat")
    stored = store.comments.save(ME, profile, comment=turn)
    assert store.comments.list(ME, profile) == (stored,)
    assert stored.comment == turn
    edited = store.comments.edit(ME, stored.id, text=said("gold"))
    assert edited.comment.source == "comment"


def test_versions_follow_each_other_and_never_change(
    store: Store, profile: str, clock: Clock
) -> None:
    comment = store.comments.save(ME, profile, comment=said("teal"))
    reading = Extraction(
        kind="openai",
        model="m",
        prompt_sha256="a" * 64,
        comments=(comment.id,),
        raw_reply='{"liked": ["teal"]}',
        latency_seconds=0.25,
        input_tokens=10,
        output_tokens=3,
        warnings=("unsure", "about: é"),
    )
    extraction = store.preferences.record_extraction(ME, profile, extraction=reading)
    teal, red = liking("teal", comment=comment.id), liking("teal", "red", comment=comment.id)
    first = store.preferences.save(
        ME, profile, preference=teal, note="3 comments", extraction=extraction
    )
    clock.now += timedelta(hours=1)
    assert (first, store.preferences.save(ME, profile, preference=red)) == (1, 2)
    newest, oldest = store.preferences.versions(ME, profile)
    assert store.preferences.versions(ME, profile, limit=1) == (newest,)
    assert (newest.number, newest.parent, newest.preference) == (2, 1, red)
    assert (oldest.number, oldest.parent, oldest.note) == (1, None, "3 comments")
    assert (oldest.extraction, oldest.preference) == (extraction, teal)
    assert oldest.preference.liked[0].evidence[0].comment == comment.id
    assert oldest.created == newest.created - timedelta(hours=1)
    assert store.profiles.get(ME, profile).version == 2
    (kept,) = store.preferences.extractions(ME, profile)
    assert (kept.id, kept.extraction) == (extraction, reading)


def test_undo_writes_an_old_version_anew(store: Store, profile: str) -> None:
    for name in ("teal", "red"):
        store.preferences.save(ME, profile, preference=liking(name))
    assert store.preferences.restore(ME, profile, number=1) == 3
    current = store.preferences.current(ME, profile)
    assert (current.number, current.parent, current.preference) == (3, None, liking("teal"))
    assert current.note == "Back to version 1"
    with pytest.raises(NotFound, match="no version 9"):
        store.preferences.restore(ME, profile, number=9)


def test_saving_what_is_current_makes_no_version(store: Store, profile: str) -> None:
    assert store.preferences.save(ME, profile, preference=liking("teal")) == 1
    assert store.preferences.save(ME, profile, preference=liking("teal").rename("x")) == 1
    assert store.preferences.restore(ME, profile, number=1) == 1
    assert len(store.preferences.versions(ME, profile)) == 1


def test_evidence_points_to_comments_of_this_profile_or_to_none(store: Store, profile: str) -> None:
    other = store.profiles.create(ME, name="other").id
    foreign = store.comments.save(ME, other, comment=said("elsewhere"))
    for comment in (foreign.id, 4711):
        number = store.preferences.save(ME, profile, preference=liking("teal", comment=comment))
        (teal,) = store.preferences.at(ME, profile, number=number).preference.liked
        assert teal.evidence == (Evidence(comment=None, quote="so said", strength=0.7),)
    with pytest.raises(NotFound, match="no extraction 5"):
        store.preferences.save(ME, profile, preference=liking("a"), extraction=5)


def test_an_extraction_of_a_comment_deleted_meanwhile_keeps_no_reply(
    store: Store, profile: str
) -> None:
    ids = [store.comments.save(ME, profile, comment=said(text)).id for text in "ab"]
    store.comments.delete(ME, ids[0])
    extraction = Extraction(kind="openai", comments=tuple(ids), raw_reply="quotes a and b")
    store.preferences.record_extraction(ME, profile, extraction=extraction)
    (kept,) = store.preferences.extractions(ME, profile)
    assert (kept.extraction.comments, kept.extraction.raw_reply) == ((ids[1],), None)


def test_a_failed_extraction_is_on_record_too(store: Store, profile: str) -> None:
    extraction = Extraction(kind="openai", error="No answer within 30 s.", latency_seconds=30.0)
    store.preferences.record_extraction(ME, profile, extraction=extraction)
    (kept,) = store.preferences.extractions(ME, profile)
    assert kept.extraction == extraction


# -- pictures ---------------------------------------------------------------------------------


def gallery(store: Store, *scores: float | None, **changes: object) -> list[StoredPicture]:
    return [store.images.record(ME, picture(score=score, **changes)) for score in scores]


def test_a_picture_comes_back_as_recorded(store: Store, profile: str, clock: Clock) -> None:
    store.preferences.save(ME, profile, preference=liking("teal"))
    given_id = new_id()
    whole = picture(profile=profile, version=1, score=0.25, seed=2**63 - 1, prompt="ein Hafen ⚓")
    stored = store.images.record(ME, whole, image=given_id)
    assert (stored.id, stored.picture, stored.created) == (given_id, whole, clock.now)
    assert store.images.get(ME, given_id) == stored
    with pytest.raises(BadInput, match="on record already"):
        store.images.record(ME, whole)
    with pytest.raises(NotFound, match="version 2"):
        store.images.record(ME, picture(profile=profile, version=2))


def test_the_gallery_is_newest_first_and_paged(store: Store, profile: str) -> None:
    made = gallery(store, None, None, None) + gallery(store, None, None, profile=profile)
    newest = [p.id for p in reversed(made)]
    assert [p.id for p in store.images.page(ME)] == newest
    assert [p.id for p in store.images.page(ME, limit=2, offset=1)] == newest[1:3]
    assert [p.id for p in store.images.page(ME, profile=profile)] == newest[:2]
    assert (store.images.count(ME), store.images.count(ME, profile=profile)) == (5, 2)


def test_sorting_puts_the_unknown_last_and_breaks_ties_by_the_newest(store: Store) -> None:
    made = gallery(store, 0.1, None, 0.9, 0.1, None, 0.5)
    by_score = [p.id for p in store.images.page(ME, order="score")]
    assert by_score == [made[i].id for i in (2, 5, 3, 0, 4, 1)]
    for index, feedback in {
        0: Feedback(rating=3),
        1: Feedback(stance="like"),
        2: Feedback(stance="dislike"),
        3: Feedback(rating=5, stance="dislike"),
        4: Feedback(rating=1),
    }.items():
        store.images.rate(ME, made[index].id, feedback=feedback)
    by_rating = [p.id for p in store.images.page(ME, order="rating")]
    assert by_rating == [made[i].id for i in (3, 1, 0, 2, 4, 5)]


def test_feedback_replaces_feedback_and_can_be_taken_back(store: Store, profile: str) -> None:
    first, second = gallery(store, None, None, profile=profile)
    words = store.comments.save(ME, profile, comment=said("flat", f"image:{first.id}"))
    for feedback in (
        Feedback(rating=2, comment=words.id),
        Feedback(stance="like"),
        Feedback(rating=4),
    ):
        assert store.images.rate(ME, first.id, feedback=feedback).feedback == feedback
        assert store.images.get(ME, first.id).feedback == feedback
    store.images.rate(ME, second.id, feedback=Feedback(comment=words.id))
    rated = store.images.with_feedback(ME, profile=profile)
    assert [p.id for p in rated] == [second.id, first.id]
    store.comments.delete(ME, words.id)
    assert [p.id for p in store.images.with_feedback(ME)] == [first.id]
    assert store.images.get(ME, second.id).feedback is None
    assert store.images.rate(ME, first.id, feedback=None).feedback is None
    assert store.images.with_feedback(ME) == ()


def test_deleting_a_picture_gives_its_file_but_not_its_place_in_the_day(
    store: Store, clock: Clock
) -> None:
    first, _ = gallery(store, None, None)
    store.images.rate(ME, first.id, feedback=Feedback(rating=1))
    assert store.images.delete(ME, first.id) == first.picture.file
    with pytest.raises(NotFound):
        store.images.get(ME, first.id)
    assert (store.images.count(ME), store.images.made_on(ME)) == (1, 2)
    clock.now = (clock.now + timedelta(minutes=2)).astimezone(timezone(timedelta(hours=-9)))
    assert store.images.made_on(ME) == 0, "a day is one of UTC"
    gallery(store, None)
    assert store.images.made_on(ME) == 1
    assert store.images.made_on(ME, datetime(2026, 3, 1, tzinfo=UTC).date()) == 2
    assert store.images.made_on("you") == 0


@pytest.mark.parametrize("file", ["", "/etc/passwd", "../x.png", "a/../../x", "a\\b", "C:x"])
def test_a_file_lies_inside_the_data_folder(file: str) -> None:
    with pytest.raises(ValidationError, match="file"):
        picture(file=file)


def test_values_are_checked_and_frozen() -> None:
    for bad in (
        {"recipe": "{"},
        {"recipe": "[]"},
        {"seed": 2**63},
        {"version": 1},
        {"request": "x"},
    ):
        with pytest.raises(ValidationError):
            picture(**bad)
    for nothing in ({}, {"rating": 0}, {"rating": 6}, {"stance": "mixed"}):
        with pytest.raises(ValidationError):
            Feedback.model_validate(nothing)
    with pytest.raises(ValidationError):
        picture().seed = 1  # type: ignore[misc]


# -- transactions, copies, faults -------------------------------------------------------------


def test_a_transaction_happens_as_a_whole_or_not_at_all(store: Store, profile: str) -> None:
    with pytest.raises(NotFound), store.transaction():  # noqa: PT012 (what is undone)
        store.comments.save(ME, profile, comment=said("undone"))
        assert len(store.comments.list(ME, profile)) == 1, "a transaction sees its own work"
        store.images.get(ME, "missing")
    assert store.comments.list(ME, profile) == ()
    with store.transaction():
        comment = store.comments.save(ME, profile, comment=said("done"))
        preference = liking("teal", comment=comment.id)
        store.preferences.save(ME, profile, preference=preference)
    assert store.preferences.current(ME, profile).preference == preference


def test_a_copy_is_whole_and_nothing_is_overwritten(
    store: Store, profile: str, tmp_path: Path
) -> None:
    kept = store.comments.save(ME, profile, comment=said("kept"))
    with store.transaction():
        store.comments.save(ME, profile, comment=said("not committed yet"))
        store.backup(tmp_path / "copy.sqlite3")
    with Store(f"sqlite:///{tmp_path}/copy.sqlite3") as copy:
        assert copy.check() == "current"
        assert copy.comments.list(ME, profile) == (kept,)
    with pytest.raises(BadInput, match=r"copy\.sqlite3: exists already"):
        store.backup(tmp_path / "copy.sqlite3")
    with pytest.raises(BadInput, match="the copy failed"):
        store.backup(tmp_path / "missing" / "copy.sqlite3")
    with Store(f"sqlite:///{tmp_path}/absent") as absent, pytest.raises(BadInput, match="yet"):
        absent.backup(tmp_path / "other")


def test_readers_see_the_last_commit_while_somebody_writes(
    store: Store, profile: str, url: str
) -> None:
    with store.transaction(), Store(url) as other:
        store.comments.save(ME, profile, comment=said("not committed yet"))
        assert other.comments.list(ME, profile) == ()


def test_an_export_is_plain_json_with_everything(store: Store, profile: str) -> None:
    comment = store.comments.save(ME, profile, comment=said("teal"))
    store.comments.skip(ME, profile, image="curated:9")
    extraction = Extraction(kind="openai", raw_reply="raw reply", comments=(comment.id,))
    store.preferences.record_extraction(ME, profile, extraction=extraction)
    preference = liking("teal", comment=comment.id)
    store.preferences.save(ME, profile, preference=preference, note="a note")
    (made,) = gallery(store, 0.5, profile=profile, version=1)
    store.images.rate(ME, made.id, feedback=Feedback(rating=4))
    export = json.loads(json.dumps(store.owners.export(ME)))
    (only,) = export["profiles"]
    assert (export["schema"], export["owner"]["id"]) == ("viper.export/1", ME)
    assert only["comments"][0]["comment"]["text"] == "teal"
    assert only["skipped"] == ["curated:9"]
    assert only["extractions"][0]["extraction"]["raw_reply"] == "raw reply"
    (version,) = only["versions"]
    assert VisualPreference.from_dict(version["preference"]) == preference
    assert version["note"] == "a note"
    (image,) = export["images"]
    assert image["picture"]["recipe"] == {"prompt": "a harbor"}
    assert image["feedback"]["rating"] == 4
    assert export["images_per_day"] == {"2026-03-01": 1}
