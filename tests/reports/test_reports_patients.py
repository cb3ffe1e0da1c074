"""Errors of patients and collapsed networks: the numbers, and what a report says of them."""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from markdown_it import MarkdownIt

sys.path.insert(
    0, str(Path(__file__).resolve().parents[1] / "pages")
)  # importlib mode leaves helpers off the path

from corpus_records import SYSTEMS, add_corpus_study, counts, write_prepared

from datasets.study import study_error
from datasets.types import SPLIT_NAMES, Dataset
from reports.markdown import write_report
from reports.pictures import png
from reports.section import section, sections
from reports.sections.patients import drawn, outside
from reports.statistics import wilson
from tuners.record import StudyState
from tuners.store import Store

GOLDEN = Path(__file__).parent / "golden" / "report_patients.md"

HAND, TUNED = "CNN-M", "CNN-A (keras-random)"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    root = tmp_path_factory.mktemp("patches")
    return write_prepared("patches", root / "corpus", root / "cache")


@pytest.fixture(scope="module")
def patient_store(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A scored study of patches, and one that is still searching."""
    path = str(tmp_path_factory.mktemp("store") / "handtune.sqlite")
    store = Store(path)
    add_corpus_study(store, "tissue", dataset)
    add_corpus_study(store, "begun", dataset, state=StudyState.INTERRUPTED, scored=False)
    store.close()
    store = Store(path, readonly=True)
    yield store
    store.close()


@pytest.fixture(scope="module")
def report(patient_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(patient_store, "tissue", tmp_path_factory.mktemp("out"))


@pytest.mark.parametrize("split", SPLIT_NAMES)
def test_counts_agree_with_counting_sample_by_sample(
    patient_store: Store, dataset: Dataset, split: str
) -> None:
    """Against a loop over samples: who owns each, and how many of each owner's are wrong."""
    part = dataset.split.part(split)  # type: ignore[arg-type]
    owners = [dataset.patients[number] for number in np.asarray(part.patients)]
    samples = {name: owners.count(name) for name in dict.fromkeys(owners)}
    frame = section("patients").frame(patient_store, "tissue")
    own = frame[(frame["split"] == split) & (frame["system"] == HAND)].set_index("patient")
    assert {name: int(own.loc[name, "samples"]) for name in own.index} == samples
    trainings = [
        dict(zip(sorted(samples), counts(dataset, training)[split], strict=True)) for training in (0, 1)
    ]
    for name, count in samples.items():
        wrong = sum(training[name] for training in trainings) / 2
        assert own.loc[name, "wrong"] == wrong
        assert own.loc[name, "error"] == pytest.approx(wrong / count)
        assert own.loc[name, "low"] <= own.loc[name, "error"] <= own.loc[name, "high"]
    errors = section("errors").frame(patient_store, "tissue").set_index("system")
    assert own["overall"].iloc[0] == pytest.approx(errors.loc[HAND, split])
    ranks = list(own["error"])
    assert ranks == sorted(ranks, reverse=True) and list(own["rank"]) == list(range(1, len(own) + 1))


@pytest.mark.parametrize(
    ("wrong", "samples", "low", "high"),
    # Published: Newcombe 1998, Statistics in Medicine 17, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_interval_is_wilsons(wrong: int, samples: int, low: float, high: float) -> None:
    assert wilson(wrong, samples) == pytest.approx((low, high), abs=5e-5)


def test_interval_holds_its_level_where_counts_are_small() -> None:
    """Over all possible counts of 15 samples, weighed by their probability."""
    from math import comb

    for share in (0.1, 0.3, 0.5, 0.8):
        inside = 0.0
        for wrong in range(16):
            low, high = wilson(wrong, 15)
            inside += comb(15, wrong) * share**wrong * (1 - share) ** (15 - wrong) * (low <= share <= high)
        assert 0.9 < inside <= 1


def test_table_says_how_far_patients_lie_apart(patient_store: Store) -> None:
    part = section("patients")
    frame = part.frame(patient_store, "tissue")
    text = part.markdown(frame)
    own = drawn(frame)
    mine = own[own["system"] == HAND]
    errors = list(mine["error"])
    spread = [f"{100 * value:.2f}" for value in (min(errors), statistics.median(errors), max(errors))]
    over = mine.iloc[0]
    interval = f"{100 * over['overall_low']:.2f} to {100 * over['overall_high']:.2f}"
    assert over["overall_low"] < over["overall"] < over["overall_high"]
    cells = [HAND, "6", f"{100 * over['overall']:.2f}", interval, *spread, f"{outside(mine)} of 6"]
    assert f"| {' | '.join(cells)} |" in text
    worst = mine.iloc[0]
    assert (
        f"| {HAND} | `{worst['patient']}` | 2 | {worst['wrong']:.4g} | {100 * worst['error']:.2f} |" in text
    )
    assert text.count(f"| {HAND} | `") == 5  # the worst ones only
    frame.attrs["split"] = "train"
    assert "The train error in percent" in part.markdown(frame)


def test_figure_and_picture_show_every_patient(patient_store: Store) -> None:
    part = section("patients")
    frame = part.frame(patient_store, "tissue")
    figure, picture = part.figure(patient_store, frame), part.picture(patient_store, frame)
    assert figure is not None and picture is not None
    assert [len(trace.x) for trace in figure.data] == [6, 6]
    assert "data set 11, stand-in; eval" in json.loads(figure.to_json())["layout"]["title"]["text"]
    assert len(png(picture)) > 5_000
    assert HAND in part.alt(frame) and "stand-in" in part.alt(frame)


def test_sets_without_patients_have_no_such_section(store: Store) -> None:
    """Their report is the other golden file."""
    part = section("patients")
    frame = part.frame(store, "full")
    assert not part.applies(frame)
    assert "belong to no patient" in part.markdown(frame)
    assert part.title not in (GOLDEN.parent / "report.md").read_text(encoding="utf-8")


def test_report_leaves_out_what_such_data_do_not_have(
    report: Path, patient_store: Store, tmp_path: Path
) -> None:
    text = report.read_text(encoding="utf-8")
    assert "## Decision surfaces" not in text
    assert "## Errors of each patient" in text
    unscored = write_report(patient_store, "begun", tmp_path).read_text(encoding="utf-8")
    assert "## Errors of each patient" not in unscored
    left_out = {part.name for part in sections() if f"## {part.title}\n" not in text}
    assert "surfaces" in left_out and not left_out & {"errors", "patients", "search", "provenance"}


def test_report_is_the_golden_one(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    if os.environ.get("REFRESH_GOLDEN") == "1":
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_report_says_stand_in_wherever_figures_appear(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    images = [child for token in tokens for child in token.children or [] if child.type == "image"]
    assert len(images) == len(list(report.parent.glob("*.png"))) >= 4
    assert all("stand-in" in image.content for image in images)
    opening = text.split("##")[0]
    assert "The data are a stand-in" in opening and "say nothing about the real corpus" in opening
    assert "for orientation only" in opening
    assert "The 12 eval samples come from 6 patients" in opening and "bootstrap over patients" in opening


def test_study_rows_stand_beside_ours(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    assert "| 12.17 | 12.56 | 20.88 |" in text  # CNN-M
    assert "| 35.28 | 24.28 | 41.55 |" in text  # CNN-A
    assert "There are no BER rows" in text


@pytest.mark.parametrize("kind", ["eeg", "patches"])
def test_variants_have_no_row_in_the_study(kind: str) -> None:
    name, hand, _, tuned, _ = SYSTEMS[kind]
    assert study_error(name, hand, "eval") is not None and study_error(name, tuned, "eval") is not None
    for variant in (f"{hand}2", "CNN-A2 (keras-random)", "CNN-LSTM-A (keras-random)", "LSTM-A2", "KNN"):
        assert study_error(name, variant, "eval") is None


def test_collapsed_system_is_marked_with_a_footnote(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    assert f"| {TUNED} †: one class for everything | 50.00 | 50.00 | 50.00 |" in text
    assert "† This network answers one class for everything" in text
    assert "error is that of a constant answer" in text
    assert f"{TUNED} collapsed: it answers one class for everything" in text
    assert "† Answers one class for everything: CNN-A" in text
    assert "stopped after epoch 2 of 4" in text
    assert "Degenerate: the network answers one class for every sample" in text


def test_mark_is_in_the_figures_too(patient_store: Store) -> None:
    frame = section("errors").frame(patient_store, "tissue")
    figure = section("errors").figure(patient_store, frame)
    assert figure is not None
    assert figure.layout.yaxis.ticktext == (HAND, f"{TUNED} †")
    curves = section("curves")
    titles = [
        note.text
        for note in curves.figure(patient_store, curves.frame(patient_store, "tissue")).layout.annotations
    ]  # type: ignore[union-attr]
    assert titles == [HAND, f"{TUNED} † answers one class"]


def test_a_collapse_of_some_trainings_is_counted(dataset: Dataset, tmp_path: Path) -> None:
    store = Store(str(tmp_path / "some.sqlite"))
    add_corpus_study(store, "some", dataset)
    first = next(score for score in store.scores("some") if score.system == TUNED)
    store.add_score(replace(first, repeat=1, degenerate=False, reason=""))
    note = section("errors").frame(store, "some").set_index("system").loc[TUNED, "note"]
    assert note == "one class for everything in 1 of 2 trainings"


def test_the_studys_own_collapse_is_named(tmp_path: Path) -> None:
    data = write_prepared("eeg", tmp_path / "corpus", tmp_path / "cache")
    store = Store(str(tmp_path / "eeg.sqlite"))
    add_corpus_study(store, "eeg", data)
    notes = section("errors").frame(store, "eeg").attrs["footnotes"]
    assert any(
        "LSTM-A with 50.00 / 50.00 / 50.00 has the error of a constant answer" in note for note in notes
    )
