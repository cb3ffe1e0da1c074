"""Pictures of tissue patches: small ones, crops as a network sees them, and where they lie on the slide."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reports import figure_style
from reports.palette import CLASSES, LIGHT, PINK, Ground, class_colours, transparent

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Pixels of a side of a small picture.
SMALL = 128

#: Line styles of regions, so that labels are told apart without colour.
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")

#: Height of the picture of a slide on the page, in pixels.
HEIGHT = 560


@dataclass(frozen=True)
class Outline:
    """A region that somebody drew on a slide. vertices: shape (m, 2), x and y in pixels of level 0."""

    label: str
    vertices: NDArray[np.float64]


def small(patch: NDArray[np.uint8], side: int = SMALL) -> NDArray[np.uint8]:
    """A patch made small by averaging whole blocks of pixels, about `side` pixels a side, never enlarged."""
    step = max(1, min(patch.shape[:2]) // side)
    height, width = (length // step * step for length in patch.shape[:2])
    blocks = patch[:height, :width].reshape(height // step, step, width // step, step, 3)
    return np.rint(blocks.mean(axis=(1, 3), dtype=np.float32)).astype(np.uint8)


def pixels(crops: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Crops in [0, 1] as pictures."""
    return np.rint(np.clip(crops, 0, 1) * 255).astype(np.uint8)


def with_centre(patch: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """A copy of a patch with a frame around the centre crop: white within black, seen on any stain."""
    framed = np.array(patch)
    height, width = framed.shape[:2]
    if side >= min(height, width):
        return framed
    top, left = (height - side) // 2, (width - side) // 2
    thick = max(2, side // 64)
    for grow, value in ((2 * thick, 0), (thick, 255)):  # the inner frame is drawn over the outer one
        framed[top - grow : top + side + grow, left - grow : left + side + grow] = value
    framed[top : top + side, left : left + side] = patch[top : top + side, left : left + side]
    return framed


def outlines(arrays: Mapping[str, NDArray[Any]]) -> list[Outline]:
    """The regions of a preview."""
    ends = np.cumsum(arrays["region_lengths"])
    return [
        Outline(str(label), arrays["vertices"][end - length : end])
        for label, length, end in zip(arrays["region_labels"], arrays["region_lengths"], ends, strict=True)
    ]


def region_styles(labels: Sequence[str], class_names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Colour and line style of every label: the classes have their own colours, other labels the next ones."""
    known = dict(zip(class_names, class_colours(len(class_names)), strict=True))
    rest = [colour for colour in CLASSES if colour not in (*known.values(), PINK)]  # tissue is pink
    others = [label for label in dict.fromkeys(labels) if label not in known]
    colours = known | {label: rest[place % len(rest)] for place, label in enumerate(others)}
    order = [*class_names, *others]
    return {
        label: (colours[label], DASHES[order.index(label) % len(DASHES)]) for label in dict.fromkeys(labels)
    }


def slide_figure(
    arrays: Mapping[str, NDArray[Any]],
    class_names: Sequence[str],
    chosen: int | None = None,
    ground: Ground = LIGHT,
) -> go.Figure:
    """The slide made small, its regions with their labels, and the boxes of the patches that were cut.

    arrays: as `PatchExtractor.preview` made them. chosen: place of the patch whose box is drawn thick.
    ground: of the theme, behind the labels. Boxes are black on every theme: the slide below them is bright.
    """
    import plotly.graph_objects as go

    picture, scale = arrays["thumbnail"], float(arrays["scale"])
    height, width = picture.shape[:2]
    figure = go.Figure()
    figure.add_layout_image(
        source=_jpeg(picture),
        xref="x",
        yref="y",
        x=0,
        y=0,
        sizex=width,
        sizey=height,
        sizing="stretch",
        layer="below",
    )
    regions = outlines(arrays)
    styles = region_styles([region.label for region in regions], class_names)
    seen: set[str] = set()
    for region in regions:
        colour, dash = styles[region.label]
        x, y = np.round(np.vstack([region.vertices, region.vertices[:1]]) * scale, 1).T
        figure.add_scatter(
            x=x,
            y=y,
            mode="lines",
            name=region.label,
            legendgroup=region.label,
            showlegend=region.label not in seen,
            line={"color": colour, "width": 3, "dash": dash},
            hoverinfo="name",
        )
        seen.add(region.label)
        figure.add_annotation(
            x=float(np.clip((x.min() + x.max()) / 2, 0.04 * width, 0.96 * width)),
            y=float(np.clip(y.min(), 0, 0.94 * height)),
            text=region.label,
            showarrow=False,
            yanchor="top",
            bgcolor=transparent(ground.background, 0.85),
            borderpad=1,
        )
    x, y = _closed(np.asarray(arrays["boxes"], float) * scale)
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        name="patches",
        line={"color": LIGHT.text, "width": 1.2},
        hoverinfo="skip",
        showlegend=False,
    )
    if chosen is not None:
        x, y = _closed(np.asarray(arrays["boxes"][chosen : chosen + 1], float) * scale)
        figure.add_scatter(
            x=x,
            y=y,
            mode="lines",
            name="the chosen patch",
            line={"color": LIGHT.text, "width": 5},
            fill="toself",
            fillcolor="rgba(255,255,255,0.35)",
            hoverinfo="skip",
            showlegend=False,
        )
    figure.update_layout(figure_style.base_layout("", height=HEIGHT, margin={"l": 0, "r": 0, "t": 5, "b": 5}))
    hidden = {"visible": False, "constrain": "domain"}
    figure.update_xaxes(range=[0, width], **hidden)
    figure.update_yaxes(range=[height, 0], scaleanchor="x", **hidden)
    return figure


def _closed(boxes: NDArray[np.float64]) -> tuple[list[float | None], list[float | None]]:
    """Boxes (left, top, right, bottom) as one line with gaps."""
    x: list[float | None] = []
    y: list[float | None] = []
    for left, top, right, bottom in np.round(boxes, 1).tolist():
        x += [left, right, right, left, left, None]
        y += [top, top, bottom, bottom, top, None]
    return x, y


def _jpeg(picture: NDArray[np.uint8]) -> str:
    """The picture inside of the figure: an eighth of what it would need without loss."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
