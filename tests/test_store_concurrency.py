"""Several writers at once, and writers that die."""

import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from viper.preference import Attribute, Comment, VisualPreference
from viper.store import Picture, Store, new_id

ME = "me"
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/viper.sqlite3"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store(url) as store:
        store.upgrade()
        yield store


def attribute(index: int) -> Attribute:
    return Attribute(attribute=f"attribute {index}")


def test_threads_lose_no_write(store: Store) -> None:
    def visit(index: int) -> None:
        profile = store.profiles.get_or_default(ME).id
        store.comments.save(ME, profile, comment=Comment(text=f"comment {index}"))
        with store.transaction():
            preference = store.preferences.current(ME, profile).preference
            store.preferences.save(
                ME, profile, preference=preference.add("liked", attribute(index))
            )
        picture = Picture(file=f"{index}.png", prompt="", seed=index, recipe="{}", request=new_id())
        store.images.record(ME, picture)

    count = 24
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(visit, range(count)))
    (profile,) = store.profiles.list(ME)
    assert {c.comment.text for c in store.comments.list(ME, profile.id)} == {
        f"comment {index}" for index in range(count)
    }
    versions = store.preferences.versions(ME, profile.id)
    assert [v.number for v in versions] == list(range(count, 0, -1))
    assert len(versions[0].preference.liked) == count, "no version may be based on an old one"
    assert store.images.count(ME) == store.images.made_on(ME) == count


def test_threads_do_not_join_each_others_transaction(store: Store) -> None:
    profile = store.profiles.get_or_default(ME).id
    with ThreadPoolExecutor(1) as pool, store.transaction():
        store.comments.save(ME, profile, comment=Comment(text="mine"))
        assert pool.submit(store.comments.list, ME, profile).result() == ()


def _first_start(url: str, results: "multiprocessing.SimpleQueue[bool]") -> None:
    with Store(url) as store:
        made = store.upgrade()
        profile = store.profiles.get_or_default(ME).id
        store.comments.save(ME, profile, comment=Comment(text=str(os.getpid())))
        results.put(made)


def test_processes_may_start_for_the_first_time_together(url: str) -> None:
    results = SPAWN.SimpleQueue()
    workers = [SPAWN.Process(target=_first_start, args=(url, results)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert sorted(results.get() for _ in workers) == [False, False, True]
    with Store(url) as store:
        (profile,) = store.profiles.list(ME)
        assert profile.comments == 3


def _die_after_the_comment(url: str) -> None:
    store = Store(url)
    profile = store.profiles.get_or_default(ME).id
    store.comments.save(ME, profile, comment=Comment(text="typed with care"))
    with store.transaction():
        preference = VisualPreference(liked=(attribute(0),))
        store.preferences.save(ME, profile, preference=preference)
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_was_typed_survives_a_kill_and_nothing_half_done_does(
    store: Store, url: str, tmp_path: Path
) -> None:
    store.close()
    worker = SPAWN.Process(target=_die_after_the_comment, args=(url,))
    worker.start()
    worker.join()
    assert worker.exitcode == -signal.SIGKILL
    with Store(url) as again:
        profile = again.profiles.get_or_default(ME).id
        assert [c.comment.text for c in again.comments.list(ME, profile)] == ["typed with care"]
        assert again.preferences.versions(ME, profile) == ()
        assert again.preferences.save(
            ME, profile, preference=VisualPreference(liked=(attribute(1),))
        )
    connection = sqlite3.connect(tmp_path / "viper.sqlite3")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
