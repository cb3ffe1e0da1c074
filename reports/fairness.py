"""Were the systems of several studies treated alike? Read from the records, one row a condition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tuners.record import Budget, StudyRecord


@dataclass(frozen=True)
class Condition:
    """What should be the same in all studies. values: by study, as text."""

    name: str
    values: Mapping[str, str]

    @property
    def equal(self) -> bool:
        return len(set(self.values.values())) == 1


def budget_text(budget: Budget) -> str:
    """All limits of a search in words."""
    limits = [
        f"{budget.max_trials} trials" if budget.max_trials is not None else "",
        f"{budget.max_epochs} epochs a trial",
        f"{budget.total_epochs} epochs in all" if budget.total_epochs is not None else "",
        f"{budget.max_seconds:g} seconds of training" if budget.max_seconds is not None else "",
    ]
    return ", ".join(filter(None, limits))


def _versions(study: StudyRecord) -> str:
    packages = study.environment.packages
    return ", ".join(f"{name} {version}" for name, version in sorted(packages.items()))


#: Conditions of any comparison; data are for their reader to judge.
CONDITIONS: Mapping[str, Callable[[StudyRecord], str]] = {
    "budget of a search": lambda study: budget_text(study.spec.budget),
    "searches of each system": lambda study: str(study.spec.repeats),
    "guard against impossible configurations": lambda study: "on" if study.spec.guard else "off",
    "second dev set": lambda study: (
        "none" if study.spec.second_dev is None else f"{study.spec.second_dev:g} of dev"
    ),
    "commit": lambda study: study.environment.commit,
    "Python": lambda study: study.environment.python,
    "versions of packages": _versions,
    "device": lambda study: study.environment.device,
}

#: The data of a study, for reports in which they have to be the same.
DATA: Mapping[str, Callable[[StudyRecord], str]] = {
    "hash of the data": lambda study: study.data.content_hash[:12],
    "data set": lambda study: f"{study.data.name}, {study.data.provenance}",
}


def conditions(
    studies: Sequence[StudyRecord], asked: Mapping[str, Callable[[StudyRecord], str]]
) -> list[Condition]:
    """Each condition with what the studies have."""
    return [Condition(name, {study.name: read(study) for study in studies}) for name, read in asked.items()]


def table_rows(found: Sequence[Condition]) -> list[tuple[str, str, str]]:
    """(condition, "same" or "DIFFERS", values), where values name studies only where they differ."""
    rows = []
    for condition in found:
        if condition.equal:
            text = next(iter(condition.values.values()))
        else:
            text = "; ".join(f"{study}: {value}" for study, value in condition.values.items())
        rows.append((condition.name, "same" if condition.equal else "DIFFERS", text))
    return rows
