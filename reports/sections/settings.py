"""What was asked for: budget, seeds, hand-tuned settings, search spaces."""

from __future__ import annotations

import pandas as pd

from datasets.types import SPLIT_NAMES
from reports import tables
from reports.section import Section, describe, units
from tuners.record import CLOSED_LOOP, HAND, BayesRecord, StudyRecord, SystemRecord
from tuners.store import Store

COLUMNS = ["group", "item", "value", "detail"]

Row = tuple[str, str, str, str]


class Settings(Section):
    name = "settings"
    title = "Settings"
    lead = (
        "The budget, which is the same for every search; the configurations that a person chose; and the space that "
        "each autotuner searched. Every random number follows from the one seed."
    )
    position = 100

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """Rows (group, item, value, detail) as text, one group a table."""
        study = store.study(study_name)
        systems = store.systems(study_name)
        rows = [
            *_asked(study),
            *_hand(study, systems),
            *_spaces(systems, study.spec.guard),
            *_closed_loop(store.bayes(study_name)),
        ]
        return describe(pd.DataFrame(rows, columns=COLUMNS, dtype=str), study)

    def markdown(self, frame: pd.DataFrame) -> str:
        blocks = []
        for group, part in frame.groupby("group", sort=False):
            columns = ["setting", "value"] + (["remark"] if part["detail"].any() else [])
            rows = [
                [tables.escape(row["item"]), tables.code(row["value"]), tables.escape(row["detail"])][
                    : len(columns)
                ]
                for _, row in part.iterrows()
            ]
            blocks.append(f"**{tables.escape(group)}**\n\n{tables.table(columns, rows)}")
        return "\n\n".join(blocks)


def _asked(study: StudyRecord) -> list[Row]:
    spec, budget = study.spec, study.spec.budget
    group = "Asked for"
    rows = [
        (group, "preset", spec.preset or "none", ""),
        (group, "trials of each search, at most", _limit(budget.max_trials), ""),
        (
            group,
            "epochs of each trial, at most",
            str(budget.max_epochs),
            "a hand-tuned network may name its own",
        ),
        (group, "epochs of each search, at most", _limit(budget.total_epochs), ""),
        (group, "seconds of training of each search, at most", _limit(budget.max_seconds), ""),
        (group, "seed of the study", str(spec.seed), "all other seeds follow from it"),
        (
            group,
            "searches of each system",
            str(spec.repeats),
            "each with its own seeds and final training; one where no seed changes the result",
        ),
        (group, f"training {units(study.data.kind)}", _limit(spec.train_limit, "all of them"), ""),
        (
            group,
            "second dev set",
            "none" if spec.second_dev is None else f"{spec.second_dev:g} of dev",
            "" if spec.second_dev is None else "measured after every epoch, learnt by no search",
        ),
        (group, "worker processes", str(spec.workers), "does not change which trials are drawn"),
        (group, "engine", spec.engine, ""),
    ]
    return rows


def _hand(study: StudyRecord, systems: list[SystemRecord]) -> list[Row]:
    selected = {system.label: {search.selected for search in system.searches} for system in systems}
    rows: list[Row] = []
    for spec in study.spec.systems:
        if spec.tuner != HAND:
            continue
        for number, config in enumerate(spec.configs):
            remark = "selected by its dev error" if number in selected.get(spec.label, ()) else ""
            if spec.epochs and spec.epochs > 1:
                remark = f"at most {spec.epochs} epochs" + (f", {remark}" if remark else "")
            rows.append(
                (
                    f"Hand-tuned: {spec.label}",
                    f"configuration {number}",
                    tables.config(config) or "none",
                    remark,
                )
            )
    return rows


def _spaces(systems: list[SystemRecord], guard: bool) -> list[Row]:
    """One table a space, however many tuners searched it."""
    rows: list[Row] = []
    tuned = [system for system in systems if system.space]
    for learner in dict.fromkeys(system.learner for system in tuned):
        mine = [system for system in tuned if system.learner == learner]
        group = f"Search space of {learner}, searched by {', '.join(system.tuner for system in mine)}"
        for row in mine[0].space:
            remarks = [
                "on a logarithmic scale" if row["scale"] == "log" else "",
                f"only where {row['active when']}" if row["active when"] else "",
            ]
            rows.append((group, row["parameter"], row["values"], ", ".join(filter(None, remarks))))
        remark = "what breaks it is not drawn" if guard else "no guard: what breaks it is drawn, and fails"
        rows += [(group, f"rule: {rule['constraint']}", rule["rule"], remark) for rule in mine[0].rules]
    return rows


def _closed_loop(records: list[BayesRecord]) -> list[Row]:
    order = {name: place for place, name in enumerate(SPLIT_NAMES)}
    closed = [record for record in records if record.estimator.startswith(CLOSED_LOOP)]
    group = "Closed-loop errors: fitted and tested on the same split, the lower one is printed"
    return [
        (group, f"{r.split}, {r.estimator}", f"{tables.error(r.value)} %", tables.config(r.settings))
        for r in sorted(closed, key=lambda r: (order.get(r.split, len(order)), r.estimator))  # type: ignore[call-overload]
    ]


def _limit(value: float | None, none: str = "no limit") -> str:
    return none if value is None else f"{value:,g}" if isinstance(value, float) else f"{value:,}"
