"""What is known of the generated sets and of drawings, computed once for all viewers: densities never change.

`version` tells the drawings of one name apart (`datasets.drawings.version`); presets have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from datasets import drawings
from datasets.errors import DataError, HandtuneError
from datasets.types import SPLIT_NAMES, Samples, SplitName
from imld_synth import Drawing, preset, presets
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


@dataclass(frozen=True)
class KnownSet:
    """A preset, or a drawing whose densities are known."""

    title: str
    class_names: tuple[str, ...]
    densities: Mapping[SplitName, Drawing]


def titles() -> dict[str, str]:
    """The names of all sets with known densities, and what to call them: presets first, then drawings."""
    found = {one.name: f"{one.name} · {one.title}" for one in presets()}
    for name in drawings.names():
        one = _drawn(name, drawings.version(name))
        if one is not None:
            found[name] = f"{name} · {one.title}"
    return found


def known_set(name: str, version: str = "") -> KnownSet:
    """The set of that name, one of `titles`. Raises UnknownSetError for others."""
    drawn = _drawn(name, version) if version else None
    if drawn is not None:
        return drawn
    one = preset(name)
    return KnownSet(one.title, one.class_names, {split: one.drawing(split) for split in SPLIT_NAMES})


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawn(name: str, version: str) -> KnownSet | None:
    """A drawing; None where it cannot be read, or a density is not known or takes too long to be integrated here."""
    try:
        canvas = drawings.read(name)
    except (DataError, HandtuneError):
        return None
    found = canvas.densities()
    if found is None:
        return None
    title = canvas.title or "a drawing"
    return KnownSet(title, canvas.class_names, {split: found[split] for split in SPLIT_NAMES})


@st.cache_data(max_entries=16, show_spinner="Integrating the densities …")
def truth(name: str, version: str = "") -> pd.DataFrame:
    """What `known_truth` says of a set."""
    return known_truth(known_set(name, version).densities)


@st.cache_data(max_entries=16, show_spinner="Computing the best answers …")
def best_answers(name: str, split: str, version: str = "") -> list[Surface]:
    """The rule that is optimal for a split, and beside it that of train, over the same part of the plane."""
    densities = known_set(name, version).densities
    points = np.concatenate([drawn_points(name, part, version=version).x for part in SPLIT_NAMES])
    low, high = points.min(axis=0), points.max(axis=0)
    across, up = (np.linspace(low[axis], high[axis], GRID) for axis in (0, 1))
    rules = {BEST.format(split=split): densities[cast(SplitName, split)]} | {OF_TRAIN: densities["train"]}
    return [_surface(title, drawing, across, up) for title, drawing in rules.items()]


@st.cache_data(max_entries=64, show_spinner=False)
def drawn_points(name: str, split: str, seed: int = SEED, version: str = "") -> Samples:
    """Some points of a split, for figures: of a drawing those that it has."""
    if version:
        x, y = drawings.read(name).points(split)
        chosen = np.random.default_rng(seed).permutation(len(y))[:POINTS]
        return Samples(x[chosen], y[chosen])
    return Samples(*preset(name).generate_split(cast(SplitName, split), seed, POINTS))


@st.cache_data(max_entries=16, show_spinner="Integrating the densities …")
def bayes_error(name: str, split: str) -> float:
    """The least error that any classifier can have on a split, as it is printed."""
    return shown(preset(name).drawing(split).bayes_error().value)


@st.cache_data(max_entries=32, show_spinner="Integrating the densities …")
def rule_error(name: str, rule: str, split: str) -> float:
    """The error on one split of the rule that is optimal for another, as it is printed."""
    if rule == split:
        return bayes_error(name, split)
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
