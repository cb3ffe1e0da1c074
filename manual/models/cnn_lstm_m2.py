"""CNN-LSTM-M2: a network for EEG that cannot see amplitude, tuned by hand against CNN-LSTM-M.

What differs from CNN-LSTM-M, and why:
- Each segment is divided by its own root mean square: amplitude differs more between people than between
  background and seizure, and a network that may use it learns who is in train.
- A spatial filter over all derivations first (Lawhern et al., 2018, EEGNet): neighbouring rows of the
  montage are not neighbouring places on the head, so a 3 x 3 filter over rows has no meaning there. It
  leaves a few mixtures of the 20 derivations and makes everything after it cheap.
- Whole derivations are dropped in training, so that no single electrode decides.
- LSTMs in both directions, and the mean of their outputs over time: what tells a seizure is its course over
  the segment, not how the segment ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config, ImpossibleArchitecture
from manual.torch_baseline import TorchBaseline

if TYPE_CHECKING:
    from torch import nn

MIXTURES = 16
CHANNELS = 32
UNITS = 48


class CnnLstmM2(TorchBaseline):
    name = "cnn-lstm-m2"
    system = "CNN-LSTM-M2"
    title = "CNN-LSTM by hand in PyTorch, improved: no amplitude, spatial filter first, both directions"
    kinds = frozenset({"eeg"})

    def configurations(self) -> tuple[Config, ...]:
        # The second, with three times the rate, is what one tries where train loss falls too slowly.
        common: dict[str, str | int | float | bool] = {
            "optimizer": "adamw",
            "weight_decay": 0.05,
            "schedule": "one-cycle",
            "clip": 1.0,
            "batch_size": 32,
            "patience": 20,  # no early stop: the last third of the cycle is where the rate falls
        }
        return ({"learning_rate": 1e-3} | common, {"learning_rate": 3e-3} | common)

    def epochs(self) -> int:
        return 20

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return (
            f"RMS 1, mix {shape[1]}-{MIXTURES}, conv {CHANNELS} (batch norm, ELU, mean pool 3) a frame,"
            f" two-way LSTM {UNITS}-{UNITS}, mean, {2 * UNITS}-{classes}, dropout 0.3"
        )

    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        from torch import nn

        from manual.layers import DropDerivations, EachFrame, Lstm, SegmentNorm

        _, height, width = shape  # frames, derivations, samples of a window
        if width < 3:
            raise ImpossibleArchitecture(f"windows of {width} samples are too short for a pool of 3")
        frame = nn.Sequential(
            nn.Conv1d(height, MIXTURES, 1, bias=False),
            nn.BatchNorm1d(MIXTURES),
            nn.Conv1d(MIXTURES, CHANNELS, 5, padding=2, bias=False),
            nn.BatchNorm1d(CHANNELS),
            nn.ELU(),
            nn.AvgPool1d(3),
            nn.Flatten(),
        )
        return nn.Sequential(
            SegmentNorm(),
            DropDerivations(0.1),
            EachFrame(frame),
            Lstm(CHANNELS * (width // 3), UNITS, dropout=0.3, bidirectional=True, mean=True),
            nn.Dropout(0.3),
            nn.Linear(2 * UNITS, classes),
        )
