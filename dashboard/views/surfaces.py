"""Decision surfaces of several systems side by side, under the points of a split."""

from collections.abc import Mapping
from itertools import permutations
from typing import cast, get_args

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard import deep_links, downloads, figures, messages, reading
from dashboard.set_picker import link_to_samples
from dashboard.study_picker import pick_study
from datasets.errors import DataError
from datasets.types import SPLIT_NAMES, Samples, SplitName
from imld_synth import Drawing
from reports import disagreement, tables
from reports.boundary import add_boundary, boundary_lines
from reports.decomposition import known
from reports.known_truth import densities_of_study
from reports.section import section, units
from reports.sections.surfaces import POINTS
from reports.surfaces import MOST_POINTS, Mode, Surface, load_surface, surface_figure
from tuners.record import HAND, ScoreRecord, StudyRecord
from tuners.summary import SystemSummary

TITLE = "Decision surfaces"
ICON = ":material/gradient:"
SECTION = "Analyse"
POSITION = 25

MOST_COLUMNS = 3

#: No map of where two systems differ.
NONE = "none"


def first_choice(systems: list[SystemSummary]) -> list[str]:
    """What the page opens with: the best that a person tuned beside the best that a tuner found, on dev."""
    by_dev = sorted(systems, key=lambda system: system.errors["dev"])
    best = [next((s.label for s in by_dev if (s.tuner == HAND) == hand), None) for hand in (True, False)]
    found = [label for label in best if label is not None]
    return found if len(found) == 2 else [system.label for system in systems[:2]]


def score_of(system: SystemSummary, repeat: str) -> ScoreRecord:
    """The final training of that number; the first one of a system that was trained once."""
    return next((s for s in system.scores if str(s.repeat + 1) == repeat), system.scores[0])


def load(scores: list[ScoreRecord]) -> list[Surface]:
    """The surfaces that can be read; a warning for each of the others."""
    surfaces = []
    for score in scores:
        try:
            surfaces.append(load_surface(reading.store(), score))
        except DataError as error:
            st.warning(messages.escaped(str(error)), icon=":material/broken_image:")
    return surfaces


def default_columns(count: int) -> str:
    """One panel a row on a phone, where panels side by side would be stamps."""
    return "1" if figures.phone() else str(min(MOST_COLUMNS, max(2, count)))


@st.cache_resource(max_entries=24, show_spinner="Looking for densities …")
def densities(_study: StudyRecord, content_hash: str) -> Mapping[SplitName, Drawing] | None:
    """Those that points of this hash were drawn from, None where they are not known here; once for all viewers."""
    return densities_of_study(_study)


@st.cache_data(max_entries=24, show_spinner="Finding the Bayes boundary …")
def bayes_boundary(
    content_hash: str, split: str, x: NDArray[np.float64], y: NDArray[np.float64], _drawing: Drawing
) -> list[NDArray[np.float64]]:
    """Once for all viewers: the densities of points of this hash never change."""
    return boundary_lines(_drawing, x, y)


def boundary_text(study: StudyRecord, split: SplitName) -> str:
    """What the line is, and the Bayes error where the study holds it."""
    text = f" The line is the Bayes boundary: there the rule that is optimal for {split} changes its answer"
    truth = known(reading.store().bayes(study.name)).get(split)
    errs = "" if truth is None else f"; it errs on {tables.error(truth.ber)} % of such points"
    return f"{text}{errs}. The line ends where next to no point falls."


def map_text(found: disagreement.Disagreement) -> str:
    """What the panel of two systems shows."""
    first, second = tables.escape(found.first.system), tables.escape(found.second.system)
    text = f" The last panel is {first}'s ground where {second} answers otherwise, and blank elsewhere"
    if found.points is None:
        return f"{text}."
    drawn, count = min(len(found.points), MOST_POINTS), len(found.points)
    return f"{text}; it has {'all' if drawn == count else f'{drawn:,} of'} {count:,} points of {split} that lie there."


def show_disagreement(
    found: disagreement.Disagreement, samples: Samples | None, study: StudyRecord, errors: dict[str, float]
) -> None:
    """The numbers of the map: how many points get two answers, and who is right on them."""
    first, second = found.first, found.second
    st.header(f"{tables.escape(first.system)} against {tables.escape(second.system)}", anchor=False)
    if samples is None:
        st.caption("How many points these are cannot be counted without the points.")
        return
    frame = disagreement.compare(first, second, samples, study.data.class_names, errors)
    st.markdown(disagreement.sentence(frame, split))
    st.markdown(disagreement.markdown(frame))
    st.caption(
        f"All {len(samples):,} points of {split}, each with the answer at the nearest of the {first.classes.size:,} places "
        f"of the ground. Errors counted so are within {100 * frame.attrs['off']:.2f} points of those that were measured."
    )
    st.download_button(
        "CSV of the differing answers",
        downloads.csv(frame),
        f"{study.name}-{split}-disagreement.csv",
        "text/csv",
        on_click="ignore",
    )


