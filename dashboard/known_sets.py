"""What is known of the generated sets, computed once for all viewers: densities never change."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from datasets.types import SPLIT_NAMES, Samples, SplitName
from imld_synth import Drawing, preset
from reports.boundary import boundary_lines
from reports.decomposition import shown
from reports.known_truth import known_truth
from reports.surfaces import Surface

Floats = NDArray[np.float64]

#: Points a side of the grid on which the best answers are computed.
GRID = 220

#: Points that are drawn over it.
POINTS = 4_000

#: Which draw of them: any would do, and the same one makes the same page.
SEED = 0

BEST, OF_TRAIN = "optimal for {split}", "optimal for train"


@st.cache_data(max_entries=16, show_spinner="Integrating the densities …")
def truth(name: str) -> pd.DataFrame:
    """What `known_truth` says of a set."""
    one = preset(name)
    return known_truth({split: one.drawing(split) for split in SPLIT_NAMES})


@st.cache_data(max_entries=16, show_spinner="Computing the best answers …")
def best_answers(name: str, split: str) -> list[Surface]:
    """The rule that is optimal for a split, and beside it that of train, over the same part of the plane."""
    one = preset(name)
    points = np.concatenate([one.generate_split(part, SEED, POINTS)[0] for part in SPLIT_NAMES])
    low, high = points.min(axis=0), points.max(axis=0)
    across, up = (np.linspace(low[axis], high[axis], GRID) for axis in (0, 1))
    rules = {BEST.format(split=split): one.drawing(split)} | {OF_TRAIN: one.train}
    return [_surface(title, drawing, across, up) for title, drawing in rules.items()]


@st.cache_data(max_entries=64, show_spinner=False)
def drawn_points(name: str, split: str, seed: int = SEED) -> Samples:
    """Some points of a split, for figures."""
    return Samples(*preset(name).generate_split(cast(SplitName, split), seed, POINTS))


@st.cache_data(max_entries=16, show_spinner="Integrating the densities …")
def bayes_error(name: str, split: str) -> float:
    """The least error that any classifier can have on a split, as it is printed."""
    return shown(preset(name).drawing(split).bayes_error().value)


@st.cache_data(max_entries=32, show_spinner="Integrating the densities …")
def rule_error(name: str, rule: str, split: str) -> float:
    """The error on one split of the rule that is optimal for another, as it is printed."""
    return shown(preset(name).drawing(split).error_of(preset(name).drawing(rule)).value)


@st.cache_data(max_entries=16, show_spinner="Finding the Bayes boundary …")
def boundary(name: str, split: str) -> list[Floats]:
    """Where the rule that is optimal for a split changes its answer, over the part of the plane of `best_answers`."""
    surface = best_answers(name, split)[0]
    return boundary_lines(preset(name).drawing(split), surface.x, surface.y)


def _surface(title: str, drawing: Drawing, across: Floats, up: Floats) -> Surface:
    points = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    posterior = drawing.posterior(points).reshape(GRID, GRID, -1)
    classes = drawing.decide(points).astype(np.uint8).reshape(GRID, GRID)
    return Surface(title, 0, across, up, np.rint(255 * posterior).astype(np.uint8), classes)
