"""MLP-A1: the study's first autotuned space, an MLP without dropout."""

from __future__ import annotations

from tuners.hypermodels._mlp import Mlp, mlp_space


class MlpA1(Mlp):
    name = "mlp-a1"
    system = "MLP-A1"
    title = "Keras MLP, 1 to 6 layers, no dropout in the space"
    space = mlp_space(dropout=False)
