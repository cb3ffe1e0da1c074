"""The analysis of a contest as pages show it: computed once for all viewers as long as the contest stands as it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard import figures, projector, reading
from datasets.errors import DataError
from reports.chart_plotly import STAMP
from reports.contest_data import ContestData
from reports.contest_reading import random_studies, read_contest
from reports.people_part import part
from reports.pictures import png
from tuners.contest.book import Book
from tuners.contest.record import Contest
from tuners.contest.rounds import whole_rounds

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

#: What names the state of a contest: in another one its figures are others.
Stage = tuple[str, ...]


def stage(contest: Contest) -> Stage:
    """People may withdraw, and final trainings go on for a while after the end: one more of everybody is another stage."""
    return _stage(reading.source(), contest.id)


def frame(contest: Contest, name: str, public: bool, random_study: str | None) -> pd.DataFrame:
    """The frame of a part. public: without what only the instructor may see."""
    own = random_study if name == "random_search" else None
    return _frame(reading.source(), contest.id, stage(contest), name, public, own)


def figure(contest: Contest, name: str, public: bool, random_study: str | None) -> go.Figure | None:
    """The figure of a part in the page's fonts and colours; nobody changes it after this."""
    own = random_study if name == "random_search" else None
    look = str((figures.ground(), figures.font(), projector.on(), figures.phone()))
    return _figure(reading.source(), contest.id, stage(contest), name, public, own, look)


def picture(contest: Contest, name: str, public: bool, random_study: str | None) -> bytes:
    """The same as the report draws it. It imports matplotlib, so a button calls it when somebody asks for the file."""
    drawn = part(name).picture(frame(contest, name, public, random_study))
    if drawn is None:
        raise DataError(f"contest {contest.id} has nothing to draw under “{part(name).title}”")
    return png(drawn)


def searched_at_random() -> list[str]:
    """Studies whose random search can stand in place of the contest's own."""
    return _random_studies(reading.source())


@st.cache_data(ttl=reading.FRESH, show_spinner=False)
def _stage(source: reading.Source, id: str) -> Stage:
    book = Book(reading.store())
    contest, rounds = book.contest(id), whole_rounds(book.entrants(id), book.finals(id))
    return (contest.state.value, str(len(book.people(id))), str(rounds.whole), str(len(rounds.errors)))


@st.cache_data(ttl=10, show_spinner=False)
def _random_studies(source: reading.Source) -> list[str]:
    return random_studies(reading.store())


@st.cache_data(max_entries=8, show_spinner="Reading the contest …")
def _data(
    source: reading.Source, id: str, stage: Stage, public: bool, random_study: str | None
) -> ContestData:
    return read_contest(reading.store(), id, public=public, random_study=random_study)


@st.cache_data(max_entries=80, show_spinner=False)
def _frame(
    source: reading.Source, id: str, stage: Stage, name: str, public: bool, random_study: str | None
) -> pd.DataFrame:
    return part(name).frame(_data(source, id, stage, public, random_study))


@st.cache_resource(max_entries=80, show_spinner=False)
def _figure(
    source: reading.Source,
    id: str,
    stage: Stage,
    name: str,
    public: bool,
    random_study: str | None,
    look: str,
) -> go.Figure | None:
    made = part(name).figure(_frame(source, id, stage, name, public, random_study))
    if made is not None:
        made.update_layout(margin_t=40 if made.layout.annotations else 10)
        figures.dress(made, zoom=False)
        # As large as its panel, which is narrow beside the names of entrants on a phone.
        size = figures.font() if figures.phone() else 2 * figures.font()
        made.update_annotations(selector={"name": STAMP}, font={"size": size})
    return made
