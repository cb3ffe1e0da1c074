"""What every data set of the catalogue must do."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode leaves a test's own folder off the path

import cifar_files
import imagenette_files

import datasets
from datasets import cache
from datasets.corpus_source import CorpusSource
from datasets.inputs import fit_inputs, input_shape
from datasets.plugins import Plugin, all_plugins_required, scan
from datasets.source import CATALOG, Source
from datasets.types import SPLIT_NAMES, content_hash

SOURCES = datasets.sources()

#: Sets of published files, and what writes a few samples in their format; no seed draws them.
PUBLISHED = {
    "cifar10": cifar_files.write_binary,
    "imagenette": imagenette_files.write_folder,
    "imagenette-64": imagenette_files.write_folder,
}


def usable(plugin: Plugin) -> None:
    reason = plugin.missing()
    if reason and not all_plugins_required():
        pytest.skip(f"{plugin.name} {reason}")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if isinstance(source, CorpusSource) else name
        for name, source in SOURCES.items()
    ],
)
def test_a_source_gives_a_whole_data_set(name, small_corpus, tmp_path, monkeypatch):
    source = SOURCES[name]
    usable(source)
    assert source.title and source.kind
    monkeypatch.setenv("HANDTUNE_CACHE", str(tmp_path))
    if name in PUBLISHED:
        root = PUBLISHED[name](tmp_path / "root")
    else:
        root = small_corpus(name) if isinstance(source, CorpusSource) else None
    dataset = source.load(root, 7)
    assert (dataset.name, dataset.class_names, dataset.kind) == (name, source.class_names, source.kind)
    real = name in PUBLISHED
    assert dataset.provenance.kind in (("real",) if real else ("generated", "stand-in"))
    assert dataset.provenance.seed == (None if real else 7)
    assert dataset.provenance.source
    if cache.read_meta(dataset.folder).get("view") if dataset.folder else None:
        assert dataset.provenance.content_hash == cache.stored_hash(dataset.folder)
    else:
        assert dataset.provenance.content_hash == content_hash(dataset.split)
    for part in SPLIT_NAMES:
        samples = dataset.split.part(part)
        assert samples.y.dtype == np.int64
        assert set(np.unique(samples.y)) <= set(range(dataset.classes))
        assert np.isfinite(samples.x).all()
        assert samples.x.shape[1:] == dataset.split.train.x.shape[1:]
    assert len(np.unique(dataset.split.train.y)) == dataset.classes
    assert source.load(root, 7).provenance == dataset.provenance
    tuning = dataset.split.for_tuning(dataset.kind)
    inputs = fit_inputs(tuning)
    assert inputs.shape == input_shape(tuning)
    seen = inputs.evaluation(dataset.split.dev.x[:3])
    assert seen.shape == (3, *inputs.shape) and seen.dtype == np.float32
    drawn = inputs.training(dataset.split.train.x, np.array([1, 0]), np.random.default_rng(0))
    assert drawn.shape == (2, *inputs.shape) and drawn.dtype == np.float32
    again = inputs.training(dataset.split.train.x, np.array([1, 0]), np.random.default_rng(0))
    assert np.array_equal(drawn, again)


def test_the_catalogue_holds_the_sets_of_the_study():
    assert {"08", "09", "10", "11", "12", "digits", "digits-32", "cifar10", "imagenette"} <= set(SOURCES)
    assert scan(CATALOG, Source) is not scan(CATALOG, Source)  # a caller may change its copy
