"""The store of `report_records` with records that follow from each other, as those of a run do."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from report_records import FULL, build_store

from datasets import cache
from imld_synth import preset


def build_consistent_store(folder: Path, *, exact: bool = False) -> Path:
    """Writes the studies of `report_records` and makes one of them, FULL, consistent. Returns the store's path.

    exact: its exact Bayes errors too, which takes a second.
    """
    path = build_store(folder)
    with sqlite3.connect(path) as connection:
        data = json.loads(
            connection.execute("SELECT data FROM studies WHERE name = ?", (FULL,)).fetchone()[0]
        )
        data["content_hash"] = cache.stored_hash(Path(data["folder"]))
        connection.execute("UPDATE studies SET data = ? WHERE name = ?", (json.dumps(data), FULL))
        _count_errors(connection, data["sizes"])
        _draw_curves(connection)
        for split in data["sizes"] if exact else ():
            truth = getattr(preset("10"), split).bayes_error()
            connection.execute(
                "UPDATE bayes SET value = ?, bound = ? WHERE split = ? AND estimator = 'exact'",
                (truth.value, truth.bound, split),
            )
    connection.close()
    return path


def _count_errors(connection: sqlite3.Connection, sizes: dict[str, int]) -> None:
    for row, text in connection.execute("SELECT rowid, errors FROM scores").fetchall():
        wrong = {split: round(value * sizes[split]) for split, value in json.loads(text).items()}
        errors = {split: count / sizes[split] for split, count in wrong.items()}
        tables = {
            split: [[sizes[split] // 2 - count, count], [0, sizes[split] // 2]]
            for split, count in wrong.items()
        }
        values = (json.dumps(errors), json.dumps(tables), row)
        connection.execute("UPDATE scores SET errors = ?, confusion = ? WHERE rowid = ?", values)


def _draw_curves(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM epochs WHERE study = ?", (FULL,))
    query = "SELECT system, repeat, number, epochs, dev_error FROM trials WHERE study = ? AND dev_error IS NOT NULL"
    for system, repeat, number, epochs, error in connection.execute(query, (FULL,)).fetchall():
        for epoch in range(1, epochs + 1):
            later = error + 0.1 * (epochs - epoch)
            values = (FULL, system, repeat, number, epoch, 0.5, 0.2, 0.5, later, 1.0)
            connection.execute(
                "INSERT INTO epochs (study, system, repeat, trial, epoch, train_loss, train_error, dev_loss, dev_error,"
                " seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
