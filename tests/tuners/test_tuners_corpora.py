"""The study's table on sets 11 and 12, from corpora in the real file formats to scored patients."""

from __future__ import annotations

import json

import pytest

import datasets
from datasets.study import study_systems
from tuners.store import Store

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["11", "12"])
def poster(request, inside, quick, small_corpus, tmp_path_factory):
    """The preset on a small stand-in in the data root, with a search of one trial of one epoch.

    By one worker: each one more would import the libraries once more.
    """
    folder = tmp_path_factory.mktemp("corpora")
    root, store = small_corpus(request.param), str(folder / "s.sqlite")
    result = inside(
        *("--preset", "poster", "--dataset", request.param, "--data-root", str(root), "--study", "s"),
        *("--max-trials", "1", "--max-epochs", "1", "--train-limit", "24", "--workers", "1"),
        *("--store", store, "--json"),
        HANDTUNE_CACHE=str(folder / "cache"),
        **quick,
    )
    assert result.returncode == 0, result.stderr
    return request.param, json.loads(result.stdout), Store(store)


def test_every_row_of_the_study_is_there_and_called_a_stand_in(poster):
    name, document, _ = poster
    assert (document["dataset"], document["provenance"]) == (name, "stand-in")
    rows = [row["system"].partition(" (")[0] for row in document["systems"]]
    assert rows == list(study_systems(name))
    for row in document["systems"]:
        assert all(0 <= row[f"{split}_error"] <= 100 for split in ("train", "dev", "eval"))


def test_every_patient_is_scored_in_one_split_alone(poster):
    _, _, store = poster
    study = store.study("s")
    for score in store.scores("s"):
        owners: dict[str, str] = {}
        for split, rows in score.patients.items():
            assert sum(samples for _, samples, _ in rows) == study.data.sizes[split]
            wrong = sum(wrong for _, _, wrong in rows)
            assert wrong == pytest.approx(score.errors[split] * study.data.sizes[split])
            for patient, _, _ in rows:
                assert owners.setdefault(patient, split) == split
        assert set(owners.values()) == set(datasets.SPLIT_NAMES)
