"""CNN-M2: a smaller and steadier network for patches, tuned by hand against the study's one.

What differs from CNN-M, and why. Figures are dev errors in percent on the STAND-IN corpus (600 patches to
train on, 200 of other patients in dev; difficulty 0.5, seed 0), the mean of the last three epochs and of
seeds 1 and 2; the standard error of one is 2 points or more, so that the dev loss in nats stands beside it.
Steps were compared over 12 epochs unless it says otherwise. They say nothing about tissue of people.
- The mean and spread of each colour are taken out of each crop: stain and brightness come from the
  laboratory and the scanner, not from the class. 8.9 in place of 10.4 (loss 0.24 and 0.26) over 30 epochs,
  12.2 in place of 12.9 over 12 (0.29 and 0.33).
- Batch norm after each convolution, so that training learns from the first epoch on. Group norm, which needs
  no running means, was no better (12.7, loss 0.32, against 12.2 and 0.29) and left the start in epoch 4.
- The mean over the last feature map in place of 9216 inputs to a dense layer, which is 95 % of CNN-M's
  weights: tissue has no upright position and no place in a patch that means something. The maximum beside
  the mean brought nothing (13.1 against 12.9, loss 0.34 and 0.33).
- AdamW with one cycle of the learning rate: while the rate is high, dev errors jump between 10 and 50; they
  settle in the last third of the cycle, where the rate falls.
- 30 epochs in place of 12: 8.9 in place of 12.2 (loss 0.24 and 0.29). Each epoch draws new crops, so that
  the network does not learn 600 patches by heart: train errors stay above dev errors.
- A first convolution with stride 2: the ducts that tell the classes apart are tens of pixels wide, and it
  quarters the cost of all that follows. It pays for the longer training.
The mean over the map against a dense layer, AdamW with one cycle and the stride were not measured alone.

Eval, opened once after all of this: 9.5 and 8.5 (seeds 1 and 2, 200 patches of other patients).

Tried without help: a rate of 0.01 (13.5 against 12.9); a first filter of 7 x 7 with 24-48-96-96 filters and
no dropout (13.0 against 12.9, at 1.6 times the cost); 24-48-96-192 filters (9.8 against 8.9 over 30 epochs,
at 1.5 times the cost); three convolutions with a first filter of 7 x 7 (12.4 against 12.2); no dropout and a
weight decay of 0.2 (11.7 against 12.2, loss 0.28 and 0.29: within the noise).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config, ImpossibleArchitecture
from manual.torch_baseline import TorchBaseline

if TYPE_CHECKING:
    from torch import nn

CHANNELS = (16, 32, 64, 128)
EPOCHS = 30


class CnnM2(TorchBaseline):
    name = "cnn-m2"
    system = "CNN-M2"
    title = "CNN by hand in PyTorch, improved: colours and batches normed, global mean, AdamW with one cycle"
    kinds = frozenset({"patches"})

    def configurations(self) -> tuple[Config, ...]:
        # On the stand-in, seeds 1 to 3, the first gave dev errors of 9.3, 8.5 and 9.3 (loss 0.24) and the second
        # 7.0, 10.7 and 11.5 (loss 0.24): the same within the noise, but less steady. It takes half as many
        # steps and fits train closer (train error 10 against 12).
        common: dict[str, str | int | float | bool] = {
            "optimizer": "adamw",
            "weight_decay": 0.05,
            "schedule": "one-cycle",
            "patience": EPOCHS,  # no early stop: the last third of the cycle is where the rate falls
        }
        return (
            {"learning_rate": 3e-3, "batch_size": 16} | common,
            {"learning_rate": 5e-3, "batch_size": 32} | common,
        )

    def epochs(self) -> int:
        return EPOCHS

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        filters = "-".join(str(channels) for channels in CHANNELS)
        return f"colour norm; conv {filters} (batch norm, ReLU, max pool 2), mean, {CHANNELS[-1]}-{classes}, dropout 0.2"

    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        from torch import nn

        from manual.layers import ChannelsFirst, ColourNorm, MeanOverMap

        if min(shape[:2]) < 32:
            raise ImpossibleArchitecture(
                f"images of {shape[0]} x {shape[1]} pixels are too small for this network: it needs 32 x 32"
            )
        layers: list[nn.Module] = [ColourNorm(), ChannelsFirst()]
        before = shape[2]
        for number, channels in enumerate(CHANNELS):
            size, stride = (5, 2) if number == 0 else (3, 1)
            # A bias before a batch norm would be subtracted again.
            layers.append(nn.Conv2d(before, channels, size, stride, padding=size // 2, bias=False))
            layers += [nn.BatchNorm2d(channels), nn.ReLU()]
            if number < len(CHANNELS) - 1:
                layers.append(nn.MaxPool2d(2))
            before = channels
        return nn.Sequential(*layers, MeanOverMap(), nn.Dropout(0.2), nn.Linear(before, classes))
