"""CNN-LSTM-M: the study's hand-tuned design for EEG, convolutions over a frame and LSTMs over time.

The study states two convolutional layers for the spatial context of a frame, two LSTM layers for the
temporal one, and no sizes. The sizes here are this project's: chosen so that the network learns the task
and an epoch of 800 segments takes well under 20 s on one core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config, ImpossibleArchitecture
from manual.torch_baseline import TorchBaseline

if TYPE_CHECKING:
    from torch import nn

CHANNELS = (16, 32)
UNITS = 64


class CnnLstm(TorchBaseline):
    name = "cnn-lstm-m"
    system = "CNN-LSTM-M"
    title = "CNN-LSTM by hand in PyTorch: two convolutions a frame, two LSTM layers over the frames"
    kinds = frozenset({"eeg"})

    def configurations(self) -> tuple[Config, ...]:
        # Adam at its usual rate. 100 steps through time let single gradients grow by orders of
        # magnitude; a norm of 1 leaves ordinary steps alone and cuts those off.
        return ({"learning_rate": 1e-3, "batch_size": 32, "clip": 1.0, "patience": 5},)

    def epochs(self) -> int:
        return 15

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        filters = "-".join(str(channels) for channels in CHANNELS)
        return f"conv {filters} (3 x 3, ReLU, max pool 2) a frame, LSTM {UNITS}-{UNITS}, {UNITS}-{classes}"

    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        from torch import nn

        from manual.layers import EachFrame, Lstm

        _, height, width = shape  # frames, derivations, samples of a window
        if min(height, width) < 4:
            raise ImpossibleArchitecture(
                f"frames of {height} x {width} are too small for two pools of 2: 4 x 4 is the least"
            )
        first, second = CHANNELS
        # A pool right after the first convolution: 100 frames a segment make every value dear.
        frame = nn.Sequential(
            nn.Unflatten(1, (1, height)),
            nn.Conv2d(1, first, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(first, second, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
        )
        features = second * (height // 4) * (width // 4)
        return nn.Sequential(
            EachFrame(frame),
            Lstm(features, UNITS),
            nn.Linear(UNITS, classes),
        )
