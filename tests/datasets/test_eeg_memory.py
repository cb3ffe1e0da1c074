"""A long recording at a high rate goes through in little memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from eeg_recordings import csv_bi, write_edf

NAME = "train/aaaaaaac/s001_2002/02_tcp_le/aaaaaaac_s001_t000"
HOUR = 3600

MEASURE = """
import resource, sys
from pathlib import Path
from scipy import signal  # its import is no part of the chain's need
from datasets.eeg.extractor import EegExtractor

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))

extractor = EegExtractor(Path(sys.argv[1]))
before = peak()
(file,) = extractor.files()
samples = extractor.extract(file, extractor.candidates(file)[::10])
print(len(samples), peak() - before)
"""


@pytest.mark.slow
def test_an_hour_at_1000_hz_needs_less_than_300_mb(tmp_path: Path, repo_root: Path) -> None:
    """The 17 electrodes alone would be 490 MB in double precision; the bound does not grow with their number."""
    path = write_edf(tmp_path / "edf" / f"{NAME}.edf", _minute(), 1000)
    data = path.read_bytes()
    header, body = bytearray(data[: 256 * 18]), data[256 * 18 :]
    header[236:244] = str(HOUR).encode().ljust(8)
    path.write_bytes(bytes(header) + body * (HOUR // 60))
    events = ((0.0, 1800.0, "bckg"), (1800.0, 3600.0, "seiz"))
    path.with_suffix(".csv_bi").write_text(csv_bi(path.stem, events))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path)],
        cwd=repo_root,
        capture_output=True,
        text=True,
        check=True,
    )
    samples, megabytes = done.stdout.split()
    assert int(samples) == 36
    assert float(megabytes) < 300


def _minute() -> np.ndarray:
    return np.random.default_rng(0).normal(scale=40, size=(17, 60_000)).clip(-499, 499)
