"""Published figures: sizes of the study's data sets and error rates of its systems, and people who tuned by hand."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from datasets.types import SPLIT_NAMES, SplitName


@dataclass(frozen=True)
class StudyDataset:
    """A data set as the study describes it; features: shape of one sample in words ("2", "512x512x3")."""

    name: str
    description: str
    classes: int
    features: str
    train: int
    dev: int
    eval: int


def study_error(dataset: str, system: str, split: SplitName) -> float | None:
    """The error in percent that the study reports, None where it reports none.

    dataset: a name of the catalogue such as "10". system: a name in tables. Its tuner is passed over:
    "MLP-A1 (keras-random)" asks for MLP-A1. Where the study has one network of a sort without a number
    (MLP-M and MLP-A on sets 08 and 09), that of number 1 stands for it.
    """
    table = _results().get(dataset, {})
    base = system.partition(" (")[0]
    errors = table.get(base) or (table.get(base[:-1]) if base.endswith("1") else None)
    return errors[split] if errors else None


def study_systems(dataset: str) -> tuple[str, ...]:
    """The systems that the study reports for a data set, in its order; empty for an unknown set."""
    return tuple(_results().get(dataset, {}))


def study_dataset(name: str) -> StudyDataset | None:
    """How the study describes the data set, None where it has none of that name."""
    return _datasets().get(name)


#: Where the figures on people come from.
PEOPLE_SOURCE = "Anand, Wang, Loog and van Gemert, “Black Magic in Deep Learning: How Human Skill Impacts Network Training”, BMVC 2020"


@dataclass(frozen=True)
class StudyFigure:
    """A figure on people as it was printed. value: accuracies and standard deviations in percent. where: in the paper or in
    the thesis behind it, which disagree in places. note: what is wrong with it, if anything is."""

    quantity: str
    value: float
    printed: str
    where: str
    note: str


def study_people(quantity: str) -> float:
    """A figure that PEOPLE_SOURCE printed of the people who tuned a network by hand, without an autotuner beside them.

    quantity: "people"; "configurations" that they tried together; "spearman", the rank correlation of their months of
    experience with their final accuracy; "final_accuracy" and "final_accuracy_sd" in percent; and all others of
    `study_figures`. Raises KeyError for any other.
    """
    return study_figures()[quantity].value


@cache
def study_figures() -> dict[str, StudyFigure]:
    """All figures on people by quantity, in the order of the file."""
    return {
        row["quantity"]: StudyFigure(
            row["quantity"], float(row["value"]), row["printed"], row["where"], row["note"]
        )
        for row in _rows("study_people.csv")
    }


@cache
def _results() -> dict[str, dict[str, dict[SplitName, float]]]:
    table: dict[str, dict[str, dict[SplitName, float]]] = {}
    for row in _rows("study_results.csv"):
        table.setdefault(row["dataset"], {})[row["system"]] = {name: float(row[name]) for name in SPLIT_NAMES}
    return table


@cache
def _datasets() -> dict[str, StudyDataset]:
    return {
        row["dataset"]: StudyDataset(
            name=row["dataset"],
            description=row["description"],
            classes=int(row["classes"]),
            features=row["features"],
            train=int(row["train"]),
            dev=int(row["dev"]),
            eval=int(row["eval"]),
        )
        for row in _rows("study_datasets.csv")
    }


def _rows(file: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(files("datasets").joinpath(file).read_text(encoding="utf-8").splitlines())
