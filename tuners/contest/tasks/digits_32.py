"""digits-32: LeNet-5 without a download, on digits of the size of CIFAR-10's photographs."""

from __future__ import annotations

from tuners.contest.task import ContestTask


class Digits32(ContestTask):
    name = "digits-32"
    title = "LeNet-5 on noisy digits of 32 x 32 pixels in colour; no download, a training takes seconds"
    dataset = "digits-32"
    model = "by-hand-lenet5"
    requires = ("torch", "sklearn")
    classes = 10
    sizes = (1_297, 1_000, 1_000)
    samples = "small coloured pictures"
    seconds = 4.5