st.title("Decision surfaces")
first, second = st.columns([0.35, 0.65])
study = pick_study(first)
summary = reading.summary(study.name)
scored = [system for system in summary.systems if system.scores]
if not scored:
    messages.no_scores(study)
    st.stop()
drawable = {system.label: system for system in scored if any(score.surface for score in system.scores)}
if not drawable and study.data.kind != POINTS:
    st.info(
        f"Data set {messages.escaped(study.data.name)} holds {units(study.data.kind)} of "
        f"{' × '.join(str(size) for size in study.data.shape)} values: a plane shows the answers to two features only.",
        icon=":material/grid_off:",
    )
    st.page_link("views/errors.py", label="See its errors", query_params={"study": study.name})
    link_to_samples(study)
    st.stop()
if not drawable:
    st.info(
        f"No system of study **{study.name}** has a decision surface: they are kept for sets of two features only.",
        icon=":material/grid_off:",
    )
    st.page_link("views/errors.py", label="See its errors", query_params={"study": study.name})
    st.stop()

with second:
    systems = deep_links.multiselect(
        "Systems", list(drawable), key="systems", default=first_choice(list(drawable.values()))
    )
with st.container(horizontal=True):
    # In both orders: the map is the first one's ground where the second differs.
    pairs = {f"{one} / {other}": (one, other) for one, other in permutations(systems, 2)}
    pair = NONE
    if pairs:
        pair = deep_links.selectbox("Where two differ", [NONE, *pairs], key="differ", default=NONE, width=270)
    split = cast(SplitName, deep_links.segmented("Points of", SPLIT_NAMES, key="split", default="eval"))
    mode = cast(Mode, deep_links.segmented("Ground", get_args(Mode), key="mode", default="probability"))
    repeats = sorted({str(score.repeat + 1) for system in scored for score in system.scores}, key=int)
    repeat = repeats[0]
    if len(repeats) > 1:
        repeat = deep_links.segmented("Final training", repeats, key="repeat", default=repeats[0])
    columns = deep_links.segmented(
        "Panels a row",
        [str(number) for number in range(1, MOST_COLUMNS + 1)],
        key="columns",
        default=default_columns(len(systems) + (pair != NONE)),
    )
    known_densities = densities(study, study.data.content_hash)
    boundary = (
        known_densities is not None
        and deep_links.segmented("Bayes boundary", ("no", "yes"), key="bayes", default="no") == "yes"
    )
scores = [score_of(drawable[label], repeat) for label in systems]
surfaces = load([score for score in scores if score.surface])
if not systems:
    st.info("Choose at least one system above.", icon=":material/arrow_upward:")
elif surfaces:
    shown = {surface.system: surface for surface in surfaces}
    samples = figures.points(study, split)
    errors = {score.system: score.errors[split] for score in scores}
    both = [shown[label] for label in pairs.get(pair, ()) if label in shown]
    found = disagreement.disagreement(both[0], both[1], samples) if len(both) == 2 else None
    figure = surface_figure(
        surfaces,
        samples,
        study.data.class_names,
        split,
        caption=f"Data set {study.data.name}",
        errors=errors,
        columns=int(columns),
        mode=mode,
        disagreement=found,
    )
    figures.stand_out(figure)
    about = figure.layout.title.text
    alt = f"Decision surfaces of {', '.join(systems)}, {about}"
    words = ""
    if found is not None:
        alt += f"; where {pair} answer differently"
        words += map_text(found)
    if boundary and known_densities is not None:
        drawing = known_densities[split]
        lines = bayes_boundary(study.data.content_hash, split, surfaces[0].x, surfaces[0].y, drawing)
        add_boundary(figure, lines, figures.ground().text, figures.ground().background)
        alt += f"; with the Bayes boundary of {split}"
        words += boundary_text(study, split)
    figures.show_figure(figure, "surfaces", alt, study, zoom=True)
    st.markdown(section("surfaces").lead)
    st.caption(
        f"{about}.{words} Drag to zoom into all panels at once, double click to see everything again; "
        "a click on a class in the legend hides its points."
    )
    if found is not None:
        show_disagreement(found, samples, study, errors)
absent = [system.label for system in scored if system.label not in drawable]
if absent:
    st.caption(f"Without a surface: {', '.join(absent)}.")
if surfaces:
    st.page_link(
        "views/replay.py",
        label="See how one came about, epoch by epoch",
        icon=":material/motion_play:",
        query_params={"study": study.name},
    )
