"""CIFAR-10: both published versions read alike, nothing in a file is run, and what is wrong is named."""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest

import datasets
from datasets import DataError, UsageError
from datasets.images.cifar10 import VERSIONS, read_cifar10
from datasets.types import Provenance

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode leaves a test's own folder off the path

import cifar_files


@pytest.fixture
def root(tmp_path):
    return cifar_files.write_binary(tmp_path / "root")


def expected(name: str) -> tuple[np.ndarray, np.ndarray]:
    """x and y of a batch, pixel by pixel: plane, row, column become row, column, colour."""
    labels, planes = cifar_files.batch(name)
    x = np.empty((len(labels), 32, 32, 3), dtype=np.uint8)
    for colour in range(3):
        for row in range(32):
            x[:, row, :, colour] = planes[:, 1024 * colour + 32 * row : 1024 * colour + 32 * row + 32]
    return x, labels


def test_the_binary_version_is_read_pixel_by_pixel(root):
    found = read_cifar10(root)
    x, y = expected("test_batch")
    assert np.array_equal(found.test.x, x) and np.array_equal(found.test.y, y)
    assert found.test.x.dtype == np.uint8 and found.test.y.dtype == np.int64
    parts = [expected(name) for name in cifar_files.BATCHES[:5]]
    assert np.array_equal(found.train.x, np.concatenate([x for x, _ in parts]))
    assert np.array_equal(found.train.y, np.concatenate([y for _, y in parts]))


def test_every_way_to_hand_it_over_gives_the_same_set(tmp_path):
    roots = {
        "binary folder": cifar_files.write_binary(tmp_path / "a"),
        "the folder itself": cifar_files.write_binary(tmp_path / "b") / "cifar-10-batches-bin",
        "binary archive": cifar_files.write_archive(
            cifar_files.write_binary(tmp_path / "c"), "cifar-10-batches-bin", "cifar-10-binary.tar.gz"
        ),
        "python folder": cifar_files.write_python(tmp_path / "d"),
        "python archive": cifar_files.write_archive(
            cifar_files.write_python(tmp_path / "e"), "cifar-10-batches-py", "cifar-10-python.tar.gz"
        ),
    }
    sets = {way: datasets.load("cifar10", data_root=root) for way, root in roots.items()}
    assert len({one.provenance.content_hash for one in sets.values()}) == 1
    for way, one in sets.items():
        assert one.provenance.kind == "real" and one.provenance.seed is None
        assert str(roots[way]) in one.provenance.source
        assert ("NOT that of the official" in one.provenance.source) == ("archive" in way)


def test_an_archive_with_the_published_md5_is_called_official(root, monkeypatch):
    import hashlib
    from dataclasses import replace

    from datasets.images import cifar10

    archive = VERSIONS[0].archive
    cifar_files.write_archive(root, VERSIONS[0].folder, archive)
    ours = replace(VERSIONS[0], md5=hashlib.md5((root / archive).read_bytes()).hexdigest())
    monkeypatch.setattr(cifar10, "VERSIONS", (ours,))
    assert read_cifar10(root).source.endswith("the official archive, its md5 is right")


def test_dev_is_a_tenth_of_train_in_every_class_and_eval_is_the_test_part(root):
    dataset = datasets.load("cifar10", data_root=root)
    train, dev, test = (dataset.split.part(name) for name in ("train", "dev", "eval"))
    assert np.bincount(train.y).tolist() == [9] * 10 and np.bincount(dev.y).tolist() == [1] * 10
    assert np.array_equal(test.x, expected("test_batch")[0])
    whole = np.concatenate([expected(name)[0] for name in cifar_files.BATCHES[:5]])
    together = np.concatenate([train.x, dev.x])
    assert sorted(map(bytes, together)) == sorted(map(bytes, whole))
    assert datasets.load("cifar10", data_root=root, seed=5).provenance == dataset.provenance
    limited = datasets.load("CIFAR-10", data_root=root, train_limit=30)
    assert np.bincount(limited.split.train.y).tolist() == [3] * 10
    assert limited.provenance.train_limit == 30


def test_without_the_files_it_says_what_to_get_and_where_to_put_it(tmp_path, command):
    with pytest.raises(DataError, match=r"Download cifar-10-binary\.tar\.gz .* with --data-root"):
        datasets.load("cifar10", data_root=tmp_path)
    done = command("datasets", "info", "cifar10")
    assert done.returncode == 3
    assert "no data root is given" in done.stderr and "digits-32" in done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""


