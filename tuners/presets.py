"""Ready-made comparisons: the study's own, and a short one to look at within minutes."""

from __future__ import annotations

from dataclasses import dataclass

#: The sets whose classifiers and BER settings the study fixed.
POSTER_SETS = ("08", "09", "10")


@dataclass(frozen=True)
class Preset:
    """What a preset stands for. poster: use the study's own settings for KNN, RNF and BER.

    study: a fixed study name; running the preset again continues or shows that study.
    """

    name: str
    title: str
    max_trials: int
    max_epochs: int
    tuner: str
    poster: bool = True
    study: str | None = None


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            name="poster",
            title="every system of the study's table, with the study's settings where they are known",
            max_trials=20,
            max_epochs=10,
            tuner="keras-random",
        ),
        Preset(
            name="demo",
            title="the same table from short searches, in a few minutes on two cores",
            max_trials=10,
            max_epochs=6,
            tuner="keras-random",
            study="demo",
        ),
    )
}


def systems_of(dataset: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Baselines and models of the study's table for a data set.

    The study gives two networks of each sort for set 10 and one for sets 08 and 09, without saying
    which; the first of each sort stands for it there.
    """
    if dataset == "10":
        return ("knn", "rnf", "mlp-m1", "mlp-m2"), ("mlp-a1", "mlp-a2")
    return ("knn", "rnf", "mlp-m1"), ("mlp-a1",)
