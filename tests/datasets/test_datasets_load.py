"""Names, data roots, folders of one's own, provenance, hashes and the train limit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import datasets
from datasets import DataError, Samples, UsageError
from datasets.study import study_dataset
from datasets.train_limit import limit_train
from datasets.types import SPLIT_NAMES


@pytest.mark.parametrize(
    "name", ["8", "08", "#8", "#08", "set_08", "set_8", "SET-08", "set 8", "Set08", " 08 "]
)
def test_the_ways_people_write_a_set(name):
    assert datasets.canonical_name(name) == "08"


@pytest.mark.parametrize("name", ["13", "1O", "spiral", "", "set_", "#", "0008", "-1"])
def test_an_unknown_name_is_a_wrong_argument_that_lists_the_names(name):
    with pytest.raises(UsageError, match=r"no data set called .*08, 09, 10.*folder") as caught:
        datasets.load(name)
    assert caught.value.exit_code == 2


def test_a_close_name_is_suggested():
    with pytest.raises(UsageError, match="Did you mean 10"):
        datasets.load("1O")


@pytest.mark.parametrize("name", ["08", "09", "10"])
def test_generated_sets_have_the_sizes_of_the_study(name):
    dataset = datasets.load(name)
    described = study_dataset(name)
    assert [len(dataset.split.part(part)) for part in SPLIT_NAMES] == [
        described.train,
        described.dev,
        described.eval,
    ]
    assert dataset.classes == described.classes
    assert dataset.provenance.kind == "generated"
    assert set(dataset.densities) == set(SPLIT_NAMES)


def test_the_seed_decides_what_is_generated():
    first, again, other = (datasets.load("10", seed=seed).provenance for seed in (3, 3, 4))
    assert first == again
    assert first.seed == 3
    assert first.content_hash != other.content_hash
    with pytest.raises(UsageError, match="seed"):
        datasets.load("10", seed=-1)


def test_a_real_set_is_read_from_the_data_root(folder_of, tmp_path):
    folder_of("set_10")
    dataset = datasets.load("10", data_root=tmp_path, seed=5)
    assert dataset.provenance.kind == "real"
    assert dataset.provenance.seed is None
    assert str(tmp_path / "set_10") in dataset.provenance.source
    assert dataset.densities is None
    assert dataset.split.eval.x.tolist() == [[-0.32, 0.42], [0.12, 0.22]]
    assert dataset.split.eval.y.tolist() == [1, 0]


def test_the_data_root_may_come_from_the_environment(folder_of, tmp_path, monkeypatch):
    folder_of("set_10")
    folder_of("elsewhere/set_10", train="0,1,1\n1,2,2\n")
    monkeypatch.setenv("HANDTUNE_DATA", str(tmp_path))
    assert len(datasets.load("10").split.train) == 4
    assert len(datasets.load("10", data_root=tmp_path / "elsewhere").split.train) == 2
    monkeypatch.setenv("HANDTUNE_DATA", "")
    assert datasets.load("10").provenance.kind == "generated"


def test_a_root_without_the_set_gives_generated_data_and_says_so(tmp_path):
    dataset = datasets.load("10", data_root=tmp_path)
    assert dataset.provenance.kind == "generated"
    assert f"{tmp_path} has no folder set_10" in dataset.provenance.source
    assert dataset.provenance.content_hash == datasets.load("10").provenance.content_hash


def test_a_root_that_does_not_exist_is_never_passed_over(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="--data-root") as caught:
        datasets.load("10", data_root=tmp_path / "absent")
    assert caught.value.exit_code == 3
    monkeypatch.setenv("HANDTUNE_DATA", str(tmp_path / "absent"))
    with pytest.raises(DataError, match="HANDTUNE_DATA"):
        datasets.load("10")


def test_a_folder_of_ones_own_loads_by_path_and_again_by_its_name(folder_of, monkeypatch, tmp_path):
    folder = folder_of("own", train="b,1,2\na,3,4\n", dev="a,1,1\n", eval="b,0,0\n")
    dataset = datasets.load(str(folder))
    assert dataset.class_names == ("a", "b")
    assert dataset.split.train.y.tolist() == [1, 0]
    assert dataset.kind == "points2d"
    assert dataset.provenance.kind == "real"
    assert str(folder) in dataset.provenance.source
    monkeypatch.chdir(tmp_path)
    for name in ("own", "./own", "own/"):
        again = datasets.load(name)
        assert (again.name, again.provenance.content_hash) == (dataset.name, dataset.provenance.content_hash)
        assert datasets.canonical_name(again.name) == again.name


def test_a_set_of_the_catalogue_wins_over_a_folder_of_its_name(folder_of, monkeypatch, tmp_path):
    folder_of("10")
    monkeypatch.chdir(tmp_path)
    assert datasets.load("10").provenance.kind == "generated"
    assert datasets.load("./10").provenance.kind == "real"


def test_a_class_list_orders_the_classes_and_each_file_may_have_its_own_order(folder_of):
    folder = folder_of(
        "own",
        train="# classes: [red,blue]\nred,1,1\nblue,2,2\n",
        dev="# classes: [blue,red]\n0,2,2\n1,1,1\n",
        eval="0,1,1\n1,2,2\n",
    )
    dataset = datasets.load(str(folder))
    assert dataset.class_names == ("red", "blue")
    assert dataset.split.dev.y.tolist() == [1, 0]  # by name: its class 0 is blue
    assert dataset.split.eval.y.tolist() == [0, 1]  # no list of its own: train's indices


def test_the_train_limit_touches_train_alone_and_is_in_the_provenance():
    whole = datasets.load("10")
    limited = datasets.load("10", train_limit=1_000)
    assert len(limited.split.train) == 1_000
    assert limited.provenance.train_limit == 1_000
    assert limited.provenance.content_hash == datasets.content_hash(limited.split)
    assert limited.provenance.content_hash != whole.provenance.content_hash
    assert np.array_equal(limited.split.dev.x, whole.split.dev.x)
    assert np.array_equal(limited.split.eval.x, whole.split.eval.x)
    assert limited.provenance == datasets.load("10", train_limit=1_000).provenance


def test_a_limit_above_the_size_keeps_all_and_one_below_the_classes_is_refused():
    whole = datasets.load("10")
    assert datasets.load("10", train_limit=10**9).provenance == whole.provenance
    with pytest.raises(UsageError, match="at least 2"):
        datasets.load("10", train_limit=1)


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.integers(1, 60), min_size=2, max_size=5),
    seed=st.integers(0, 2**32 - 1),
    data=st.data(),
)
def test_a_limit_keeps_order_and_balance(counts, seed, data):
    y = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts)).astype(np.int64)
    x = np.column_stack([np.arange(len(y)), np.zeros(len(y))]).astype(float)
    limit = data.draw(st.integers(len(counts), len(y)))
    kept = limit_train(Samples(x, y), limit, len(counts), seed)
    rows = kept.x[:, 0].astype(int)
    assert len(kept) == limit
    assert (np.diff(rows) > 0).all()
    assert np.array_equal(y[rows], kept.y)
    share = np.array(counts) * limit / len(y)
    got = np.bincount(kept.y, minlength=len(counts))
    assert (got >= 1).all()
    if (share >= 1).all():
        assert (np.abs(got - share) < 1).all()


def test_the_study_files_are_read_as_they_are(shared_data, tmp_path):
    with pytest.raises(DataError, match=r"set_10.eval\.csv: there is no such file"):
        datasets.load("10", data_root=shared_data)
    folder = tmp_path / "set_10"
    folder.mkdir()
    for name, source in (("train", "train"), ("dev", "dev"), ("eval", "dev")):
        (folder / f"{name}.csv").symlink_to(shared_data / "set_10" / f"{source}.csv")
    dataset = datasets.load("10", data_root=tmp_path)
    assert [len(dataset.split.part(name)) for name in SPLIT_NAMES] == [100_000, 10_000, 10_000]
    assert np.bincount(dataset.split.train.y).tolist() == [50_000, 50_000]
    assert dataset.split.train.x[0].tolist() == [0.022375, -0.645610]


def test_a_real_set_of_which_only_dev_is_there_is_refused(shared_data):
    with pytest.raises(DataError, match=r"set_08.train\.csv.*complete"):
        datasets.load("08", data_root=shared_data)
