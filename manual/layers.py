"""Layers that PyTorch lacks and the networks by hand share. Imported when a network is built."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ChannelsFirst(nn.Module):
    """Images (n, height, width, channels), as they are stored, to (n, channels, height, width).

    On a GPU this is a view: in memory the channels stay last, which is the order that tensor cores want.
    """

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, 3, 1, 2)


class EachFrame(nn.Module):
    """Applies a network to every frame: (n, frames, ...) to (n, frames, features)."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        features: Tensor = self.network(x.flatten(0, 1))
        return features.reshape(*x.shape[:2], -1)


class SegmentNorm(nn.Module):
    """Divides each segment by its own root mean square, so that its amplitude tells nothing.

    Relations between channels and frames of a segment stay. A segment of zeros stays zero.
    """

    def forward(self, x: Tensor) -> Tensor:
        rms = x.float().square().mean(dim=tuple(range(1, x.dim())), keepdim=True).sqrt()
        return x / rms.clamp_min(1e-6)


class DropDerivations(nn.Module):
    """Sets whole derivations of a segment, (n, frames, derivations, samples), to zero in training."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.drop = nn.Dropout(share)

    def forward(self, x: Tensor) -> Tensor:
        kept: Tensor = self.drop(torch.ones_like(x[:, :1, :, :1]))
        return x * kept


class Lstm(nn.Module):
    """LSTM layers over frames, (n, frames, features) to (n, units): the last output, or the mean over time.

    bidirectional: a second pass from the end; then the result has twice the units.
    """

    def __init__(
        self,
        features: int,
        units: int,
        *,
        layers: int = 2,
        dropout: float = 0.0,
        bidirectional: bool = False,
        mean: bool = False,
    ) -> None:
        super().__init__()
        self.mean = mean
        self.lstm = nn.LSTM(
            features, units, layers, batch_first=True, dropout=dropout, bidirectional=bidirectional
        )

    def forward(self, x: Tensor) -> Tensor:
        outputs: Tensor = self.lstm(x)[0]
        return outputs.mean(dim=1) if self.mean else outputs[:, -1]


class MeanOverMap(nn.Module):
    """Global average pooling: (n, channels, height, width) to (n, channels)."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.mean(x, dim=(2, 3))
