"""What all stand-in corpora share: their arguments, their card, and a folder that is whole or not there."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from datasets.errors import UsageError

T = TypeVar("T")

#: At the root of a stand-in. Written last, so its presence says that the corpus is whole.
CARD: Final = "STAND-IN.json"
FEWEST_PATIENTS: Final = 6


def check_arguments(patients: int, difficulty: float, seed: int, workers: int, default: int) -> None:
    """Raises UsageError for an impossible one. default: the number of patients where none is asked for."""
    if patients < FEWEST_PATIENTS:
        raise UsageError(
            f"--patients {patients}: a stand-in needs {FEWEST_PATIENTS} patients or more, so that each of"
            f" train, dev and eval has some; the default is {default}."
        )
    if not 0 <= difficulty <= 1:
        raise UsageError(
            f"--difficulty {difficulty:g}: it goes from 0 (easy) to 1 (hard); the default is 0.5."
        )
    if seed < 0:
        raise UsageError(f"--seed {seed}: a seed is 0 or a positive whole number.")
    if workers < 1:
        raise UsageError(f"--workers {workers}: at least one process has to write.")


def write_whole(
    out: Path,
    card: Mapping[str, object],
    write_one: Callable[[Path, T], int],
    items: Sequence[T],
    total: int,
    workers: int,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Writes every item below a folder beside `out` and renames it, so that a killed run leaves nothing at `out`.

    write_one: takes the root and an item, and returns how many of `total` it has written; it goes to worker
    processes. A finished stand-in with the same card is kept.
    Raises UsageError where `out` holds anything else or cannot be written.
    """
    text = json.dumps(card, indent=2) + "\n"
    if _is_kept(out, text):
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{out.name}.unfinished-", dir=out.parent))
        try:
            # mkdtemp makes folders for their owner only; a corpus is readable as any other folder is.
            (root := unfinished / "corpus").mkdir()
            done = 0
            for count in _written(partial(write_one, root), items, workers):
                done += count
                if progress is not None:
                    progress(done, total)
            (root / CARD).write_text(text, encoding="utf-8", newline="\n")
            if out.exists():
                out.rmdir()
            root.rename(out)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise UsageError(
            f"the stand-in cannot be written to {out}: {error.strerror or error}. Choose another folder."
        ) from None


def _written(write: Callable[[T], int], items: Sequence[T], workers: int) -> Iterator[int]:
    if workers == 1:
        yield from map(write, items)
        return
    # Spawned, because a fork of a process with threads (those of BLAS) may hang.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(items)), mp_context=context) as pool:
        futures = [pool.submit(write, item) for item in items]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _is_kept(out: Path, card: str) -> bool:
    """Whether the same corpus is there. Raises UsageError where something else is."""
    if not out.exists():
        return False
    if not out.is_dir():
        raise UsageError(f"{out}: a file is in the way; name a folder for the stand-in.")
    if not any(out.iterdir()):
        return False
    there = out / CARD
    if there.is_file() and there.read_text(encoding="utf-8", errors="replace") == card:
        return True
    what = "another stand-in corpus" if there.is_file() else "other files"
    raise UsageError(f"{out}: the folder holds {what}; name an empty or a new folder, or delete it first.")
