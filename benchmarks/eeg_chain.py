"""How long the EEG chain takes beside the same chain in per-segment SciPy calls and in MNE.

A synthetic record (21 channels, 20 minutes, 250 Hz) goes from the EDF file to all of its 120 segments. The
other two start from the same file: one reads it with edfio and filters and resamples each segment on its
own with 5 s of the record on both sides, the other one reads, re-references, filters and resamples with MNE.
All runs alternate within one process with one thread. Prints medians, ratios to ours (above 1: ours is
faster), and the largest difference of results from ours in percent of their RMS, away from the record's ends.
The anti-alias filter is the same one in the SciPy chain; MNE has its own, so its samples also differ near
25 Hz, and the last column compares the part below 20 Hz.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import edfio
import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, firwin, kaiserord, resample_poly, sosfiltfilt
from threadpoolctl import threadpool_limits

from datasets.eeg.filtering import Chain
from datasets.eeg.framing import CONTEXT, SEGMENT, cut
from datasets.eeg.montage import DERIVATIONS, ELECTRODES, derive
from datasets.eeg.recording import open_recording, read_microvolts

LOW, HIGH, ORDER = 0.5, 35.0, 4
AROUND = 5  # seconds of the record on both sides of a segment, where it is filtered on its own


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=int, default=250, help="Hz (default: %(default)s)")
    parser.add_argument("--minutes", type=int, default=20, help="of the record (default: %(default)s)")
    parser.add_argument(
        "--rounds", type=int, default=5, help="timed runs of each chain (default: %(default)s)"
    )
    given = parser.parse_args()
    starts = [float(start) for start in range(0, 60 * given.minutes, 10)]
    chains: dict[str, Callable[[Path, list[float]], NDArray[np.float32]]] = {
        "datasets.eeg": ours,
        "SciPy, per segment": per_segment,
        "MNE": with_mne,
    }
    with threadpool_limits(1), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.edf"
        _write(path, given.rate, 60 * given.minutes)
        results = {name: chain(path, starts) for name, chain in chains.items()}  # also fills the caches
        seconds: dict[str, list[float]] = {name: [] for name in chains}
        for _ in range(given.rounds):
            for name, chain in chains.items():
                started = time.perf_counter()
                chain(path, starts)
                seconds[name].append(time.perf_counter() - started)
    first = results["datasets.eeg"]
    print(f"{len(starts)} segments of {given.minutes} minutes at {given.rate} Hz, {given.rounds} rounds")
    print(f"{'chain':<20}{'seconds':>9}{'ratio':>8}{'difference %':>14}{'below 20 Hz %':>15}")
    for name, times in seconds.items():
        ratios = np.array(times) / np.array(seconds["datasets.eeg"])
        whole, low = (_difference(first, results[name], band) for band in (None, 20.0))
        print(f"{name:<20}{np.median(times):>9.2f}{np.median(ratios):>8.2f}{whole:>14.4f}{low:>15.4f}")


def ours(path: Path, starts: list[float]) -> NDArray[np.float32]:
    recording, chain = open_recording(path), Chain()
    rows = [
        chain(microvolts, electrode.rate)
        for electrode, microvolts in zip(recording.electrodes, read_microvolts(recording), strict=True)
    ]
    return cut(derive(np.stack(rows)), starts)


def per_segment(path: Path, starts: list[float]) -> NDArray[np.float32]:
    """The way it is often written: cut first, then filter and resample each cut."""
    signals = {signal.label: signal for signal in edfio.read_edf(path).signals}
    electrodes = np.stack([signals[f"EEG {name}-REF"].data for name in ELECTRODES])
    rate = round(signals["EEG FP1-REF"].sampling_frequency)
    record = derive(electrodes.astype(np.float32))
    sections = butter(ORDER, [LOW, HIGH], "bandpass", fs=rate, output="sos")
    up, down = Fraction(50, rate).as_integer_ratio()
    taps, beta = kaiserord(60.0, 3.0 / (rate / 2))
    window = firwin(2 * -(-taps // 2) * up + 1, 23.5, window=("kaiser", beta), fs=rate * up)
    samples = []
    for start in starts:
        first = max(0, round((start - AROUND) * rate))
        piece = record[:, first : round((start + 10 + AROUND) * rate)]
        filtered = sosfiltfilt(sections, piece, axis=1)
        resampled = resample_poly(filtered, up, down, axis=1, window=window)
        samples.append(cut(resampled.astype(np.float32), [start - first / rate])[0])
    return np.stack(samples)


def with_mne(path: Path, starts: list[float]) -> NDArray[np.float32]:
    import mne

    raw = mne.io.read_raw_edf(path, preload=True, verbose="error")
    raw.rename_channels(lambda label: label.removeprefix("EEG ").removesuffix("-REF"))
    raw.pick(list(ELECTRODES), verbose="error")
    plus, minus = zip(*(name.split("-") for name in DERIVATIONS), strict=True)
    raw = mne.set_bipolar_reference(raw, list(plus), list(minus), list(DERIVATIONS), verbose="error")
    raw.pick(list(DERIVATIONS), verbose="error")
    raw.filter(LOW, HIGH, method="iir", iir_params={"order": ORDER, "ftype": "butter"}, verbose="error")
    raw.resample(50, method="polyphase", verbose="error")
    return cut((raw.get_data() * 1e6).astype(np.float32), starts)


def _difference(one: NDArray[np.float32], other: NDArray[np.float32], below: float | None) -> float:
    """The largest difference in percent of the RMS, without the first and last minute of the record."""
    inner = slice(6, -6)
    difference = (other - one)[inner, :, CONTEXT : CONTEXT + SEGMENT].astype(np.float64)
    if below is not None:
        spectrum = np.fft.rfft(difference * np.hanning(SEGMENT), axis=-1)
        spectrum[..., np.fft.rfftfreq(SEGMENT, 1 / 50) > below] = 0
        difference = np.fft.irfft(spectrum, axis=-1)
    return float(100 * np.abs(difference).max() / one[inner].std())


def _write(path: Path, rate: int, seconds: int) -> None:
    """1/f noise and a 10 Hz rhythm, as 21 channels of EEG that share none of their noise."""
    rng = np.random.default_rng(0)
    frequencies = np.fft.rfftfreq(rate * seconds, 1 / rate)
    frequencies[0] = frequencies[1]
    rhythm = 10 * np.sin(2 * np.pi * 10 * np.arange(rate * seconds) / rate)
    signals = []
    for name in (*ELECTRODES, "A1", "A2", "FZ", "PZ"):
        parts = rng.normal(size=(2, len(frequencies))) * frequencies**-0.75
        noise = np.fft.irfft(parts[0] + 1j * parts[1], rate * seconds)
        values = (40 * noise / noise.std() + rhythm).clip(-499, 499)
        label = f"EEG {name}-REF"
        signals.append(
            edfio.EdfSignal(values, rate, label=label, physical_dimension="uV", physical_range=(-500, 500))
        )
    edfio.Edf(signals, data_record_duration=1).write(path)


if __name__ == "__main__":
    main()
