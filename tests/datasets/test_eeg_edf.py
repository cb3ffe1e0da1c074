"""Reading EDF: right values whoever wrote the file, and one plain reason for every bad one."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import edfio
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode leaves a test's own folder off the path

from eeg_recordings import ELECTRODES, noise, overwrite, write_edf

from datasets.eeg import edf
from datasets.eeg import montage as montage_module
from datasets.eeg.edf import read_digital, read_header
from datasets.eeg.recording import open_recording, read_microvolts
from datasets.preparation import BadFile

STEP = 1000 / 65535  # microvolts; of ±500 in 16 bits


def read(path: Path) -> np.ndarray:
    return np.stack(list(read_microvolts(open_recording(path))))


def with_pyedflib(path: Path, microvolts: np.ndarray, rate: int) -> None:
    import pyedflib

    with pyedflib.EdfWriter(str(path), len(ELECTRODES) + 1, file_type=pyedflib.FILETYPE_EDFPLUS) as writer:
        for index, name in enumerate([*ELECTRODES, "EKG1"]):
            header = {"label": f"EEG {name}-LE", "dimension": "uV", "sample_frequency": rate}
            limits = {"physical_min": -500, "physical_max": 500, "digital_min": -32768, "digital_max": 32767}
            writer.setSignalHeader(index, {**header, **limits, "transducer": "", "prefilter": ""})
        writer.writeSamples([*microvolts, microvolts[0]])


def with_mne(path: Path, microvolts: np.ndarray, rate: int) -> None:
    import mne

    names = [f"EEG {name}-REF" for name in ELECTRODES]
    raw = mne.io.RawArray(microvolts * 1e-6, mne.create_info(names, rate, "eeg"), verbose="error")
    raw.export(path, physical_range=(-500, 500), verbose="error")


def with_edfio(path: Path, microvolts: np.ndarray, rate: int) -> None:
    write_edf(path, microvolts, rate, annotated=True)


@pytest.mark.parametrize("write", [with_pyedflib, with_mne, with_edfio])
@pytest.mark.parametrize("rate", [250, 256])
def test_values_are_right_whoever_wrote_them(
    tmp_path: Path, write: Callable[[Path, np.ndarray, int], None], rate: int
) -> None:
    microvolts = noise(rate, 12)
    write(tmp_path / "a.edf", microvolts, rate)
    values = read(tmp_path / "a.edf")
    assert values.dtype == np.float32
    assert open_recording(tmp_path / "a.edf").electrodes[0].rate == rate
    # pyedflib cuts to whole digital values, the others round to them.
    np.testing.assert_allclose(values[:, : microvolts.shape[1]], microvolts, atol=1.01 * STEP)


def test_two_other_readers_agree(tmp_path: Path) -> None:
    import mne

    path = write_edf(tmp_path / "a.edf", noise(400, 9), 400)
    values = read(path)
    by_mne = mne.io.read_raw_edf(path, verbose="error").get_data() * 1e6
    by_edfio = np.stack([signal.data for signal in edfio.read_edf(path).signals])
    np.testing.assert_allclose(values, by_mne, atol=1e-4)
    np.testing.assert_allclose(values, by_edfio, atol=1e-4)


@pytest.mark.parametrize("rate", [200, 250, 255, 256, 400, 512, 1000])
def test_rates_are_those_of_the_electrodes(tmp_path: Path, rate: int) -> None:
    slow = edfio.EdfSignal(np.arange(20.0), 2, label="PHOTIC", physical_dimension="mV")
    path = write_edf(tmp_path / "a.edf", noise(rate, 10), rate, extra=(slow,), annotated=True)
    recording = open_recording(path)
    assert {electrode.rate for electrode in recording.electrodes} == {Fraction(rate)}
    assert recording.duration == 10
    assert {signal.label for signal in recording.header.signals} >= {"PHOTIC", "EDF Annotations"}


def test_electrodes_may_have_different_rates(tmp_path: Path) -> None:
    microvolts = noise(512, 8)
    fast = edfio.EdfSignal(
        microvolts[0], 512, label="EEG O2-REF", physical_dimension="uV", physical_range=(-500, 500)
    )
    path = write_edf(tmp_path / "a.edf", noise(256, 8, channels=16), 256, extra=(fast,))
    *_, last = read_microvolts(open_recording(path))
    assert open_recording(path).electrodes[-1].rate == 512
    np.testing.assert_allclose(last, microvolts[0], atol=0.51 * STEP)


def test_records_of_fractions_of_a_second_give_exact_rates(tmp_path: Path) -> None:
    path = write_edf(tmp_path / "a.edf", noise(250, 6), 250, record_seconds=0.1)
    assert open_recording(path).electrodes[0].rate == 250
    assert open_recording(path).header.duration == 6


@pytest.mark.parametrize(("dimension", "unit"), [("uV", 1), ("UV", 1), ("mV", 1e3), ("V", 1e6)])
def test_every_unit_comes_out_in_microvolts(tmp_path: Path, dimension: str, unit: float) -> None:
    microvolts = noise(250, 4)
    path = write_edf(tmp_path / "a.edf", microvolts, dimension=dimension, unit=unit)
    np.testing.assert_allclose(read(path), microvolts, atol=0.51 * STEP)


def test_the_micro_sign_is_read(tmp_path: Path) -> None:
    microvolts = noise(250, 4)
    path = write_edf(tmp_path / "a.edf", microvolts)
    for index in range(17):
        overwrite(path, 256 + 17 * 96 + 8 * index, b"\xb5V      ")
    np.testing.assert_allclose(read(path), microvolts, atol=0.51 * STEP)


def test_labels_are_read_in_many_ways(tmp_path: Path) -> None:
    labels = {
        "T3": "EEG T7-REF",
        "T6": "EEG P8-REF",
        "FP1": "eeg fp1-ref",
        "CZ": "EEG  Cz - REF",
        "O1": "O1-REF",
    }
    path = write_edf(tmp_path / "a.edf", noise(250, 4), labels=labels)
    assert [electrode.name for electrode in open_recording(path).electrodes] == ELECTRODES
    assert list(montage_module.ELECTRODES) == ELECTRODES


def test_lenient_headers_are_read(tmp_path: Path) -> None:
    microvolts = noise(250, 4)
    path = write_edf(tmp_path / "a.edf", microvolts)
    overwrite(path, 168, b"01:01:0025:61:99")  # a date and a time with colons, and no time at all
    overwrite(path, 8, b"\xff\xfe patient")
    overwrite(path, 244, b"1,000\0\0\0")
    overwrite(path, 236, b"-1      ")  # a recording that was never closed
    path.write_bytes(path.read_bytes() + b"\0" * 17)
    np.testing.assert_allclose(read(path), microvolts, atol=0.51 * STEP)


def test_the_recording_field_gives_a_standin_away(tmp_path: Path) -> None:
    marked = write_edf(tmp_path / "a.edf", noise(250, 4), recording="Startdate X X STAND-IN X")
    assert read_header(marked).is_standin
    assert not read_header(write_edf(tmp_path / "b.edf", noise(250, 4))).is_standin


def test_a_long_recording_is_read_in_several_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    microvolts = noise(250, 20)
    path = write_edf(tmp_path / "a.edf", microvolts)
    monkeypatch.setattr("datasets.eeg.recording._READ_BYTES", 2 * 2 * 250 * 20)
    monkeypatch.setattr(edf, "_BLOCK_BYTES", 2 * 17 * 250 * 3)
    np.testing.assert_allclose(read(path), microvolts, atol=0.51 * STEP)


def cut_at(size: int) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(path.read_bytes()[:size]) and None


def write_at(offset: int, data: bytes) -> Callable[[Path], None]:
    return lambda path: overwrite(path, offset, data) and None


def body(value: bytes) -> Callable[[Path], None]:
    return lambda path: overwrite(path, 18 * 256, value * (17 * 250 * 4)) and None


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (cut_at(0), "the header is cut off"),
        (cut_at(200), "the header is cut off"),
        (cut_at(1000), "the header is cut off"),
        (cut_at(18 * 256), "there are no data records"),
        (cut_at(18 * 256 + 2 * 17 * 250 * 3), "data records are missing at the end"),
        (cut_at(18 * 256 + 2 * 17 * 250 * 4 - 1), "data records are missing at the end"),
        (body(b"\0\0"), "an electrode is flat"),
        (body(b"\1\2"), "an electrode is flat"),
        (write_at(0, b"\xffBIOSEMI"), "this is no EDF file"),
        (write_at(192, b"EDF+D"), "the recording is discontinuous (EDF+D)"),
        (write_at(236, b"3       "), "the file is longer than its header declares"),
        (write_at(236, b"5       "), "data records are missing at the end"),
        (write_at(236, b"many    "), "the header is damaged: number of data records is no number"),
        (write_at(244, b"0       "), "the header gives a data record no duration"),
        (write_at(244, b"1.5     "), "the rate is below 200 Hz"),
        (write_at(252, b"18  "), "the header is damaged: its size does not fit its number of signals"),
        (write_at(252, b"-1  "), "the header declares no signals"),
        (write_at(256, b"EEG A1-REF      "), "electrodes are missing"),
        (write_at(256, b"EEG FP2-REF     "), "two signals are called FP2"),
        (write_at(256, b"EEG FP1-LE      "), "the electrodes have different references"),
        (write_at(256 + 17 * 96, b"        "), "the physical dimension of an electrode is no voltage"),
        (write_at(256 + 17 * 96, b"undefine"), "the physical dimension of an electrode is no voltage"),
        (write_at(256 + 17 * 104, b"500     "), "the range of an electrode is empty or damaged"),
        (write_at(256 + 17 * 104, b"nan     "), "the range of an electrode is empty or damaged"),
        (write_at(256 + 17 * 120, b"32767   "), "the range of an electrode is empty or damaged"),
        (write_at(256 + 17 * 216, b"99999999"), "the header is damaged: impossible size of a data record"),
        (
            write_at(256 + 17 * 216, b"250.5   "),
            "the header is damaged: samples of a data record is no whole number",
        ),
        (write_at(256 + 17 * 216, b"-250    "), "the header is damaged: negative number of samples"),
    ],
)
def test_a_bad_file_has_a_plain_reason(tmp_path: Path, damage: Callable[[Path], None], reason: str) -> None:
    path = write_edf(tmp_path / "a.edf", noise(250, 4))
    damage(path)
    with pytest.raises(BadFile) as caught:
        read(path)
    assert str(caught.value) == reason


def test_what_edfio_passes_over_is_refused(tmp_path: Path) -> None:
    """The reason for a reader of our own: edfio shortens the recording, with a warning at most."""
    path = write_edf(tmp_path / "a.edf", noise(250, 4))
    cut_at(18 * 256 + 2 * 17 * 250 * 3)(path)
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        assert edfio.read_edf(path).num_data_records == 3
    with pytest.raises(BadFile, match="data records are missing"):
        read_header(path)


def test_files_that_are_not_there_or_change_are_bad(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be opened"):
        read_header(tmp_path / "none.edf")
    path = write_edf(tmp_path / "a.edf", noise(250, 4))
    header = read_header(path)
    cut_at(18 * 256 + 2 * 17 * 250 * 2)(path)
    with pytest.raises(BadFile, match="data records are missing"):
        read_digital(header, header.signals)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_edf(tmp_path_factory.mktemp("fuzz") / "a.edf", noise(250, 3), annotated=True).read_bytes()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_headers_are_bad_or_read_right(good: bytes, tmp_path: Path, data: st.DataObject) -> None:
    """Whatever the damage: a reason, or as many finite samples as the header's rates promise."""
    damaged = bytearray(good)
    position = st.integers(0, 19 * 256 - 1)
    character = st.one_of(st.sampled_from(list(b" 0123456789-+.eE")), st.integers(0, 255))
    for place, byte in data.draw(st.lists(st.tuples(position, character), min_size=1, max_size=6)):
        damaged[place] = byte
    size = data.draw(st.one_of(st.just(len(good)), st.integers(0, len(good))))
    path = tmp_path / "a.edf"
    path.write_bytes(damaged[:size])
    try:
        recording = open_recording(path)
        arrays = list(read_microvolts(recording))
    except BadFile as error:
        assert str(error)
        return
    assert size == len(good)
    for electrode, values in zip(recording.electrodes, arrays, strict=True):
        assert np.isfinite(values).all()
        assert len(values) == recording.header.duration * electrode.rate
    assert arrays[0].dtype == np.float32
