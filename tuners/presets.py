"""Ready-made comparisons: the study's own, and a short one to look at within minutes."""

from __future__ import annotations

from dataclasses import dataclass

#: The set of a preset where none is named.
DEFAULT_SET = "10"

#: The sets whose systems the study fixed.
POSTER_SETS = ("08", "09", "10", "11", "12")

#: What tuners tune where no model is named, by the kind of the data.
DEFAULT_MODELS = {
    "points2d": "mlp-a1",
    "eeg": "lstm-a",
    "patches": "cnn-a",
    "images": "lenet5",
    "small-images": "digits-cnn",
    "large-images": "cnn-a",
}

#: Trials and epochs of a preset's searches on data whose trials take minutes instead of seconds: what two
#: cores do within a quarter of an hour.
HEAVY_BUDGET = {"poster": (8, 5), "demo": (4, 3)}


@dataclass(frozen=True)
class Preset:
    """What a preset stands for. poster: use the study's own settings where they are known.

    study: a fixed study name; running the preset again continues or shows that study.
    dataset: where none is named.
    contest: it has no table of systems, but the network and the space of the contest task on its data. There each
    configuration says for how many epochs it is trained, and max_epochs is the most that any task allows.
    """

    name: str
    title: str
    max_trials: int
    max_epochs: int
    tuner: str
    poster: bool = True
    study: str | None = None
    dataset: str = DEFAULT_SET
    contest: bool = False

    def budget(self, kind: str) -> tuple[int, int]:
        """Trials and epochs a trial of its searches on a kind of data."""
        light = self.contest or kind == "points2d"
        return (self.max_trials, self.max_epochs) if light else HEAVY_BUDGET[self.name]

    def study_name(self, dataset: str) -> str | None:
        """The fixed name of its study: one a data set, set 10 having the plain one."""
        if self.study is None or dataset == DEFAULT_SET:
            return self.study
        return f"{self.study}-{dataset}" if dataset in POSTER_SETS else None


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
        Preset(
            name="random-320",
            title="320 random configurations of a contest's task, as the study of hand tuning drew them: what chance finds",
            max_trials=320,
            max_epochs=20,
            tuner="keras-random",
            dataset="digits",
            contest=True,
        ),
        Preset(
            name="thirty-one",
            title="the final configurations of that study's 31 participants, on a contest's task",
            max_trials=31,
            max_epochs=20,
            tuner="hand",
            dataset="digits",
            contest=True,
        ),
    )
}


def systems_of(dataset: str, kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Baselines and models of the study's table for a data set of a kind.

    The study gives two networks of each sort for set 10 and one for sets 08 and 09, without saying
    which; the first of each sort stands for it there.
    """
    if kind == "patches":
        return ("cnn-m",), ("cnn-a",)
    if kind == "eeg":
        return ("cnn-lstm-m",), ("lstm-a",)
    if kind == "images":
        return ("lenet5-m",), ("lenet5",)
    if kind == "small-images":
        return ("digits-cnn-m",), ("digits-cnn",)
    if kind == "large-images":
        return ("squeezenet-m",), ("cnn-a",)
    if dataset == "10":
        return ("knn", "rnf", "mlp-m1", "mlp-m2"), ("mlp-a1", "mlp-a2")
    return ("knn", "rnf", "mlp-m1"), ("mlp-a1",)
