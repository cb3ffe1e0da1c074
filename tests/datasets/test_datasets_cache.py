"""The prepared files: read back as they were, written once, safe with several writers."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

import datasets
from datasets import DataError, UsageError, cache
from datasets.types import SPLIT_NAMES


@pytest.fixture
def own(folder_of):
    return datasets.load(str(folder_of("own")))


def test_what_was_written_is_read_back(own, tmp_path):
    folder = cache.write(own, tmp_path / "cache")
    assert folder == tmp_path / "cache" / own.provenance.content_hash[:12]
    assert cache.is_complete(folder)
    tuning = cache.read_tuning_split(folder)
    for name, part in {
        "train": tuning.train,
        "dev": tuning.dev,
        "eval": cache.read_part(folder, "eval"),
    }.items():
        original = own.split.part(name)
        assert np.array_equal(part.x, original.x) and part.x.dtype == original.x.dtype
        assert np.array_equal(part.y, original.y) and part.y.dtype == original.y.dtype
        assert isinstance(part.x, np.memmap)
        assert not part.x.flags.writeable
    meta = json.loads((folder / "meta.json").read_text())
    assert meta["provenance"]["content_hash"] == own.provenance.content_hash
    assert meta["sizes"] == {name: len(own.split.part(name)) for name in SPLIT_NAMES}


def test_the_tuning_split_does_not_need_eval(own, tmp_path):
    folder = cache.write(own, tmp_path)
    (folder / "eval_x.npy").unlink()
    assert len(cache.read_tuning_split(folder).train) == 4


def test_a_complete_folder_is_used_again(own, tmp_path):
    folder = cache.write(own, tmp_path)
    before = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    assert cache.write(own, tmp_path) == folder
    assert {file.name: file.stat().st_mtime_ns for file in folder.iterdir()} == before


def test_other_content_gets_another_folder(own, tmp_path):
    split = replace(own.split, dev=own.split.eval)
    provenance = replace(own.provenance, content_hash=datasets.content_hash(split))
    other = replace(own, split=split, provenance=provenance)
    assert cache.write(other, tmp_path) != cache.write(own, tmp_path)


def test_writers_at_the_same_time_agree_and_leave_nothing_behind(own, tmp_path, monkeypatch):
    # All have written their files before the first renames its folder.
    barrier, publish = threading.Barrier(6), cache.publish
    monkeypatch.setattr(cache, "publish", lambda *folders: (barrier.wait(10), publish(*folders)))
    with ThreadPoolExecutor(6) as pool:
        folders = list(pool.map(lambda _: cache.write(own, tmp_path / "cache"), range(6)))
    assert len(set(folders)) == 1
    assert cache.is_complete(folders[0])
    assert list((tmp_path / "cache").iterdir()) == [folders[0]]


def test_a_write_that_breaks_off_leaves_no_folder(own, tmp_path, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(UsageError, match="No space left"):
        cache.write(own, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_damaged_folder_is_named(own, tmp_path):
    folder = cache.write(own, tmp_path)
    (folder / "dev_x.npy").unlink()
    assert not cache.is_complete(folder)
    with pytest.raises(DataError, match=r"lack dev_x\.npy.*Delete"):
        cache.write(own, tmp_path)
    with pytest.raises(DataError, match="dev part"):
        cache.read_tuning_split(folder)


@pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY\x01\x00"])
def test_a_damaged_file_is_named(own, tmp_path, content):
    folder = cache.write(own, tmp_path)
    (folder / "eval_y.npy").write_bytes(content)
    with pytest.raises(DataError, match=r"eval part.*Delete the folder"):
        cache.read_part(folder, "eval")


def test_a_truncated_file_is_named(own, tmp_path):
    folder = cache.write(own, tmp_path)
    file = folder / "train_x.npy"
    file.write_bytes(file.read_bytes()[:-8])
    with pytest.raises(DataError, match="train part"):
        cache.read_part(folder, "train")


def test_pickled_objects_are_never_loaded(own, tmp_path):
    folder = cache.write(own, tmp_path)
    np.save(folder / "train_y.npy", np.array([{"a": 1}] * 4, dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="train part"):
        cache.read_part(folder, "train")
