"""What a page says instead of an empty space or a traceback: always with the next command to type."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from dashboard.contest import doors
from datasets.errors import DataError, HandtuneError
from reports.section import units
from tuners.record import StudyRecord, StudyState
from tuners.store import DEFAULT, location, shown

PROVENANCE_COLOURS = {"real": "green", "generated": "orange", "stand-in": "violet", "drawn": "blue"}
STATE_BADGES = {
    StudyState.RUNNING: ":blue-badge[:material/play_arrow: running]",
    StudyState.INTERRUPTED: ":orange-badge[:material/pause: interrupted]",
    StudyState.FINISHED: ":green-badge[:material/check: finished]",
    StudyState.FAILED: ":red-badge[:material/error: failed]",
}


@contextmanager
def plain_words() -> Iterator[None]:
    """Turns what a user can cause or mend (a wrong path, a damaged file) into two plain lines."""
    try:
        doors.knock()
        yield
    except (HandtuneError, DataError) as error:
        _trouble(str(error))
    except SQLAlchemyError as error:
        _trouble(f"The store {address()} cannot be read: {getattr(error, 'orig', None) or error}.")


def _trouble(text: str) -> None:
    if doors.shut():  # where files lie is nothing for a class
        print(text, file=sys.stderr)
        st.error("Something is wrong here; please tell the instructor.", icon=":material/error:")
        return
    text = text.replace(location(None), address())
    st.error(text[:1].upper() + text[1:], icon=":material/error:")
    st.markdown("Start the dashboard again with another store, for example:")
    st.code("HANDTUNE_STORE=runs/handtune.sqlite streamlit run dashboard/app.py", language="bash")


def empty_store() -> None:
    """No study at all: the way to the first one."""
    st.info(f"The store `{address()}` holds no study yet.", icon=":material/inbox:")
    st.markdown("A first comparison on data set 10 takes a few minutes on two cores:")
    st.code("make demo", language="bash")
    st.markdown("or, with the environment active:")
    st.code(f"python tuners/run.py --preset demo --dataset 10{store_option()}", language="bash")
    st.caption("This page shows the study as soon as it has begun: reload it, or open Live race.")


def no_scores(study: StudyRecord) -> None:
    """A study of which no system has been scored yet."""
    if study.state == StudyState.RUNNING:
        st.info(
            f"No system of study **{study.name}** is scored yet. Eval is scored once per system, after its search "
            "has chosen a configuration by dev error.",
            icon=":material/hourglass_top:",
        )
        st.page_link("views/live.py", label="Watch its search", query_params={"study": study.name})
        return
    st.warning(
        f"Study **{study.name}** is {study.state.value}, and no system was scored before that.",
        icon=":material/hourglass_disabled:",
    )
    resume(study)


def resume(study: StudyRecord) -> None:
    """How to go on with a study that was cut off; nothing for any other."""
    if study.note:
        st.markdown(f"It ended with: {escaped(study.note)}")
    if study.state in (StudyState.INTERRUPTED, StudyState.FAILED):
        st.markdown("Nothing that was finished is lost. Go on with:")
        st.code(f"python tuners/run.py --resume {shlex.quote(study.name)}{store_option()}", language="bash")


def provenance(study: StudyRecord) -> str:
    """The label that stands near every figure, as markdown: data set, where its samples came from."""
    data = study.data
    return data_badge(data.name, data.kind, data.provenance, data.sizes)


def data_badge(name: str, kind: str, provenance: str, sizes: Mapping[str, int]) -> str:
    """The same for any set of samples."""
    colour = PROVENANCE_COLOURS.get(provenance, "gray")
    counts = " / ".join(f"{size:,}" for size in sizes.values())
    parts = " / ".join("second dev" if part == "second" else part for part in sizes)
    return (
        f"Data set **{escaped(name)}** :{colour}-badge[{escaped(provenance)} data] "
        f"{counts} {units(kind)} ({parts})"
    )


def damaged(error: DataError) -> None:
    """Prepared data that cannot be read; the message of the error names the folder and the way out."""
    text = escaped(str(error))
    st.error(text[:1].upper() + text[1:], icon=":material/broken_image:")


def escaped(text: str) -> str:
    """Text from a record as markdown that shows just this text: no links, no images, no directives."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()<>#+!|~$:" else letter for letter in text)


def address() -> str:
    """Where the store is, fit to be shown to a class: without the password of a database."""
    return shown(location(None))


def store_option() -> str:
    """What a command needs so that it means the store which is shown."""
    return "" if location(None) == DEFAULT else f" --store {shlex.quote(address())}"