def change(root: Path, name: str, content: bytes | None, folder: str = "cifar-10-batches-bin") -> Path:
    path = root / folder / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    return root


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("data_batch_1.bin", None, "data_batch_1.bin cannot be read"),
        ("data_batch_4.bin", None, "data_batch_4.bin cannot be read"),
        ("test_batch.bin", None, "incomplete: test_batch.bin"),
        ("data_batch_2.bin", b"", "not a whole number of images"),
        ("data_batch_2.bin", cifar_files.binary("data_batch_2")[:-1], "not a whole number of images"),
        ("data_batch_2.bin", b"\x0a" + bytes(3072), "a class is 10, and there are 10 only"),
    ],
)
def test_a_batch_that_is_missing_or_damaged_is_named(root, name, content, words):
    with pytest.raises(DataError, match=words):
        read_cifar10(change(root, name, content))


@pytest.mark.parametrize("cut", [100, 4000])
def test_an_archive_that_was_cut_off_is_refused(root, cut):
    archive = root / "cifar-10-binary.tar.gz"
    cifar_files.write_archive(root, "cifar-10-batches-bin", archive.name)
    archive.write_bytes(archive.read_bytes()[:cut])
    with pytest.raises(DataError, match="cannot be read"):
        read_cifar10(root)


def test_an_archive_without_all_batches_is_refused(root):
    (root / "cifar-10-batches-bin" / "data_batch_3.bin").unlink()
    cifar_files.write_archive(root, "cifar-10-batches-bin", "cifar-10-binary.tar.gz")
    with pytest.raises(DataError, match=r"lacks data_batch_3\.bin"):
        read_cifar10(root)


class Bomb:
    """What an evil pickle holds: a call of any function."""

    def __init__(self, call, *arguments):
        self.call, self.arguments = call, arguments

    def __reduce__(self):
        return self.call, self.arguments


@pytest.mark.parametrize("wrapped", [False, True])
def test_nothing_that_a_pickle_names_is_run(tmp_path, wrapped):
    root = cifar_files.write_python(tmp_path / "root")
    mark = tmp_path / "mark"
    bomb = Bomb(os.mkdir, str(mark))
    evil = cifar_files.pickled({b"labels": [1], b"data": bomb} if wrapped else bomb)
    change(root, "data_batch_1", evil, "cifar-10-batches-py")
    with pytest.raises(DataError, match=r"it names \w+\.mkdir, which no batch of CIFAR-10 does"):
        read_cifar10(root)
    assert not mark.exists()
    pickle.loads(evil)
    assert mark.exists()  # the bomb is a real one


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({b"labels": [1, 2], b"data": np.zeros((1, 3072), np.uint8)}, "2 labels for 1 images"),
        ({b"labels": ["1"], b"data": np.zeros((1, 3072), np.uint8)}, "1 labels for 1 images"),
        ({b"labels": [1], b"data": np.zeros((1, 3072))}, "no table of bytes"),
        ({b"labels": [1], b"data": np.zeros((1, 3071), np.uint8)}, "no table of bytes"),
        ({b"labels": [1], b"data": np.zeros((2, 3072), np.uint8, order="F")}, "no table of bytes"),
        ({b"labels": [10], b"data": np.zeros((1, 3072), np.uint8)}, "a class is 10"),
        ({b"labels": [-1], b"data": np.zeros((1, 3072), np.uint8)}, "a class is -1"),
        ({b"labels": [1], b"data": np.array([{}])}, "no table of bytes"),
        ({b"labels": [1]}, "no data with labels"),
        ([1, 2], "no data with labels"),
    ],
)
def test_a_pickle_of_anything_else_is_refused(tmp_path, content, words):
    root = cifar_files.write_python(tmp_path / "root")
    change(root, "test_batch", cifar_files.pickled(content), "cifar-10-batches-py")
    with pytest.raises(DataError, match=words):
        read_cifar10(root)


@pytest.mark.parametrize("content", [b"", b"no pickle", cifar_files.python("test_batch")[:-500]])
def test_bytes_that_are_no_pickle_are_refused(tmp_path, content):
    root = cifar_files.write_python(tmp_path / "root")
    change(root, "test_batch", content, "cifar-10-batches-py")
    with pytest.raises(DataError, match="cannot be unpickled safely"):
        read_cifar10(root)


def test_the_published_md5s_are_those_of_the_official_page():
    assert {version.archive: version.md5 for version in VERSIONS} == {
        "cifar-10-binary.tar.gz": "c32a1d4ab5d03f1284b67883e8d87530",
        "cifar-10-python.tar.gz": "c58f30108f718f92721af3b95e74349a",
    }


def test_a_train_limit_below_the_classes_is_refused(root):
    with pytest.raises(UsageError, match="at least 10"):
        datasets.load("cifar10", data_root=root, train_limit=9)
    assert isinstance(datasets.load("cifar10", data_root=root).provenance, Provenance)
