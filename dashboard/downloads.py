"""The error table as files."""

from __future__ import annotations

import pandas as pd

from datasets.types import SPLIT_NAMES
from reports import tables
from reports.section import section


def csv(frame: pd.DataFrame) -> str:
    """Everything in the frame: errors and deviations as fractions, with all their digits."""
    return frame.to_csv(index=False)


def markdown(frame: pd.DataFrame) -> str:
    """As in the report."""
    return section("errors").markdown(frame) + "\n"


def latex(frame: pd.DataFrame) -> str:
    """The study's layout for a paper; needs no package."""
    columns = [*SPLIT_NAMES, *(f"{split}_study" for split in SPLIT_NAMES)]
    heads = [*(f"{split} (ours)" for split in SPLIT_NAMES), *(f"{split} (study)" for split in SPLIT_NAMES)]
    lines = [
        f"% {frame.attrs['caption']}; error rates in percent",
        *([r"% \dagger: answers one class for everything"] if frame["degenerate"].any() else []),
        r"\begin{tabular}{l" + "r" * len(columns) + "}",
        r"\hline",
        " & ".join(["system", *heads]) + r" \\",
        r"\hline",
    ]
    for _, row in frame.iterrows():
        cells = [_latex_cell(row, column) for column in columns]
        name = _latex_text(row["system"]) + (r" $\dagger$" if row["degenerate"] else "")
        lines.append(" & ".join([name, *cells]) + r" \\")
    return "\n".join([*lines, r"\hline", r"\end{tabular}", ""])


def _latex_cell(row: pd.Series, column: str) -> str:
    text = tables.error(row[column]).replace(tables.DASH, "--")
    return rf"\textbf{{{text}}}" if row.get(f"{column}_best") is True else text


def _latex_text(text: str) -> str:
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(special.get(letter, f"\\{letter}" if letter in "&%$#_{}" else letter) for letter in text)
