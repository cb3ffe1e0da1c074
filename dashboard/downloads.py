"""The error table and the figures of a page as files."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import reading
from datasets.errors import DataError
from datasets.types import SPLIT_NAMES
from reports import tables
from reports.pictures import png
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


def picture(study: str, name: str, split: str = "eval") -> bytes:
    """The figure of a section as PNG, as the report draws it. split: whose samples it shows, if of one split only.

    This imports matplotlib, so pages hand it to a button, which calls it when somebody asks for the file.
    """
    part, store = section(name), reading.store()
    frame = part.frame(store, study)
    frame.attrs["split"] = split
    drawn = part.picture(store, frame)
    if drawn is None:
        raise DataError(f"study {study} has nothing to draw under “{part.title}”")
    return png(drawn)


def picture_button(label: str, study: str, name: str, split: str = "eval") -> None:
    """A button for `picture`."""
    st.download_button(
        label,
        partial(picture, study, name, split),
        f"{study}-{name}.png",
        "image/png",
        key=f"png-{name}",
        help="As the report draws it",
        on_click="ignore",
    )


def _latex_cell(row: pd.Series, column: str) -> str:
    text = tables.error(row[column]).replace(tables.DASH, "--")
    return rf"\textbf{{{text}}}" if row.get(f"{column}_best") is True else text


def _latex_text(text: str) -> str:
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(special.get(letter, f"\\{letter}" if letter in "&%$#_{}" else letter) for letter in text)
