"""The dev error of a trial belongs to the epoch that it kept: the best one, or the last one in contests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from report_records import FULL
from sqlalchemy import delete, insert, not_, update

from reports.check import Result, checks
from tuners import schema
from tuners.store import Store

SYSTEM = "MLP-M1"
CURVE = (0.3, 0.2, 0.4)
BEST, LAST = 2, 3


@pytest.fixture
def store(store_path: Path, tmp_path: Path) -> Store:
    """One trial, of three epochs of which the second was the best."""
    store = Store(str(shutil.copy(store_path, tmp_path / "copy.sqlite")))
    trials, epochs = schema.trials, schema.epochs
    rows = [
        {"study": FULL, "system": SYSTEM, "repeat": 0, "trial": 0, "epoch": epoch, "dev_loss": 0.5, "dev_error": error,
         "seconds": 1.0}
        for epoch, error in enumerate(CURVE, start=1)
    ]  # fmt: skip
    with store.engine.begin() as connection:
        others = not_((trials.c.system == SYSTEM) & (trials.c.number == 0) & (trials.c.repeat == 0))
        connection.execute(delete(trials).where(trials.c.study == FULL, others))
        connection.execute(delete(epochs).where(epochs.c.study == FULL))
        connection.execute(insert(epochs), rows)
    return store


def checked(store: Store, kept: int, dev_error: float) -> Result:
    """What the check says of a trial that kept this epoch and says this error."""
    values = {"best_epoch": kept, "dev_error": dev_error, "epochs": len(CURVE)}
    with store.engine.begin() as connection:
        connection.execute(update(schema.trials).where(schema.trials.c.study == FULL).values(values))
    result = next(check for check in checks() if check.name == "epochs").run(store, FULL)
    store.close()
    assert result.compared == 2  # the length of its curve, and its error
    return result


@pytest.mark.parametrize("kept", [BEST, LAST])
def test_the_error_of_the_kept_epoch_holds(store: Store, kept: int) -> None:
    assert checked(store, kept, CURVE[kept - 1]).problems == []


@pytest.mark.parametrize(
    ("kept", "claimed", "said"),
    [
        (BEST, LAST, "its dev error is 40.00 %, the lowest of its epochs 20.00 %"),
        (BEST, 1, "its dev error is 30.00 %, the lowest of its epochs 20.00 %"),
        (LAST, BEST, "its dev error is 20.00 %, the last of its epochs 40.00 %"),
        (LAST, 1, "its dev error is 30.00 %, the last of its epochs 40.00 %"),
    ],
)
def test_the_error_of_another_epoch_is_found(store: Store, kept: int, claimed: int, said: str) -> None:
    (problem,) = checked(store, kept, CURVE[claimed - 1]).problems
    assert problem == f"{SYSTEM}, trial #0: {said}"
