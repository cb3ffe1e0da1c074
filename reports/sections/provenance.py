"""Where the data came from, what ran, and how to run it again."""

from __future__ import annotations

import re

import pandas as pd

from datasets.types import SPLIT_NAMES
from reports import tables
from reports.section import Section, describe
from tuners.record import DataInfo, Environment, StudyRecord
from tuners.seeds import search_seed, second_dev_seed
from tuners.store import Store

COLUMNS = ["group", "item", "value"]

#: What kinds of data are, for readers who know none of the words.
KINDS = {
    "real": "files as their owners gave or published them",
    "generated": "drawn from a known density, not the study's own files",
    "stand-in": "made up in the format of a corpus that is not at hand",
    "drawn": "points that somebody drew as strokes, dabs and distributions, not measurements of anything",
}

#: Kinds of samples whose stand-ins are not made up, and what they are.
CHANGED = {
    kind: "real samples with noise added, in place of data that are not at hand"
    for kind in ("images", "small-images")
}

MARK = " with local changes"


class Provenance(Section):
    name = "provenance"
    title = "Reproducibility"
    lead = (
        "Which data, code, seeds and machine gave these figures, and the commands that repeat the run and verify this "
        "report. The same hash means the same samples, bit for bit."
    )
    position = 110

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """Rows (group, item, value) as text. The group "Repeat" holds one shell line a row."""
        study = store.study(study_name)
        rows = [
            *(("Data", item, value) for item, value in _data(study.data)),
            *(("Code and machine", item, value) for item, value in _machine(study.environment)),
            *(("Seeds", item, value) for item, value in _seeds(store, study)),
            *(("Repeat", str(place), line) for place, line in enumerate(repeat_lines(study), start=1)),
            *(("Beware", str(place), line) for place, line in enumerate(_warnings(study), start=1)),
        ]
        return describe(pd.DataFrame(rows, columns=COLUMNS, dtype=str), study)

    def markdown(self, frame: pd.DataFrame) -> str:
        blocks = []
        for group in ("Data", "Code and machine", "Seeds"):
            part = frame[frame["group"] == group]
            rows = [
                [tables.escape(item), tables.escape(value)]
                for item, value in zip(part["item"], part["value"], strict=True)
            ]
            blocks.append(tables.table([group.lower(), "value"], rows))
        lines = "\n".join(frame.loc[frame["group"] == "Repeat", "value"])
        blocks.append(f"To repeat the run, in a clone of the repository:\n\n{_fenced(lines)}")
        blocks.append(
            "To verify this report, with the store of the run:\n\n"
            f"{_fenced('python -m reports verify report.md --store FILE_OF_THE_STORE')}"
        )
        notes = [f"- {tables.escape(line)}" for line in frame.loc[frame["group"] == "Beware", "value"]]
        return "\n\n".join([*blocks, "\n".join(notes)])


def meaning(data: DataInfo) -> str:
    """What the provenance of a study's data means, in plain words."""
    if data.provenance == "stand-in" and data.kind in CHANGED:
        return CHANGED[data.kind]
    return KINDS.get(data.provenance, "of unknown origin")


def repeat_lines(study: StudyRecord) -> list[str]:
    """The shell lines that repeat a study in a fresh clone."""
    commit = study.environment.commit.removesuffix(MARK)
    lines = [f"git checkout {commit}"] if re.fullmatch("[0-9a-f]{7,40}", commit) else []
    lines.append("pip install -r requirements.txt")
    command = " ".join(study.command.split())
    if study.spec.data_root and "--data-root" not in command:
        command = f"HANDTUNE_DATA=FOLDER_OF_THE_DATA {command}"
    return [*lines, command]


def _data(data: DataInfo) -> list[tuple[str, str]]:
    sizes = ", ".join(
        f"{name} {data.sizes[name]:,}" for name in (*SPLIT_NAMES, "second") if name in data.sizes
    )
    return [
        ("data set", data.name),
        ("kind", f"{data.provenance}: {meaning(data)}"),
        ("source", data.source),
        ("seed of the data", "none" if data.seed is None else str(data.seed)),
        ("sha256", data.content_hash),
        ("samples", sizes),
        ("features", " × ".join(str(size) for size in data.shape)),
        ("classes", ", ".join(data.class_names)),
    ]


def _machine(environment: Environment) -> list[tuple[str, str]]:
    return [
        ("commit", environment.commit),
        ("Python", environment.python),
        *((name, version) for name, version in sorted(environment.packages.items())),
        ("platform", environment.platform),
        ("processor", f"{environment.processor}, {environment.cores} cores"),
        ("memory", f"{environment.memory_gib:g} GiB"),
        ("device", environment.device),
    ]


def _seeds(store: Store, study: StudyRecord) -> list[tuple[str, str]]:
    """The seed of the study and what follows from it; the systems share the seeds of a search."""
    rows = [("study", str(study.spec.seed))]
    final = {score.repeat: score.seed for score in store.scores(study.name)}
    for repeat in range(study.spec.repeats):
        rows.append((f"search {repeat + 1}", str(search_seed(study.spec.seed, repeat))))
        if repeat in final:
            rows.append((f"final training of search {repeat + 1}", str(final[repeat])))
    if study.spec.second_dev is not None:
        rows.append(("division of dev", str(second_dev_seed(study.spec.seed))))
    return rows


def _warnings(study: StudyRecord) -> list[str]:
    notes = [
        "Run it with another --store, or with another --study name: a store holds each name once.",
        "The same versions on the same kind of device give the same figures; other versions or another device may "
        "change the last digits of a training, and with them what a search selects.",
        f"Compare the hash of the data first: {study.data.content_hash[:12]}…",
    ]
    if study.data.provenance == "drawn":
        notes.append(
            f"The data are the drawing {study.data.name}, which is no part of the repository: copy its folder into "
            "runs/drawings (or HANDTUNE_DRAWINGS) first."
        )
    if study.spec.budget.max_seconds is not None:
        notes.append("A limit in seconds was set: a faster machine trains more trials within it.")
    if study.environment.commit.endswith(MARK):
        notes.append(
            "Files had been changed since the commit, so the commit alone may not give these figures."
        )
    return notes


def _fenced(text: str) -> str:
    """A code block whose fence is longer than any run of backticks in it."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}sh\n{text}\n{fence}"
