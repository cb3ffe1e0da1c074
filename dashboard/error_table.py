"""The error table in the study's layout as HTML: a real table for screen readers, narrow on phones."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd

from datasets.percent import percent_text
from datasets.types import SPLIT_NAMES
from reports import tables
from reports.collapse import marked
from tuners.record import TrialState
from tuners.summary import SystemSummary

EFFORT = ("trials", "failed", "epochs", "seconds")

#: The orders of the rows: as the study lists its systems, or the lowest error of a split first.
ORDERS = ("study", *SPLIT_NAMES)


def ordered(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Rows of the section `errors` in one of ORDERS: systems without a figure last, below them the BER rows."""
    if by not in SPLIT_NAMES:
        return frame
    is_system = frame["kind"] == "system"
    first = frame[is_system].sort_values(by, kind="stable", na_position="last").index
    return frame.loc[[*first, *frame[~is_system].index]].reset_index(drop=True)


def error_table(frame: pd.DataFrame, systems: Sequence[SystemSummary], by: str = "study") -> str:
    """Rows of the section `errors`; ours in upright figures, the study's below them in italics.

    by: the order that the rows are in, for screen readers.
    """
    effort = {system.label: _effort(system) for system in systems}
    head = "".join(f"<th scope='col'{_order(name, by)}>{name}</th>" for name in SPLIT_NAMES)
    head += "".join(f"<th scope='col' class='effort'>{name}</th>" for name in EFFORT)
    body = "".join(_row(row, effort.get(row["system"], [""] * len(EFFORT))) for _, row in frame.iterrows())
    return (
        "<div class='errors'><table>"
        f"<thead><tr><th scope='col'>system</th>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _order(name: str, by: str) -> str:
    return " aria-sort='ascending'" if name == by else ""


def _row(row: pd.Series[Any], effort: Sequence[str]) -> str:
    kind_of_note = "note warn" if row["degenerate"] else "note"
    note = f"<span class='{kind_of_note}'>{escape(row['note'])}</span>" if row["note"] else ""
    cells = "".join(f"<td>{_cell(row, split)}</td>" for split in SPLIT_NAMES)
    cells += "".join(f"<td class='effort'>{text}</td>" for text in effort)
    kind = "" if row["kind"] == "system" else " class='bayes'"
    name = escape(marked(row["system"], row["degenerate"]))
    return f"<tr{kind}><th scope='row'>{name}{note}</th>{cells}</tr>"


def _cell(row: pd.Series[Any], split: str) -> str:
    mean, between, spread = tables.error(row[split], row[f"{split}_sd"]).partition(" ± ")
    ours = f"<span class='best' title='lowest of the column'>{mean}</span>" if row[f"{split}_best"] else mean
    if between:
        ours += f"<span class='spread'> ± {spread}</span>"
    study = row[f"{split}_study"]
    if pd.isna(study):
        return ours
    return f"{ours}<span class='study'>study {percent_text(float(study))}</span>"


def _effort(system: SystemSummary) -> list[str]:
    failed = system.states.get(TrialState.FAILED, 0)
    return [str(system.trials), str(failed), f"{system.epochs:,}", f"{system.seconds:,.0f}"]
