"""Decision surfaces: what each system answers at every place of the plane, under the points of a split."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from datasets.errors import DataError
from datasets.types import Samples
from reports import figure_style, palette, tables
from reports.density_image import MANY, OVER_DENSITY, density, density_traces
from tuners.record import ScoreRecord
from tuners.recording import Plane
from tuners.store import Store

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from reports.disagreement import Disagreement

#: Points drawn at most: more only hide each other, and a page has to carry them.
MOST_POINTS = 5_000

#: Of the sampling of points, so that every figure of a study shows the same ones.
SAMPLE_SEED = 20_240

#: Shades a class, from undecided to certain.
SHADES = 8

Mode = Literal["probability", "class"]


@dataclass(frozen=True)
class Surface:
    """Answers of one trained system on a grid; row i is x2 = y[i], column j is x1 = x[j].

    probabilities: uint8, shape (rows, columns, C), 255 for certainty. classes: uint8, (rows, columns).
    """

    system: str
    repeat: int
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    probabilities: NDArray[np.uint8]
    classes: NDArray[np.uint8]

    @property
    def count(self) -> int:
        """Number of classes."""
        return int(self.probabilities.shape[-1])


def load_surface(store: Store, score: ScoreRecord) -> Surface:
    """The surface of a score. Raises DataError where it has none or its file is gone or broken."""
    if score.surface is None:
        raise DataError(f"{score.system} has no decision surface: only sets with two features have one")
    path = store.folder / score.surface
    try:
        with np.load(path, allow_pickle=False) as arrays:
            parts = {name: arrays[name] for name in ("x", "y", "probabilities", "classes")}
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(
            f"the decision surface of {score.system} cannot be read from {path}: {error}"
        ) from error
    return Surface(score.system, score.repeat, **parts)


def sample(samples: Samples, most: int = MOST_POINTS) -> Samples:
    """At most `most` points, the same ones at every call, in their order."""
    if len(samples) <= most:
        return samples
    chosen = np.sort(np.random.default_rng(SAMPLE_SEED).choice(len(samples), most, replace=False))
    return Samples(np.asarray(samples.x[chosen]), np.asarray(samples.y[chosen]))


def levels(surface: Surface, mode: Mode) -> NDArray[np.uint8]:
    """The grid as one byte a place: the class shown, and within it the shade of its probability."""
    shown = np.take_along_axis(surface.probabilities, surface.classes[..., None].astype(np.intp), axis=-1)
    return shades(surface.classes, shown[..., 0], surface.count, mode)


def shades(
    classes: NDArray[np.uint8], certainty: NDArray[np.uint8], count: int, mode: Mode
) -> NDArray[np.uint8]:
    """Levels of classes and of the probabilities of these classes, 255 for 1; arrays of one shape, any."""
    if mode == "class":
        return np.asarray(classes * SHADES + SHADES - 1, dtype=np.uint8)
    least = 1 / count
    above = np.clip((certainty / 255 - least) / (1 - least), 0, 1)
    shade = np.minimum((above * SHADES).astype(np.uint8), SHADES - 1)
    return np.asarray(classes * SHADES + shade, dtype=np.uint8)


def surface_figure(
    surfaces: Sequence[Surface],
    samples: Samples | None,
    class_names: Sequence[str],
    split: str,
    *,
    caption: str,
    errors: Mapping[str, float] | None = None,
    columns: int = 3,
    mode: Mode = "probability",
    most: int = MOST_POINTS,
    disagreement: Disagreement | None = None,
) -> go.Figure:
    """Surfaces side by side on matched axes, so that a zoom into one zooms into all.

    samples: the split's points, sampled to `most`; None draws surfaces alone. errors: by system, for the
    titles. columns: panels a row; 1 for a narrow page. Above `MANY` points the sample lies over an image of
    where all of them are. disagreement: one panel more, of where two systems differ.
    """
    from plotly.subplots import make_subplots

    titles = [panel_title(surface, split, errors) for surface in surfaces]
    if disagreement is not None:
        titles.append(f"{disagreement.first.system},<br>where {disagreement.second.system} differs")
    rows, columns = figure_style.arrange(len(titles), columns)
    height = 110 + rows * (360 if columns > 1 else 320)
    specs: list[list[dict[str, object] | None]] = [
        [{} if row * columns + place < len(titles) else None for place in range(columns)]
        for row in range(rows)
    ]
    figure = make_subplots(
        rows=rows,
        cols=columns,
        specs=specs,
        subplot_titles=titles,
        shared_xaxes="all",
        shared_yaxes="all",
        horizontal_spacing=0.03,
        vertical_spacing=min(0.12, 75 / height) if rows > 1 else 0,
    )
    shown = None if samples is None else sample(samples, most)
    classes, frame = len(class_names), frame_of(surfaces)
    image = None if samples is None or len(samples) <= MANY else density(samples, frame, classes)
    for index, surface in enumerate(surfaces):
        traces = [ground_trace(surface, levels(surface, mode), classes)]
        traces += [] if image is None else density_traces(image, frame)
        traces += point_traces(shown, class_names, first=index == 0, over=image is not None)
        _add(figure, traces, index, columns)
    if disagreement is not None:
        differing = disagreement.points
        agreed = np.uint8(classes * SHADES)
        z = np.where(disagreement.places, levels(disagreement.first, "class"), agreed)
        traces = [ground_trace(disagreement.first, z, classes)]
        traces += point_traces(
            None if differing is None else sample(differing, most), class_names, first=False
        )
        _add(figure, traces, len(surfaces), columns)
    note = f"{caption}; {points_text(shown, samples, split)}"
    if image is not None:
        note += " over the density of all"
    figure.update_layout(
        figure_style.base_layout(note, height=height, margin={"l": 10, "r": 10, "t": 85, "b": 10})
    )
    figure.update_layout(legend={"itemsizing": "constant"})
    figure.update_annotations(font_size=12)
    low_x, high_x, low_y, high_y = frame
    figure.update_xaxes(figure_style.plain_axis(range=[low_x, high_x], showgrid=False))
    figure.update_yaxes(figure_style.plain_axis(range=[low_y, high_y], showgrid=False))
    return figure


def panel_title(surface: Surface, split: str, errors: Mapping[str, float] | None, line: str = "<br>") -> str:
    """The system, and its error on the split where that is known."""
    if errors is None or surface.system not in errors:
        return surface.system
    return f"{surface.system}{line}{split} error {tables.error(errors[surface.system])} %"


def points_text(shown: Samples | None, samples: Samples | None, split: str) -> str:
    """How many of a split's points are drawn."""
    if shown is None or samples is None:
        return f"the points of {split} are not at hand"
    if len(shown) == len(samples):
        return f"all {len(samples):,} points of {split}"
    return f"{len(shown):,} of {len(samples):,} points of {split}"


