"""cifar10: LeNet-5 on photographs, for contests of hours; the files come from --data-root."""

from __future__ import annotations

from tuners.contest.task import ContestTask


class Cifar10(ContestTask):
    name = "cifar10"
    title = "LeNet-5 on CIFAR-10 from --data-root; a training takes minutes"
    dataset = "cifar10"
    model = "by-hand-lenet5"
    requires = ("torch",)
    classes = 10
    sizes = (45_000, 5_000, 10_000)
    samples = "small photographs"
    seconds = 150.0
    minutes = 120.0
