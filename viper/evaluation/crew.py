"""Who does the work of an evaluation: this process, or several that are gone afterwards."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any

Say = Callable[[str], None]
"""Told how far it is."""
Work = Callable[..., None]
Run = Callable[[Work, Sequence[tuple[Any, ...]], Say, str], None]


@contextmanager
def crew(workers: int) -> Iterator[Run]:
    """Who does the work: this process, or others that are gone afterwards."""
    if workers == 1:
        yield _alone
        return
    # Forked processes would inherit threads of torch that do not run in them.
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawned, initializer=_on_one_thread) as pool:

        def together(work: Work, jobs: Sequence[tuple[Any, ...]], say: Say, what: str) -> None:
            waiting: list[Future[None]] = [pool.submit(work, *job) for job in jobs]
            try:
                for done, future in enumerate(as_completed(waiting), start=1):
                    future.result()
                    _tell(say, done, len(jobs), what)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

        yield together


def _alone(work: Work, jobs: Sequence[tuple[Any, ...]], say: Say, what: str) -> None:
    for done, job in enumerate(jobs, start=1):
        work(*job)
        _tell(say, done, len(jobs), what)


def _tell(say: Say, done: int, total: int, what: str) -> None:
    if done == total or done % max(1, total // 10) == 0:
        say(f"{done} of {total} {what}")


def _on_one_thread() -> None:
    import torch

    torch.set_num_threads(1)
