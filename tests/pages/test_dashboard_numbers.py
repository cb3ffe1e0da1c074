"""What pages compute themselves: progress, curves, confusion, files to take away, the report's preview."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from study_records import TRIALS, TUNED, add_study

from dashboard import downloads, live_charts
from dashboard.age import ago
from dashboard.confusion import class_errors, confusion_table
from dashboard.progress import curves, lanes, progress
from dashboard.report_preview import Picture, Report, blocks, zipped
from reports.section import section
from tuners.path import winner
from tuners.record import StudyState, TrialRecord, TrialState
from tuners.store import Store


@pytest.fixture
def trials(store: Store) -> list[TrialRecord]:
    """The trials of an autotuned system in a running study: four told, the third of them failed."""
    add_study(store, "now", state=StudyState.RUNNING, scored=False)
    return store.trials("now", TUNED[0])


@pytest.mark.parametrize(("against", "last"), [("trials", 4.0), ("epochs", 16.0), ("seconds", 6.0)])
def test_a_race_only_falls_and_failed_trials_spend_budget(
    store: Store, trials: list[TrialRecord], against: str, last: float
) -> None:
    (lane,) = lanes(trials, [], store.systems("now"), against)  # type: ignore[arg-type]
    errors = [error for _, error in lane.points]
    assert errors == sorted(set(errors), reverse=True) and len(errors) < len(trials)
    assert lane.head == (last, errors[-1])


def test_results_told_again_cost_nothing(store: Store, trials: list[TrialRecord]) -> None:
    again = replace(trials[-1], number=9, repeat_of=3, asked=90, told=91)
    systems = store.systems("now")
    assert lanes([*trials, again], [], systems, "trials") == lanes(trials, [], systems, "trials")


def test_degenerate_trial_is_best_for_want_of_others_only(trials: list[TrialRecord]) -> None:
    flat = replace(trials[0], state=TrialState.DEGENERATE, dev_error=0.1)
    assert winner([flat, trials[1]]) == trials[1]
    assert winner([flat]) == flat
    assert winner([]) is None


def test_a_pruned_trial_is_chosen_where_none_was_trained_to_its_end(trials: list[TrialRecord]) -> None:
    pruned = replace(trials[0], state=TrialState.PRUNED, dev_error=0.1)
    flat = replace(trials[1], state=TrialState.DEGENERATE, dev_error=0.05)
    assert winner([pruned, flat]) == pruned
    assert winner([pruned, flat, trials[3]]) == trials[3]


def test_progress_counts_what_was_trained(store: Store, trials: list[TrialRecord]) -> None:
    waiting = replace(trials[0], number=9, state=TrialState.RUNNING, told=None)
    rows = progress(store.study("now"), store.systems("now"), [*store.trials("now"), waiting])
    row = next(row for row in rows if row.label == TUNED[0])
    assert (row.done, row.running, row.planned, row.troubled) == (4, 1, TRIALS, 1)
    assert row.fraction == pytest.approx(4 / TRIALS)
    assert row.best_dev == pytest.approx(0.33)


def test_no_trial_runs_in_a_study_that_was_cut_off(store: Store, trials: list[TrialRecord]) -> None:
    study = replace(store.study("now"), state=StudyState.INTERRUPTED)
    begun = replace(trials[3], state=TrialState.RUNNING, told=None)
    rows = progress(study, store.systems("now"), [*trials[:3], begun])
    row = next(row for row in rows if row.label == TUNED[0])
    assert (row.state, row.running) == ("cut off", 0)
    assert not any(curve.running for curve in curves([begun], store.epochs("now"), recent=2, alive=False))


def test_learning_curves_of_running_trials_come_last_and_solid(
    store: Store, trials: list[TrialRecord]
) -> None:
    running = [replace(trials[3], state=TrialState.RUNNING)]
    found = curves(trials[:3] + running, store.epochs("now"), recent=2)
    assert [(curve.trial, curve.running) for curve in found] == [("#1", False), ("#2", False), ("#3", True)]
    option = live_charts.curves_chart(found, [TUNED[0]])
    assert [line["lineStyle"]["type"] for line in option["series"]] == ["dotted", "dotted", "solid"]


def test_class_errors_by_hand() -> None:
    assert class_errors([[3, 1], [0, 0]]) == [0.25, 0.0]


def test_class_names_cannot_bring_markup() -> None:
    assert "<b>" not in confusion_table([[1, 0], [0, 1]], ["<b>", "ok"])


def test_files_hold_the_table(finished: Store) -> None:
    frame = section("errors").frame(finished, "demo")
    csv = downloads.csv(frame)
    assert csv.startswith("system,")
    assert "0.2915" in csv
    assert "**29.15**" in downloads.markdown(frame)
    latex = downloads.latex(frame)
    assert (
        r"MLP-A2 (keras-random) & \textbf{10.00} & 32.00 & \textbf{29.15} & 12.42 & 40.11 & 32.34 \\" in latex
    )
    assert "data set 10, generated" in latex


def test_names_are_escaped_for_latex(finished: Store) -> None:
    frame = section("errors").frame(finished, "demo")
    frame.loc[0, "system"] = r"a_b & 5% \x"
    assert r"a\_b \& 5\% \textbackslash{}x" in downloads.latex(frame)


def test_preview_shows_own_pictures_and_fetches_no_other() -> None:
    text = "# Study\n\n![Errors](errors.png)\n\nsee ![x](http://example.org/a.png), ![[y]][z]\n"
    found = list(blocks(Report({"errors.png": b"png"}, text)))
    assert found[0] == "## Study"
    assert found[1] == Picture(b"png", "Errors")
    assert found[2] == r"see !\[x](http://example.org/a.png), !\[[y]][z]"


def test_picture_that_is_missing_is_named() -> None:
    assert list(blocks(Report({}, "![Errors](errors.png)"))) == ["", "Errors", ""]


def test_zip_is_the_same_for_the_same_report() -> None:
    report = {"report.md": b"text", "errors.png": b"png"}
    first = zipped(report, "demo")
    assert first == zipped(report, "demo")
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.namelist() == ["demo/errors.png", "demo/report.md"]
        assert archive.read("demo/report.md") == b"text"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2025-03-01T10:00:00Z", "just now"),
        ("2025-03-01T09:58:50Z", "1 minute ago"),
        ("2025-03-01T07:00:00Z", "3 hours ago"),
        ("2025-02-27T07:00:00Z", "2 days ago"),
    ],
)
def test_ages(moment: str, words: str) -> None:
    assert ago(moment, datetime(2025, 3, 1, 10, 0, 30, tzinfo=UTC)) == words
