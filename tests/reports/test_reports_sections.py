"""What every section owes, and what each one says."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from datasets.errors import UsageError
from datasets.types import SPLIT_NAMES
from reports.pictures import png
from reports.section import Section, section, sections
from tuners.hypermodels.cnn_a import CnnA
from tuners.record import SystemRecord, SystemSpec
from tuners.store import Store

TUNED = "MLP-A1 (keras-random)"
STUDIES = ("full", "unfinished", "all-failed")
#: Sections of which a table says it all.
TABLES = {"patients", "repeats", "architectures", "failures", "settings", "provenance"}
TABLES |= {"spent", "winners", "looks", "checklist"}


def frame_of(store: Store, name: str, study: str = "full") -> pd.DataFrame:
    return section(name).frame(store, study)


def test_sections_stand_in_their_order() -> None:
    names = [found.name for found in sections()]
    assert (names[0], names[-2:]) == ("errors", ["provenance", "checklist"])
    positions = [found.position for found in sections()]
    assert positions == sorted(set(positions))


def test_an_unknown_section_is_answered_with_the_closest() -> None:
    with pytest.raises(UsageError, match="Did you mean errors"):
        section("error")


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("part", sections(), ids=lambda part: part.name)
def test_every_section_keeps_the_contract(store: Store, part: Section, study: str) -> None:
    frame = part.frame(store, study)
    assert frame.attrs["study"] == study
    assert frame.attrs["caption"] == "data set 10, generated"
    assert frame.attrs["systems"] == ["KNN", "MLP-M1", TUNED]
    assert part.lead.endswith(".")
    assert part.title
    again = part.frame(store, study)
    pd.testing.assert_frame_equal(frame, again)
    untouched = frame.copy(deep=True)
    text, figure, picture = part.markdown(frame), part.figure(store, frame), part.picture(store, frame)
    pd.testing.assert_frame_equal(frame, untouched)
    assert text.strip()
    assert "nan" not in text.replace("became nan", "").lower()
    assert "None" not in text
    assert (figure is None) == (picture is None)
    if study == "full" and part.applies(frame):
        assert (figure is not None) == (part.name not in TABLES)
    if figure is not None and picture is not None:
        assert "data set 10, generated" in json.loads(figure.to_json())["layout"]["title"]["text"]
        assert len(png(picture)) > 5_000


@pytest.mark.parametrize("part", sections(), ids=lambda part: part.name)
def test_an_unknown_study_is_named_with_the_closest(store: Store, part: Section) -> None:
    with pytest.raises(UsageError, match="Did you mean full"):
        part.frame(store, "ful")


def test_a_frame_keeps_what_it_knows_when_a_page_caches_it(store: Store) -> None:
    frame = pickle.loads(pickle.dumps(frame_of(store, "surfaces")))
    figure = section("surfaces").figure(store, frame)
    assert figure is not None
    assert "data set 10, generated" in figure.layout.title.text


def test_errors_show_both_sources_and_mark_the_best(store: Store) -> None:
    text = section("errors").markdown(frame_of(store, "errors"))
    lines = text.splitlines()
    assert lines[0] == (
        "| system | train (ours) | dev (ours) | eval (ours) | train (study) | dev (study) | eval (study) |"
    )
    assert lines[2] == "| KNN | **7.63** | 11.50 | 33.44 | 7.63 | 38.83 | 33.44 |"
    assert lines[4] == (
        f"| {TUNED} | 10.05 ± 0.07 | **10.50 ± 0.35** | **30.80 ± 0.28** | 28.95 | 26.95 | 42.07 |"
    )
    assert lines[5].startswith(
        "| BER: closed-loop error as in the study, not a true Bayes error | 2.15 | 11.75 |"
    )
    assert lines[6].startswith("| BER (exact): true Bayes error, from the density")
    assert lines[6].endswith("| 9.00 | 10.00 | 11.00 | – | – | – |")
    assert "our data are generated" in text


def test_every_error_lies_inside_its_panel(store: Store) -> None:
    """One shared axis for three splits must reach to the largest error of all of them."""
    part = section("errors")
    frame = part.frame(store, "full")
    picture = part.picture(store, frame)
    assert picture is not None
    for axes, split in zip(picture.axes, SPLIT_NAMES, strict=True):
        low, high = axes.get_xlim()
        assert low == 0 < frame[split].max() <= high


def test_errors_are_fractions_in_the_frame(store: Store) -> None:
    frame = frame_of(store, "errors").set_index("system")
    assert frame.loc["KNN", "train"] == 0.07625
    assert frame.loc["KNN", "train_study"] == pytest.approx(0.0763)
    assert frame.loc[TUNED, "eval_best"]
    assert not frame.loc["BER", ["train_best", "dev_best", "eval_best"]].any()
    assert frame.loc["BER", "kind"] == "closed loop"


def test_a_bayes_error_is_never_the_best_system(store: Store) -> None:
    assert "**" not in "".join(
        line for line in section("errors").markdown(frame_of(store, "errors")).splitlines() if "BER" in line
    )


def test_an_unscored_system_has_dashes_beside_the_study(store: Store) -> None:
    lines = section("errors").markdown(frame_of(store, "errors", "unfinished")).splitlines()
    assert lines[2] == "| KNN | – | – | – | 7.63 | 38.83 | 33.44 |"
    assert "KNN: every trial failed" in section("errors").markdown(frame_of(store, "errors", "all-failed"))


def test_gaps_agree_with_the_printed_errors(store: Store) -> None:
    lines = section("gaps").markdown(frame_of(store, "gaps")).splitlines()
    assert lines[2].startswith("| KNN | +3.87 | +21.94 | ")  # 11.50 - 7.63, 33.44 - 11.50


def test_search_counts_every_outcome(store: Store) -> None:
    row = frame_of(store, "search").set_index("system").loc[TUNED]
    counts = {
        name: int(row[name]) for name in ("trials", "complete", "pruned", "degenerate", "failed", "repeated")
    }
    one = {"trials": 6, "complete": 3, "pruned": 1, "degenerate": 1, "failed": 1, "repeated": 1}
    assert counts == {name: 2 * count for name, count in one.items()}  # of two searches
    assert row["epochs"] == 2 * (1 + 10 + 10 + 10 + 2 + 10)
    assert row["seconds"] == 2 * sum(12.25 + number for number in (0, 1, 2, 4, 5, 6))
    text = section("search").markdown(frame_of(store, "search"))
    assert "| 6 trials |" in text
    assert "cancelled" not in text
    running = frame_of(store, "search", "unfinished").set_index("system").loc[TUNED]
    assert running["running"] == 1
    assert "not ended" in section("search").markdown(frame_of(store, "search", "unfinished"))


def test_failures_say_why_in_plain_words(store: Store) -> None:
    frame = frame_of(store, "failures")
    assert list(zip(frame["search"], frame["trial"], strict=True)) == [(1, 0), (1, 1), (2, 0), (2, 1)]
    text = section("failures").markdown(frame)
    assert "training diverged, usually because the learning rate is too high" in text
    assert "`layers=1, units_1=8, learning_rate=0.001`" in text
    none = section("failures").markdown(frame.iloc[:0])
    assert none == "No trial failed."


def test_a_long_list_of_failures_is_cut_with_its_length(store: Store) -> None:
    frame = frame_of(store, "failures")
    many = pd.concat([frame] * 20, ignore_index=True)
    text = section("failures").markdown(many)
    assert text.count("| failed |") + text.count("| degenerate |") == 50
    assert "… and 30 more" in text


def test_progress_is_the_best_so_far_of_usable_trials(store: Store) -> None:
    frame = frame_of(store, "progress")
    own = frame[(frame["system"] == TUNED) & (frame["search"] == 2)]
    assert list(own["trial"]) == [0, 1, 2, 4, 5, 6]
    assert list(own["best"].fillna(-1)) == [-1, -1, 0.1075, 0.1025, 0.1025, 0.1025]
    assert "| 10.75 | 10.25 | trial 4 of 6 |" in section("progress").markdown(frame)


def test_curves_hold_every_epoch_of_networks_only(store: Store) -> None:
    frame = frame_of(store, "curves")
    assert set(frame["system"]) == {"MLP-M1", TUNED}
    assert len(frame) == 4 * 7
    assert frame["kept"].sum() == 4
    assert "running mean" in section("curves").lead
    assert "dropout" in section("curves").lead


def test_architectures_show_the_winner(store: Store) -> None:
    frame = frame_of(store, "architectures").set_index("system")
    assert frame.loc[TUNED, "trial"] == 4
    assert pd.isna(frame.loc["KNN", "parameters"])
    assert "| KNN | 51 neighbours | – | 1 | – | `k=51` |" in section("architectures").markdown(
        frame.reset_index()
    )


def test_final_trainings_name_their_seeds(store: Store) -> None:
    frame = frame_of(store, "repeats")
    assert list(frame["seed"]) == [7000, 7000, 7001, 7000, 7001]
    assert list(frame["search_dev"]) == [0.115, 0.11, 0.11, 0.1025, 0.1025]


def test_settings_hold_spaces_and_hand_tuned_configurations(store: Store) -> None:
    text = section("settings").markdown(frame_of(store, "settings"))
    assert "**Search space of mlp-a1, searched by keras-random**" in text
    assert "| units\\_2 | `8 to 256 in steps of 8` | only where layers in 2 |" in text
    assert "| configuration 1 | `k=51` | selected by its dev error |" in text
    assert "| train, closed-loop-rnf | `2.15 %` | trees=100 |" in text


def test_the_surfaces_of_another_split_can_be_asked_for(store: Store) -> None:
    part = section("surfaces")
    frame = part.frame(store, "full")
    frame.attrs["split"] = "dev"
    figure = part.figure(store, frame)
    assert figure is not None
    titles = [note.text for note in figure.layout.annotations]
    assert titles[0] == "KNN<br>dev error 11.50 %"
    assert "points of dev" in part.markdown(frame)


@pytest.mark.parametrize(("guard", "remark"), [(True, "is not drawn"), (False, "no guard")])
def test_the_settings_name_the_rules_of_a_space(
    tmp_path: Path, store: Store, guard: bool, remark: str
) -> None:
    study = store.study("full")
    spec = replace(
        study.spec, guard=guard, systems=(SystemSpec("CNN-A (keras-random)", "cnn-a", "keras-random"),)
    )
    rules = CnnA().space_for((128, 128, 3)).rules()
    assert rules
    record = SystemRecord(
        "guarded", spec.systems[0].label, "cnn-a", "keras-random", 0, CnnA.space.describe(), rules=rules
    )
    with_rules = Store(str(tmp_path / "s.sqlite"))
    with_rules.create_study(replace(study, name="guarded", spec=spec), [record])
    text = section("settings").markdown(frame_of(with_rules, "settings", "guarded"))
    assert f"rule: {rules[0]['constraint']}" in text and remark in text
