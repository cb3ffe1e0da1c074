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


class Signal(nn.Module):
    """The signal that frames were cut from: (n, frames, derivations, samples) to (n, derivations, time).

    Windows overlap threefold (datasets.eeg.framing): their middle thirds, one after the other, are the signal.
    """

    def forward(self, x: Tensor) -> Tensor:
        third = x.shape[3] // 3
        return x[..., third : 2 * third].transpose(1, 2).flatten(2)


class FlipSign(nn.Module):
    """Turns half of the segments, (n, derivations, time), upside down in training."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        return x * (2 * torch.randint(2, (len(x), 1, 1), device=x.device) - 1)


class KeepDerivations(nn.Module):
    """Leaves a random choice of `share` of the derivations of each segment in training, and all else.

    (n, derivations, time) to (n, kept, time). Those left out are gone, not zero: they cost nothing.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        kept = max(1, round(self.share * x.shape[1]))
        chosen = torch.rand(x.shape[:2], device=x.device).argsort(dim=1)[:, :kept]
        return x.gather(1, chosen[:, :, None].expand(-1, -1, x.shape[2]))


class EachDerivation(EachFrame):
    """Applies one network to every derivation: (n, derivations, time) to (n, derivations, features)."""


class StepsFirst(nn.Module):
    """What convolutions leave, (n, channels, steps), as LSTMs want it: (n, steps, channels)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.transpose(1, 2)


class MeanAndMax(nn.Module):
    """Mean and largest value over the derivations: (n, derivations, features) to (n, 2 features)."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x.mean(dim=1), x.amax(dim=1)], dim=1)


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
        bidirectional: bool = False,
        mean: bool = False,
    ) -> None:
        super().__init__()
        self.mean = mean
        self.lstm = nn.LSTM(features, units, layers, batch_first=True, bidirectional=bidirectional)

    def forward(self, x: Tensor) -> Tensor:
        outputs: Tensor = self.lstm(x)[0]
        return outputs.mean(dim=1) if self.mean else outputs[:, -1]


class ColourNorm(nn.Module):
    """Takes mean and spread of each colour out of each image (n, height, width, channels), as they are stored.

    Instance normalisation (Ulyanov et al., 2016) of the input: neither brightness nor the strength of a stain
    is left. A colour without any spread becomes 0.
    """

    def forward(self, x: Tensor) -> Tensor:
        centred = x.float() - x.float().mean(dim=(1, 2), keepdim=True)
        spread = centred.square().mean(dim=(1, 2), keepdim=True).sqrt()
        return centred / spread.clamp_min(1e-3)


class MeanOverMap(nn.Module):
    """Global average pooling: (n, channels, height, width) to (n, channels)."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.mean(x, dim=(2, 3))


class SideBySide(nn.Module):
    """Applies two networks to the same maps, (n, channels, height, width), and joins their channels."""

    def __init__(self, one: nn.Module, other: nn.Module) -> None:
        super().__init__()
        self.one = one
        self.other = other

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.one(x), self.other(x)], dim=1)
