"""Whose rows are whose: nobody sees another's, and an erased person is gone."""

import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from viper.errors import BadInput, NotFound
from viper.preference import Attribute, Comment, Evidence, VisualPreference
from viper.store import Extraction, Feedback, Picture, Store, new_id

ADA, BOB = "ada", "bob"


def secret(owner: str) -> str:
    """Words that are only in what belongs to this owner."""
    return f"words-of-{owner}-0451"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(f"sqlite:///{tmp_path}/viper.sqlite3") as store:
        store.upgrade()
        yield store


def furnish(store: Store, owner: str) -> dict[str, object]:
    """One of everything for an owner; the ids by the names that the verbs use for them."""
    words = secret(owner)
    profile = store.profiles.create(owner, name=words).id
    said = Comment(image=f"curated:{words}", text=words)
    comment = store.comments.save(owner, profile, comment=said).id
    store.comments.skip(owner, profile, image=f"curated:skipped-{words}")
    reading = Extraction(kind="openai", comments=(comment,), raw_reply=words, error=words)
    extraction = store.preferences.record_extraction(owner, profile, extraction=reading)
    evidence = (Evidence(comment=comment, image=words, quote=words),)
    preference = VisualPreference(liked=(Attribute(attribute=words, evidence=evidence),))
    number = store.preferences.save(
        owner, profile, preference=preference, note=words, extraction=extraction
    )
    picture = Picture(
        file=f"{words}.png",
        prompt=words,
        seed=1,
        recipe=json.dumps({"prompt": words}),
        request=new_id(),
        profile=profile,
        version=number,
    )
    image = store.images.record(owner, picture).id
    store.images.rate(owner, image, feedback=Feedback(rating=5, comment=comment))
    return {"profile": profile, "comment": comment, "image": image, "number": number}


def verbs(store: Store) -> dict[str, Callable[..., object]]:
    """Every public verb of every part of the store."""
    return {
        f"{part}.{name}": getattr(getattr(store, part), name)
        for part in vars(store)
        if not part.startswith("_")
        for name in dir(getattr(store, part))
        if not name.startswith("_")
    }


ALL_VERBS = sorted(verbs(Store("sqlite:////nowhere/viper.sqlite3")))


def arguments(name: str, verb: Callable[..., object], ids: dict[str, object]) -> dict[str, object]:
    """Arguments for a verb that point to the things of `ids` wherever they can."""
    picture = Picture(
        file="new.png",
        prompt="",
        seed=0,
        recipe="{}",
        request=new_id(),
        profile=str(ids["profile"]),
        version=1,
    )
    known: dict[str, object] = {
        **ids,
        "text": Comment(text="overwritten"),
        "name": "renamed",
        "preference": VisualPreference(),
        "extraction": Extraction(kind="offline"),
        "feedback": Feedback(rating=1),
        "picture": picture,
    }
    if name == "comments.save":
        known["comment"] = known["text"]
    if name == "preferences.save":
        known["extraction"] = None
    if name == "comments.skip":
        known["image"] = "curated:1"
    if name == "images.record":
        known["image"] = new_id()
    if name == "profiles.named":
        known["name"] = secret(ADA)
    optional = {"order", "limit", "offset", "day", "note"}
    parameters = inspect.signature(verb).parameters
    assert next(iter(parameters)) == "owner", f"{name} must take the owner first"
    return {p: known[p] for p in parameters if p != "owner" and p not in optional}


@pytest.mark.parametrize("name", ALL_VERBS)
def test_no_verb_shows_or_changes_what_is_anothers(store: Store, name: str) -> None:
    ids = furnish(store, ADA)
    furnish(store, BOB)
    before = store.owners.export(ADA)
    verb = verbs(store)[name]
    given = arguments(name, verb, ids)
    parameters = inspect.signature(verb).parameters
    needed = {p: v for p, v in given.items() if parameters[p].default is inspect.Parameter.empty}
    for asked in [given] if needed == given else [given, needed]:
        try:
            shown = repr(verb(BOB, **asked))
        except NotFound as error:
            shown = str(error)
        else:
            points_to_ada = any(str(i) in repr(asked) for i in (ids["profile"], ids["image"]))
            assert not points_to_ada or name == "profiles.get_or_default"
            assert asked.get("comment") != ids["comment"]
        for mark in (secret(ADA), str(ids["profile"]), str(ids["image"])):
            assert mark in repr(asked) or mark not in shown
    assert store.owners.export(ADA) == before


