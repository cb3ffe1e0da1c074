"""What spaces of convolutional networks share: blocks of one convolution and one pooling layer, and the
arithmetic of what fits.

Keras convolves and pools without padding by default ("valid"), so that every layer makes the feature map
smaller, and a kernel or a pool that is larger than what is left of it cannot be built. Where convolutions are
padded ("same"), pools alone do so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from manual.learner import Config
from tuners.space import Condition, Constraint, Domain, Int, Parameter

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Block:
    """A convolution with square kernels and, where pool is above 1, maximum pooling of that size."""

    filters: int
    kernel: int
    pool: int

    def __str__(self) -> str:
        pool = f" pool {self.pool}" if self.pool > 1 else ""
        return f"{self.filters}@{self.kernel}x{self.kernel}{pool}"


def block_parameters(
    most: int, filters: Domain, kernel: Domain, pool: Domain, start: Sequence[Block]
) -> list[Parameter]:
    """Parameters blocks, filters_N, kernel_N and pool_N of up to `most` blocks.

    start: the blocks that a person would begin with; those after them take the values of the last one.
    """
    parameters = [Parameter("blocks", Int(1, most), default=len(start))]
    for number in range(1, most + 1):
        first = start[min(number, len(start)) - 1]
        when = None if number == 1 else Condition("blocks", tuple(range(number, most + 1)))
        parameters += [
            Parameter(f"filters_{number}", filters, first.filters, when),
            Parameter(f"kernel_{number}", kernel, first.kernel, when),
            Parameter(f"pool_{number}", pool, first.pool, when),
        ]
    return parameters


def blocks_of(config: Config) -> list[Block]:
    """The blocks that a configuration names."""
    return [
        Block(*(int(config[f"{name}_{number}"]) for name in ("filters", "kernel", "pool")))
        for number in range(1, int(config["blocks"]) + 1)
    ]


def fits(height: int, width: int, padding: str = "valid") -> Constraint:
    """Every kernel and pool must fit into the feature map that reaches it. height, width: of the input."""

    def reason(config: Config) -> str | None:
        return misfit(blocks_of(config), height, width, padding)

    layers = "no kernel and no pool" if padding == "valid" else "no pool"
    return Constraint(
        "feature map",
        f"{layers} may be larger than the feature map that reaches it; the input is {height} x {width}",
        reason,
    )


def misfit(blocks: Sequence[Block], height: int, width: int, padding: str = "valid") -> str | None:
    """The first layer that is larger than its feature map, in words; None where all fit.

    height, width: of the input. Without padding a kernel k leaves size - k + 1; a pool p leaves size // p.
    """
    for number, block in enumerate(blocks, start=1):
        if padding == "valid":
            if block.kernel > min(height, width):
                return _words(f"convolution {number}", "kernel", block.kernel, height, width)
            height, width = height - block.kernel + 1, width - block.kernel + 1
        if block.pool > min(height, width):
            return _words(f"pooling layer {number}", "pool", block.pool, height, width)
        height, width = height // block.pool, width // block.pool
    return None


def convolutions(
    blocks: Sequence[Block], activation: str, padding: str = "valid"
) -> list[keras.layers.Layer]:
    """The Keras layers of some blocks. padding: of the convolutions."""
    import keras

    layers = []
    for block in blocks:
        layers.append(
            keras.layers.Conv2D(block.filters, block.kernel, padding=padding, activation=activation)
        )
        if block.pool > 1:
            layers.append(keras.layers.MaxPooling2D(block.pool))
    return layers


def _words(layer: str, what: str, size: int, height: int, width: int) -> str:
    return (
        f"{layer} cannot be built: its {what} of {size} x {size} is larger than the feature map of "
        f"{height} x {width} that reaches it"
    )
