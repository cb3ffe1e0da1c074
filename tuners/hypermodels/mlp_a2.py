"""MLP-A2: the study's second autotuned space, an MLP with dropout."""

from __future__ import annotations

from tuners.hypermodels._mlp import Mlp, mlp_space


class MlpA2(Mlp):
    name = "mlp-a2"
    system = "MLP-A2"
    title = "Keras MLP, 1 to 6 layers, dropout in the space"
    space = mlp_space(dropout=True)