def _add(figure: go.Figure, traces: Sequence[Any], index: int, columns: int) -> None:
    for trace in traces:
        figure.add_trace(trace, row=index // columns + 1, col=index % columns + 1)


def ground_trace(surface: Surface | Plane, z: NDArray[np.uint8], count: int) -> go.Heatmap:
    """The colours of a panel. z: levels; the one after the last class is left blank."""
    import plotly.graph_objects as go

    return go.Heatmap(
        x=surface.x,
        y=surface.y,
        z=z,
        zmin=-0.5,
        zmax=count * SHADES + 0.5,
        colorscale=_colourscale(count),
        showscale=False,
        hoverinfo="skip",
    )


def point_traces(
    shown: Samples | None, class_names: Sequence[str], first: bool, over: bool = False
) -> list[Any]:
    """One trace a class, so that a click in the legend hides a class everywhere.

    first: whether the legend names them. over: a density, which stays visible.
    """
    import plotly.graph_objects as go

    if shown is None:
        return []
    traces = []
    for index, colour in enumerate(palette.class_colours(len(class_names))):
        mine = shown.y == index
        traces.append(
            go.Scattergl(
                # Single precision halves what a page has to carry and is far finer than a pixel.
                x=np.asarray(shown.x[mine, 0], dtype=np.float32),
                y=np.asarray(shown.x[mine, 1], dtype=np.float32),
                mode="markers",
                name=class_label(class_names[index]),
                legendgroup=f"class {index}",
                showlegend=first,
                marker={"color": colour}
                | (OVER_DENSITY if over else {"size": 4, "opacity": alpha_of(len(shown))}),
                hoverinfo="skip",
            )
        )
    return traces


def alpha_of(count: int) -> float:
    """Fewer points are drawn stronger, so that where many lie shows as density."""
    return float(np.clip(800 / max(count, 1), 0.35, 0.9))


def frame_of(surfaces: Sequence[Surface]) -> tuple[float, float, float, float]:
    """The axes that hold every surface."""
    return (
        float(min(surface.x[0] for surface in surfaces)),
        float(max(surface.x[-1] for surface in surfaces)),
        float(min(surface.y[0] for surface in surfaces)),
        float(max(surface.y[-1] for surface in surfaces)),
    )


def strengths() -> list[float]:
    """How much of a class' colour each of its shades has."""
    return [float(strength) for strength in np.linspace(0.10, 0.5, SHADES)]


def _colourscale(count: int) -> list[list[Any]]:
    """plotly's steps of constant colour, one a level and a blank one; transparent, for light and dark pages alike."""
    steps: list[list[Any]] = []
    total = count * SHADES + 1
    inks = [palette.transparent(colour, s) for colour in palette.class_colours(count) for s in strengths()]
    inks.append(palette.transparent(palette.GREY, 0))
    for place, ink in enumerate(inks):
        steps += [[place / total, ink], [(place + 1) / total, ink]]
    return steps


def class_label(name: str) -> str:
    """A bare number in a legend would say nothing."""
    return f"class {name}" if name.isdecimal() else name
