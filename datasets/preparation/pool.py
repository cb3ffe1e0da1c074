"""One function over many files in worker processes: few at a time, and a crash is one bad file."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from datasets.errors import UsageError
from datasets.preparation.extractor import BadFile

T = TypeVar("T")
R = TypeVar("R")

#: Files under way for each worker: enough to keep it busy, few enough for memory.
AHEAD = 2

CRASHED = "its reader crashed"


def run_each(function: Callable[[T], R], items: Sequence[T], workers: int) -> Iterator[tuple[T, R | BadFile]]:
    """Every item with its result or the BadFile that the function raised, in order of completion.

    One worker means this process. Any other error counts as a bad file too: one file out of thousands
    must not end the work of hours. Where a worker process dies (readers written in C meet damaged files),
    the files under way are tried again one by one, so that the right one is found.
    """
    if workers == 1:
        for item in items:
            yield item, _guarded(function, item)
        return
    waiting = deque(items)
    cautious = 0  # files still to be tried alone
    while waiting:
        flying: dict[Future[R | BadFile], T] = {}
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts_to_us)
        try:
            _check(pool)
            while waiting or flying:
                while waiting and len(flying) < (1 if cautious else workers * AHEAD):
                    item = waiting.popleft()
                    flying[pool.submit(_guarded, function, item)] = item
                done, _ = wait(flying, return_when=FIRST_COMPLETED)
                for future in done:
                    result = future.result()
                    cautious = max(0, cautious - 1)
                    yield flying.pop(future), result
        except BrokenProcessPool:
            lost = list(flying.values())
            if len(lost) == 1:
                cautious = max(0, cautious - 1)
                yield lost[0], BadFile(CRASHED)
            else:
                waiting.extendleft(reversed(lost))
                cautious = len(lost)
        finally:
            pool.shutdown(cancel_futures=True)


def _check(pool: ProcessPoolExecutor) -> None:
    """Raises UsageError where no worker can start, which must not look like files that crash their reader."""
    try:
        pool.submit(int).result()
    except BrokenProcessPool:
        raise UsageError(
            "worker processes cannot start here: Python imports the main module in each of them, so it needs"
            ' `if __name__ == "__main__":` around what it runs. Or use one worker.'
        ) from None


def _guarded(function: Callable[[T], R], item: T) -> R | BadFile:
    try:
        return function(item)
    except BadFile as error:
        return error
    except Exception as error:  # a reader's defect: the file is listed with what was raised
        return BadFile(f"unexpected {type(error).__name__}: {' '.join(str(error).split())[:200]}")


def _leave_interrupts_to_us() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
