"""What a study of generated points knows before anything is trained, and gets where an earlier version began it."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest
from sqlalchemy import delete

from tuners import schema, study
from tuners.progress import Progress
from tuners.record import EXACT, MONTE_CARLO, TRAIN_RULE, Budget, StudySpec, StudyState, SystemSpec
from tuners.store import Store

EXPECTED = {("train", EXACT), ("train", MONTE_CARLO)} | {
    (split, name) for split in ("dev", "eval") for name in (EXACT, MONTE_CARLO, TRAIN_RULE)
}


class Log(Progress):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)


@pytest.mark.slow
def test_what_is_known_of_generated_points_and_a_study_of_an_earlier_version(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store.sqlite"))
    knn = SystemSpec("KNN", "knn", "hand", ({"k": 5},), 1)
    created = study.create(store, "s", StudySpec("09", (knn,), Budget(1, 1), train_limit=500), "", Log())
    records = store.bayes("s")
    assert {(r.split, r.estimator) for r in records} == EXPECTED
    value = {(r.split, r.estimator): r for r in records}
    for split in ("train", "dev", "eval"):
        exact, check = value[split, EXACT], value[split, MONTE_CARLO]
        assert abs(exact.value - check.value) < exact.bound + 4 * check.bound
    assert value["eval", TRAIN_RULE].value > value["eval", EXACT].value + 0.1
    assert value["eval", TRAIN_RULE].settings == {"undecided": 0.0}

    folder = Path(created.data.folder)
    files = sorted(path.name for path in folder.iterdir())
    for path in folder.glob("*_posterior.npy"):
        path.unlink()
    with store.engine.begin() as connection:
        connection.execute(delete(schema.bayes).where(schema.bayes.c.estimator != EXACT))
    store.update_study("s", state=StudyState.INTERRUPTED)
    log = Log()
    study.reopen(store, "s", log)
    assert any("densities" in line for line in log.lines)
    assert set(map(repr, store.bayes("s"))) == set(map(repr, records))
    assert sorted(path.name for path in folder.iterdir()) == files

    # Points that this version would not draw: nothing is known of them, and the study goes on without.
    other = replace(created.data, content_hash="0" * 64)
    with store.engine.begin() as connection:
        connection.execute(delete(schema.bayes))
    store.update_study("s", state=StudyState.INTERRUPTED, data=asdict(other))
    log = Log()
    study.reopen(store, "s", log)
    assert any("nothing could be added" in line for line in log.lines)
    assert store.bayes("s") == []