def test_the_property_above_reaches_every_verb(store: Store) -> None:
    """The same arguments do work for the owner: NotFound came from ownership, nothing else."""
    for name in ALL_VERBS:
        if name == "owners.erase":
            continue
        owner = f"owner-of-{name}"
        ids = furnish(store, owner)
        verb = verbs(store)[name]
        given = arguments(name, verb, ids)
        if name == "profiles.named":
            given["name"] = secret(owner)
        if name == "images.record":
            given["picture"] = given["picture"].model_copy(update={"file": "mine.png"})  # type: ignore[attr-defined]
        verb(owner, **given)


def test_feedback_cannot_point_to_anothers_comment(store: Store) -> None:
    ada, bob = furnish(store, ADA), furnish(store, BOB)
    feedback = Feedback(comment=int(str(ada["comment"])))
    with pytest.raises(NotFound, match="no comment"):
        store.images.rate(BOB, str(bob["image"]), feedback=feedback)


def test_a_version_cannot_point_to_anothers_comment_or_extraction(store: Store) -> None:
    ada, bob = furnish(store, ADA), furnish(store, BOB)
    mine = str(bob["profile"])
    evidence = (Evidence(comment=int(str(ada["comment"])), quote="mine?"),)
    preference = VisualPreference(liked=(Attribute(attribute="teal", evidence=evidence),))
    store.preferences.save(BOB, mine, preference=preference)
    (teal,) = store.preferences.current(BOB, mine).preference.liked
    assert teal.evidence[0].comment is None
    foreign = store.preferences.extractions(ADA, str(ada["profile"]))[0].id
    with pytest.raises(NotFound, match="no extraction"):
        store.preferences.save(BOB, mine, preference=VisualPreference(), extraction=foreign)


def test_ids_in_addresses_cannot_be_guessed(store: Store) -> None:
    ids = [furnish(store, owner) for owner in (ADA, BOB)]
    for kind in ("profile", "image"):
        first, second = (str(i[kind]) for i in ids)
        assert len(first) == len(second) == 32
        assert first[:8] != second[:8]


def test_erasing_a_person_leaves_nothing_of_them_in_the_files(store: Store, tmp_path: Path) -> None:
    furnish(store, ADA)
    bob = furnish(store, BOB)
    others = store.owners.export(BOB)
    store.owners.erase(BOB)
    for index in range(20):  # enough to use several pages
        store.comments.save(
            ADA,
            store.profiles.list(ADA)[0].id,
            comment=Comment(text=f"{secret(ADA)} {index} " * 99),
        )
    assert secret(ADA).encode() in on_disk(tmp_path)
    assert store.owners.erase(ADA) == (f"{secret(ADA)}.png",)
    store.owners.ensure("somebody")
    assert secret(ADA).encode() not in on_disk(tmp_path)
    assert str(bob["profile"]) in repr(others)
    with pytest.raises(NotFound, match="no owner 'ada'"):
        store.owners.erase(ADA)
    with pytest.raises(NotFound, match="no owner 'ada'"):
        store.owners.export(ADA)


def on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.glob("viper.sqlite3*")))


def test_erasing_touches_nobody_else(store: Store) -> None:
    furnish(store, ADA)
    furnish(store, BOB)
    before = store.owners.export(BOB)
    store.owners.erase(ADA)
    assert store.owners.export(BOB) == before


def test_an_owner_is_made_once(store: Store) -> None:
    assert store.owners.ensure(ADA) == store.owners.ensure(ADA)
    assert store.owners.export(ADA)["profiles"] == []
    for bad in ("", "two words", "tab\t", "x" * 129):
        with pytest.raises(BadInput, match="1 to 128 characters"):
            store.owners.ensure(bad)
