"""The files of the stand-in EEG corpus: formats, arguments, atomic and repeatable writing."""

from __future__ import annotations

import hashlib
import itertools
import json
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from datasets.eeg.extractor import EegExtractor
from datasets.eeg.standin import write_corpus
from datasets.errors import UsageError


def _hashes(root: Path) -> dict[str, str]:
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _events(path: Path) -> list[tuple[float, float, str]]:
    rows = [line.split(",") for line in path.read_text().splitlines() if line.startswith("TERM,")]
    return [(float(start), float(stop), label) for _, start, stop, label, _ in rows]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("standin") / "tusz"
    write_corpus(out, patients=6, seed=3)
    return out


def test_the_tree_is_that_of_tusz_and_no_patient_is_in_two_splits(corpus: Path) -> None:
    recordings = sorted(path.relative_to(corpus) for path in corpus.rglob("*.edf"))
    owners: dict[str, set[str]] = {}
    for path in recordings:
        edf, split, patient, session, montage, name = path.parts
        assert edf == "edf" and split in ("train", "dev", "eval")
        assert len(patient) == 8 and patient.isalpha() and patient.islower()
        assert montage in ("01_tcp_ar", "02_tcp_le")
        assert name.startswith(f"{patient}_{session[:4]}_t") and session[4] == "_" and len(session) == 9
        assert (corpus / path).with_suffix(".csv_bi").is_file()
        owners.setdefault(patient, set()).add(split)
    assert len(owners) == 6
    assert all(len(splits) == 1 for splits in owners.values())
    assert {split for splits in owners.values() for split in splits} == {"train", "dev", "eval"}
    card = json.loads((corpus / "STAND-IN.json").read_text())
    assert (card["patients"], card["difficulty"], card["seed"]) == (6, 0.5, 3)


def test_annotations_cover_each_record_without_gap_in_alternating_events(corpus: Path) -> None:
    lengths = []
    for path in corpus.rglob("*.csv_bi"):
        events = _events(path)
        assert events[0][0] == 0
        for (_, stop, label), (start, _, after) in itertools.pairwise(events):
            assert stop == start and {label, after} == {"bckg", "seiz"}
        assert f"# duration = {events[-1][1]:.2f} secs" in path.read_text()
        lengths += [stop - start for start, stop, label in events if label == "seiz"]
    # Readers have to pass over the short ones; most are long enough.
    assert min(lengths) < 15 < np.median(lengths)


def test_two_independent_readers_agree_with_the_annotation(corpus: Path) -> None:
    mne = pytest.importorskip("mne")
    pyedflib = pytest.importorskip("pyedflib")
    for path in sorted(corpus.rglob("*.edf"))[::4]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            raw = mne.io.read_raw_edf(path, verbose="error", preload=True)
        with pyedflib.EdfReader(str(path)) as reader:
            labels = reader.getSignalLabels()
            assert reader.getFileDuration() == _events(path.with_suffix(".csv_bi"))[-1][1]
            first = next(i for i, label in enumerate(labels) if label.startswith("EEG FP1-"))
            assert {f"EEG {name}-{labels[first][8:]}" for name in ("FZ", "PZ", "A1", "A2")} <= set(labels)
            assert reader.getSampleFrequency(first) in (250, 256, 400, 512)
            microvolts = reader.readSignal(first)
            assert "STAND-IN" in path.read_bytes()[88:168].decode("ascii")
        if raw.info["sfreq"] == reader_rate(path, labels[first]):  # mne resamples where rates differ
            np.testing.assert_allclose(raw.get_data([labels[first]])[0] * 1e6, microvolts, atol=0.11)
        assert 2 < np.std(microvolts) < 300


def reader_rate(path: Path, label: str) -> float:
    import pyedflib

    with pyedflib.EdfReader(str(path)) as reader:
        return float(reader.getSampleFrequency(reader.getSignalLabels().index(label)))


def test_the_extractor_reads_every_file_of_it(corpus: Path) -> None:
    extractor = EegExtractor(corpus)
    files = extractor.files()
    assert extractor.provenance()[0] == "stand-in"
    for file in files:
        events = _events((corpus / "edf" / file.path).with_suffix(".csv_bi"))
        expected = [
            label == "seiz"
            for start, stop, label in events
            if stop - start > 15
            for _ in range(int((stop - start) // 10))
        ]
        assert [bool(candidate.label) for candidate in extractor.candidates(file)] == expected
    # A pair of electrodes is never the same signal; segments are EEG in microvolts.
    segments = extractor.extract(files[0], extractor.candidates(files[0]))
    assert segments.shape[1:] == (20, 510)
    assert 3 < np.median(segments.std(axis=2)) < 150


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"patients": 5}, "--patients 5"),
        ({"difficulty": 1.01}, "--difficulty 1.01"),
        ({"difficulty": float("nan")}, "--difficulty nan"),
        ({"seed": -1}, "--seed -1"),
        ({"workers": 0}, "--workers 0"),
    ],
)
def test_impossible_arguments_are_refused(tmp_path: Path, arguments: dict[str, float], word: str) -> None:
    with pytest.raises(UsageError, match=word):
        write_corpus(tmp_path / "out", **arguments)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_an_equal_corpus_is_kept_and_anything_else_refused(corpus: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in corpus.rglob("*")}
    write_corpus(corpus, patients=6, seed=3)
    assert {path: path.stat().st_mtime_ns for path in corpus.rglob("*")} == before
    with pytest.raises(UsageError, match="another stand-in corpus"):
        write_corpus(corpus, patients=6, seed=4)
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(UsageError, match="other files"):
        write_corpus(tmp_path, patients=6)
    with pytest.raises(UsageError, match="a file is in the way"):
        write_corpus(tmp_path / "mine.txt", patients=6)
    assert (tmp_path / "mine.txt").read_text() == "precious"


def test_a_run_that_ends_early_leaves_nothing(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_corpus(tmp_path / "out", patients=6, progress=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_workers_and_the_number_of_patients_change_no_byte(corpus: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    record: Callable[[int, int], None] = lambda done, total: seen.append((done, total))  # noqa: E731
    (tmp_path / "two").mkdir()  # an empty folder is no obstacle
    write_corpus(tmp_path / "two", patients=6, seed=3, workers=2, progress=record)
    assert _hashes(tmp_path / "two") == _hashes(corpus)
    assert seen == [(done, 6) for done in range(1, 7)]
    write_corpus(tmp_path / "more", patients=7, seed=3)
    assert _hashes(corpus / "edf").items() <= _hashes(tmp_path / "more" / "edf").items()
