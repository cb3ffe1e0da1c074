"""One slide of one patient, from its random streams to its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.pathology.standin.layout import Layout, Region, draw_layout, oval, room_of, trace
from datasets.pathology.standin.noise import FloatMap, smooth_noise
from datasets.pathology.standin.paint import paint
from datasets.pathology.standin.plan import Plan, draw_plan
from datasets.pathology.standin.regions_out import write_csv, write_xml
from datasets.pathology.standin.stain import Stain, draw_stain, to_rgb
from datasets.pathology.standin.svs import write_svs
from datasets.pathology.standin.tissue import SCALE
from datasets.pathology.standin.traits import Traits

#: Micrometres a pixel and magnification: a tumour nucleus of 9.5 pixels is 9.6 µm wide.
MPP: Final = 1.008
MAGNIFICATION: Final = 10
FOLDS: Final = 0.35


@dataclass(frozen=True)
class Slide:
    """rgb: uint8 (rows, columns, 3), level 0. The rest says how it came about."""

    rgb: NDArray[np.uint8]
    regions: tuple[Region, ...]
    stain: Stain
    layout: Layout
    plan: Plan


def render(
    patient: np.random.SeedSequence, slide: np.random.SeedSequence, traits: Traits, difficulty: float
) -> Slide:
    """Layout, plan and paint draw from streams of their own, so that a change in one leaves the others."""
    own, optics, tissue, colours = (np.random.default_rng(stream) for stream in slide.spawn(4))
    layout = draw_layout(own, traits.only)
    regions = [trace(own, room_of(layout, k) - 4.0, layout, label) for k, label in enumerate(layout.labels)]
    fold, spot = _fold(own, layout) if own.random() < FOLDS else (None, None)
    shape = layout.shape
    if spot is not None:
        regions.append(oval(own, "artf", spot, 60.0, shape))
    corner = (float(own.choice([20.0, shape[0] - 20.0])), float(own.choice([20.0, shape[1] - 20.0])))
    regions.append(oval(own, "bckg", corner, 40.0, shape))
    if own.random() < 0.4:
        regions.append(oval(own, "null", (shape[0] / 2, shape[1] / 2), 45.0, shape))
    plan = draw_plan(tissue, layout, traits, difficulty)
    h, e, grain = paint(colours, layout, plan, traits, fold)
    stain = draw_stain(np.random.default_rng(patient), optics, difficulty)
    return Slide(to_rgb(h, e, grain, stain), tuple(regions), stain, layout, plan)


def write_slide(folder: Path, name: str, slide: Slide, *, csv: bool, xml: bool) -> None:
    """`folder`/`name`.svs with its regions as .csv, .xml or both."""
    rows, columns = slide.layout.shape
    write_svs(
        folder / f"{name}.svs",
        slide.rgb,
        quality=slide.stain.quality,
        mpp=MPP,
        magnification=MAGNIFICATION,
        name=name,
    )
    if csv:
        write_csv(folder / f"{name}.csv", slide.regions, (rows, columns), MPP)
    if xml:
        write_xml(folder / f"{name}.xml", slide.regions, (rows, columns), MPP)


def _fold(rng: np.random.Generator, layout: Layout) -> tuple[FloatMap, tuple[float, float]]:
    """A bent dark crease across the tissue, coarse map of extra thickness, and a place on it in pixels."""
    shape = layout.tissue.shape
    rows, columns = np.indices(shape, dtype=np.float32)
    centre = rng.uniform(0.25, 0.75, 2) * np.asarray(shape)
    angle = rng.uniform(0.0, np.pi)
    bend = 14.0 * smooth_noise(rng, shape, 110.0)
    away = (rows - centre[0]) * np.cos(angle) - (columns - centre[1]) * np.sin(angle) + bend
    along = (rows - centre[0]) * np.sin(angle) + (columns - centre[1]) * np.cos(angle)
    width, half = rng.uniform(2.5, 6.0), rng.uniform(60.0, 160.0)
    crease = np.clip((width - np.abs(away)) / 1.5, 0.0, 1.0) * np.clip(
        (half - np.abs(along)) / 20.0, 0.0, 1.0
    )
    on = np.argwhere((crease > 0.9) & (layout.tissue > 60.0))
    if not len(on):
        on = np.argwhere(layout.tissue > 60.0)
    spot = on[rng.integers(len(on))] * float(SCALE)
    return (0.6 * crease).astype(np.float32), (float(spot[0]), float(spot[1]))
