"""From a tree of files to samples: v2 and v1.5, splits, stand-ins, and every reason to skip a file."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import edfio
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from eeg_recordings import csv_bi, noise, overwrite, tse, write_edf

from datasets.eeg.corpus import find_corpus
from datasets.eeg.extractor import EegExtractor
from datasets.eeg.framing import windows
from datasets.errors import DataError
from datasets.preparation import BadFile, Candidate, SourceFile

V2 = "train/aaaaaaac/s001_2002/02_tcp_le/aaaaaaac_s001_t000"
EXPECTED = [Candidate(0, (0.0,)), Candidate(0, (10.0,)), Candidate(1, (20.0,)), Candidate(1, (30.0,))]


def add(
    root: Path, place: str, annotation: str | None = None, suffix: str = ".csv_bi", **edf: object
) -> Path:
    """A recording of a minute with its annotation in a tree below `root`."""
    path = write_edf(root / "edf" / f"{place}.edf", noise(250, 60, seed=len(place)), **edf)  # type: ignore[arg-type]
    path.with_suffix(suffix).write_text(csv_bi(path.stem) if annotation is None else annotation)
    return path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    add(tmp_path, V2)
    return tmp_path


def only(extractor: EegExtractor) -> SourceFile:
    (file,) = extractor.files()
    return file


def test_a_v2_tree(tmp_path: Path) -> None:
    places = [
        "dev/aaaaaaaq/s003_2015_08_24/01_tcp_ar/aaaaaaaq_s003_t000",
        "eval/aaaaaabn/s001_2010/03_tcp_ar_a/aaaaaabn_s001_t001",
        V2,
    ]
    for place in places:
        (tmp_path / "edf" / place).parent.mkdir(parents=True)
        (tmp_path / "edf" / f"{place}.edf").touch()
    (tmp_path / "edf" / "train" / "._hidden.edf").touch()
    (tmp_path / "edf" / "DOCS").mkdir()
    assert EegExtractor(tmp_path).files() == [
        SourceFile(f"{places[0]}.edf", "aaaaaaaq", "dev"),
        SourceFile(f"{places[1]}.edf", "aaaaaabn", "eval"),
        SourceFile(f"{places[2]}.edf", "aaaaaaac", "train"),
    ]


@pytest.mark.parametrize("held_out", ["dev", "dev_test"])
def test_a_v15_tree_holds_its_held_out_part_back_for_eval(tmp_path: Path, held_out: str) -> None:
    train = "train/01_tcp_ar/002/00000258/s002_2003_07_21/00000258_s002_t000"
    held = f"{held_out}/02_tcp_le/006/00000629/s001_2003_07_23/00000629_s001_t000"
    add(tmp_path, train, tse(), ".tse_bi")
    add(tmp_path, held, tse(), ".tse", reference="LE")
    extractor = EegExtractor(tmp_path)
    assert extractor.files() == [
        SourceFile(f"{held}.edf", "00000629", "eval"),
        SourceFile(f"{train}.edf", "00000258", "train"),
    ]
    assert [extractor.candidates(file) for file in extractor.files()] == [EXPECTED, EXPECTED]
    add(tmp_path, "eval/01_tcp_ar/002/00000300/s002_2003_07_21/00000300_s002_t000", tse(), ".tse_bi")
    assert {file.patient: file.split for file in EegExtractor(tmp_path).files()}["00000629"] == "dev"


@pytest.mark.parametrize("place", ["", "tusz", "tuh_eeg_seizure/v2.0.3", "tusz_v2.0.1", "eeg"])
def test_the_corpus_is_found_below_the_data_root(tmp_path: Path, place: str) -> None:
    (tmp_path / place / "edf" / "train").mkdir(parents=True)
    assert find_corpus(tmp_path) == tmp_path / place
    assert find_corpus(tmp_path / place / "edf") == tmp_path / place


def test_other_folders_are_no_corpus(tmp_path: Path) -> None:
    (tmp_path / "svs" / "train").mkdir(parents=True)
    assert find_corpus(tmp_path) is None
    assert find_corpus(tmp_path / "none") is None
    with pytest.raises(DataError, match="holds no TUSZ"):
        EegExtractor(tmp_path).files()
    (tmp_path / "edf" / "train").mkdir(parents=True)
    with pytest.raises(DataError, match="holds no recordings"):
        EegExtractor(tmp_path).files()


@pytest.mark.parametrize("reference", ["REF", "LE"])
def test_samples_have_their_shape_type_and_labels(tmp_path: Path, reference: str) -> None:
    add(tmp_path, V2, reference=reference)
    extractor = pickle.loads(pickle.dumps(EegExtractor(tmp_path)))
    candidates = extractor.candidates(only(extractor))
    assert candidates == EXPECTED
    samples = extractor.extract(only(extractor), candidates)
    assert samples.shape == (4, *extractor.shape) == (4, 20, 510)
    assert samples.dtype == np.dtype(extractor.dtype) == np.float32
    assert windows(samples).shape == (4, 100, 20, 15)
    assert extractor.class_names[1] == "seizure"
    np.testing.assert_array_equal(extractor.extract(only(extractor), candidates[2:3]), samples[2:3])
    assert extractor.extract(only(extractor), []).shape == (0, 20, 510)


def test_derivations_are_differences_of_the_right_electrodes(tmp_path: Path) -> None:
    """Each electrode carries a cosine of its own height; a derivation then has the difference of heights."""
    from eeg_recordings import ELECTRODES

    from datasets.eeg.montage import DERIVATIONS

    heights = dict(zip(ELECTRODES, np.arange(1, 18) ** 2, strict=True))
    wave = np.cos(2 * np.pi * 10 * np.arange(60 * 250) / 250)
    path = write_edf(tmp_path / "edf" / f"{V2}.edf", np.array([heights[name] * wave for name in ELECTRODES]))
    path.with_suffix(".csv_bi").write_text(csv_bi(path.stem))
    extractor = EegExtractor(tmp_path)
    sample = extractor.extract(only(extractor), EXPECTED[:3])[2, :, 5:505]
    found = 2 * (sample * np.cos(2 * np.pi * 10 * np.arange(500) / 50)).mean(axis=1)
    expected = [heights[plus] - heights[minus] for plus, minus in (name.split("-") for name in DERIVATIONS)]
    assert len(set(DERIVATIONS)) == 20
    np.testing.assert_allclose(found, expected, rtol=2e-3, atol=0.05)


def no_annotation(path: Path) -> None:
    path.with_suffix(".csv_bi").unlink()


def flat_for_a_segment(path: Path) -> None:
    """FP1 at zero from second 20 to 30, in a header of 18 blocks and records of a second."""
    for second in range(20, 30):
        overwrite(path, 256 * 18 + second * 17 * 500, b"\0" * 500)


def equal_electrodes(path: Path) -> None:
    data = path.read_bytes()
    records = np.frombuffer(data[256 * 18 :], "<i2").reshape(60, 17, 250).copy()
    records[:, 2] = records[:, 0]  # F7 = FP1
    path.write_bytes(data[: 256 * 18] + records.tobytes())


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (no_annotation, "no annotation"),
        (flat_for_a_segment, "an electrode is flat in a segment"),
        (equal_electrodes, "a derivation is flat in a segment"),
        (lambda path: overwrite(path, 192, b"EDF+D"), "discontinuous"),
        (
            lambda path: overwrite(path, 88, b"STAND-IN"),
            "a stand-in recording inside a corpus that says it is real",
        ),
        (lambda path: path.write_bytes(path.read_bytes()[:50000]), "data records are missing"),
        (lambda path: path.with_suffix(".csv_bi").write_text(csv_bi("another")), "bname"),
    ],
)
def test_a_bad_file_is_refused_with_a_reason(
    tree: Path, damage: Callable[[Path], object], reason: str
) -> None:
    first = "train/aaaaaaaa/s001_2002/02_tcp_le/aaaaaaaa_s001_t000"
    add(tree, first)
    damage(tree / "edf" / f"{V2}.edf")
    extractor = EegExtractor(tree)
    file = extractor.files()[1]
    with pytest.raises(BadFile, match=reason):
        extractor.extract(file, extractor.candidates(file))


def test_a_flat_stretch_outside_of_the_chosen_segments_does_no_harm(tree: Path) -> None:
    flat_for_a_segment(tree / "edf" / f"{V2}.edf")
    extractor = EegExtractor(tree)
    assert len(extractor.extract(only(extractor), EXPECTED[:2])) == 2


def test_a_recording_that_was_cut_after_it_was_scanned_is_bad(tree: Path) -> None:
    extractor = EegExtractor(tree)
    candidates = extractor.candidates(only(extractor))
    write_edf(tree / "edf" / f"{V2}.edf", noise(250, 30))
    with pytest.raises(BadFile, match="shorter than it was"):
        extractor.extract(only(extractor), candidates)


def test_a_file_in_another_patients_folder_is_bad(tree: Path) -> None:
    add(tree, "dev/aaaaaaab/s001_2002/02_tcp_le/aaaaaaac_s002_t000")
    extractor = EegExtractor(tree)
    with pytest.raises(BadFile, match="different patients"):
        extractor.candidates(extractor.files()[0])


def test_a_real_corpus_and_a_standin_say_what_they_are(tree: Path) -> None:
    assert EegExtractor(tree).provenance() == ("real", "the TUH EEG Seizure Corpus (TUSZ)")
    path = overwrite(tree / "edf" / f"{V2}.edf", 88, b"STAND-IN")
    assert EegExtractor(tree).provenance()[0] == "stand-in"  # a stand-in without its STAND-IN.json
    assert EegExtractor(tree).candidates(only(EegExtractor(tree))) == EXPECTED
    overwrite(path, 88, b"        ")
    (tree / "STAND-IN.json").write_text(json.dumps({"patients": 3, "difficulty": 0.5, "seed": 7}))
    kind, sentence = EegExtractor(tree).provenance()
    assert kind == "stand-in"
    assert "stand-in" in sentence
    assert "patients 3, difficulty 0.5, seed 7" in sentence
    (tree / "STAND-IN.json").write_text("{")
    with pytest.raises(DataError, match="cannot be read"):
        EegExtractor(tree).provenance()


def test_settings_tell_chains_apart(tree: Path) -> None:
    assert EegExtractor(tree).settings() != EegExtractor(tree, decimation="naive").settings()
    assert EegExtractor(tree).settings() != EegExtractor(tree, low=1).settings()


def test_a_preview_shows_both_ends_of_the_chain(tree: Path) -> None:
    extractor = EegExtractor(tree)
    shown = extractor.preview(only(extractor), EXPECTED)
    assert shown["labels"].tolist() == [0, 1]
    assert shown["starts"].tolist() == [0, 30]
    assert shown["derivations"].shape == (20,)
    assert shown["raw"].shape == (2, 20, 2500)
    assert shown["filtered"].shape == (2, 20, 500)
    assert not any(array.dtype.hasobject for array in shown.values())
    samples = extractor.extract(only(extractor), [EXPECTED[0], EXPECTED[3]])
    np.testing.assert_array_equal(shown["filtered"], samples[:, :, 5:505])
    recorded = edfio.read_edf(tree / "edf" / f"{V2}.edf").signals
    np.testing.assert_allclose(
        shown["raw"][1, 0], (recorded[0].data - recorded[2].data)[30 * 250 : 40 * 250], atol=1e-3
    )
    for stage, top in (("raw", 125), ("filtered", 25)):
        frequencies, power = shown[f"{stage}_frequencies"], shown[f"{stage}_power"]
        assert power.shape == (2, 20, len(frequencies))
        assert frequencies[-1] == top
        # Parseval: the area below the density is the variance (Hann windows with their means taken off).
        area = power.sum(axis=2) * frequencies[1]
        np.testing.assert_allclose(area, shown[stage].var(axis=2), rtol=0.25)


def test_electrodes_of_different_rates_can_be_shown(tmp_path: Path) -> None:
    fast = edfio.EdfSignal(
        noise(500, 60)[0], 500, label="EEG O2-REF", physical_dimension="uV", physical_range=(-500, 500)
    )
    path = write_edf(tmp_path / "edf" / f"{V2}.edf", noise(250, 60, channels=16), extra=(fast,))
    path.with_suffix(".csv_bi").write_text(csv_bi(path.stem))
    extractor = EegExtractor(tmp_path)
    assert extractor.preview(only(extractor), EXPECTED[-1:])["raw"].shape == (1, 20, 2500)
    assert extractor.extract(only(extractor), EXPECTED).shape == (4, 20, 510)


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_the_damage_labels_are_right_or_the_file_is_bad(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    root = tmp_path_factory.getbasetemp() / "damaged"
    edf = root / "edf" / f"{V2}.edf"
    if not (root / "good").exists():
        add(root, V2).rename(root / "good")
    damaged = bytearray((root / "good").read_bytes())
    # The fields that say how to read the rest: the fixed header from byte 184 on, and the signals' numbers.
    place = st.one_of(
        st.integers(184, 255), st.integers(256, 256 + 17 * 16), st.integers(256 + 17 * 96, 4607)
    )
    changes = st.tuples(place, st.sampled_from(list(b" 0123456789-.eE,\0RL")))
    for offset, byte in data.draw(st.lists(changes, min_size=1, max_size=3)):
        damaged[offset] = byte
    edf.write_bytes(damaged)
    extractor = EegExtractor(root)
    try:
        candidates = extractor.candidates(only(extractor))
        assert candidates == EXPECTED
        samples = extractor.extract(only(extractor), candidates[2:])
    except BadFile as error:
        assert str(error)
    else:
        assert np.isfinite(samples).all()
