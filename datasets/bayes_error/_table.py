"""The table that `python -m datasets.bayes_error` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datasets.bayes_error._estimator import RECOMMENDED, Estimator, estimators
from datasets.command_line import text_table

#: What a role is called in tables.
ROLES = {"estimate": "estimate", "bound": "bound", "replication": "as in the study"}

LEGEND = """value     the estimate; of a bound with two sides their middle
bracket   where theory has the Bayes error if its assumptions hold; (a): with endless data, not with these
interval  95 %, by the scatter of these samples; it says nothing about an estimator's own bias"""
OFF = "off       value less the exact Bayes error, in points; + is too high"
STUDY = "as in the study: a closed-loop error, counted on the points that were fitted. It is no Bayes error."
LEFT = (0, 5, 6)


def judged_table(rows: list[dict[str, Any]]) -> str:
    """Rows of `Judged.rows` as a text table, its notes under it."""
    header = ["estimator", "value", "off", "bracket", "95 % interval", "with", ""]
    cells = [header, *(_cells(row) for row in rows)]
    for i in LEFT:
        width = max(len(line[i]) for line in cells)
        for line in cells:
            line[i] = line[i].ljust(width)
    kept = [i for i in range(len(header)) if any(line[i].strip(" –") for line in cells[1:])]
    table = text_table([header[i] for i in kept], [[line[i] for i in kept] for line in cells[1:]])
    said: dict[str, list[str]] = {}
    for row in rows:
        if row["note"]:
            said.setdefault(row["note"], []).append(row["estimator"])
    notes = [f"  {', '.join(names)}: {note}" for note, names in said.items()]
    return "\n".join([table, *notes])


def legend(splits: list[dict[str, Any]]) -> str:
    """What the columns of the tables of these splits mean."""
    rows = [row for part in splits for row in part["estimates"]]
    lines = [LEGEND]
    if any(row["off"] is not None for row in rows):
        lines.append(OFF)
    if any(row["role"] == "replication" for row in rows):
        lines.append(STUDY)
    return "\n".join(lines)


def _cells(row: dict[str, Any]) -> list[str]:
    bracket = _range(row["lower"], row["upper"])
    settings = row["settings"] if row["role"] == "replication" else row["chosen"]
    return [
        row["estimator"],
        f"{row['value']:.2f}",
        "–" if row["off"] is None else f"{row['off']:+.2f}",
        bracket + (" (a)" if row["asymptotic"] and bracket != "–" else ""),
        _range(row["low"], row["high"]),
        _settings(settings),
        "recommended" if row["estimator"] == RECOMMENDED else ROLES[row["role"]],
    ]


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "–"
    if low is None:
        return f"up to {high:.2f}"
    return f"from {low:.2f}" if high is None else f"{low:.2f} to {high:.2f}"


def _settings(settings: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3g}" for name, value in settings.items()) or "–"


def estimator_rows() -> list[dict[str, Any]]:
    """What `--list` says of each estimator."""
    return [_description(estimator) for estimator in estimators().values()]


def _description(estimator: Estimator) -> dict[str, Any]:
    return {
        "estimator": estimator.name,
        "recommended": estimator.name == RECOMMENDED,
        "role": estimator.role,
        "classes": estimator.only,
        "asymptotic": estimator.asymptotic,
        "slow": estimator.slow,
        "title": estimator.title,
        "formula": estimator.formula,
        "source": estimator.source,
        "settings": dict(estimator.defaults),
        "missing": estimator.missing(),
    }


def estimator_list() -> str:
    """The same as text."""
    return "\n\n".join(_entry(row) for row in estimator_rows())


def _entry(row: dict[str, Any]) -> str:
    role = "as in the study, no Bayes error" if row["role"] == "replication" else row["role"]
    marks = [
        "recommended" if row["recommended"] else role,
        "any number of classes" if row["classes"] is None else f"{row['classes']} classes only",
        *(["asymptotic"] if row["asymptotic"] else []),
        *(["slow"] if row["slow"] else []),
        *([row["missing"]] if row["missing"] else []),
    ]
    lines = [
        f"{row['estimator']}  ({'; '.join(marks)})",
        f"  {row['title']}",
        f"  formula   {row['formula']}",
        f"  source    {row['source']}",
    ]
    if row["settings"]:
        lines.append(f"  settings  {_settings(row['settings'])}")
    return "\n".join(lines)
