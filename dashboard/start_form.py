"""The fields of the page that starts searches. Every choice stands in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

import datasets
from dashboard import deep_links, messages
from dashboard.deep_values import number, reset, several, text
from dashboard.start_request import Request
from datasets import drawings
from datasets.errors import DataError, HandtuneError
from datasets.plugins import Plugin, scan
from manual import MODELS, Baseline
from manual.learner import Learner
from tuners.presets import DEFAULT_MODELS, POSTER_SETS, PRESETS, systems_of
from tuners.record import HAND, REFERENCE
from tuners.searcher import SEARCH, SearcherPlugin
from tuners.tunable import HYPERMODELS, Tunable

#: Instead of a name: a folder of CSV files. No data set and no drawing can be called so.
FOLDER = "."

#: Instead of a preset: what is chosen below.
OWN = "own"

#: What the command line takes where nothing is said.
TRIALS, EPOCHS = 20, 10

LARGEST_SEED = 2**32 - 1

#: Kinds of data of which a training takes minutes, and whose corpora few people have.
HEAVY = ("eeg", "patches")


@dataclass(frozen=True)
class Data:
    """name: as `datasets.load` takes it."""

    name: str
    kind: str


def choose_data() -> Data | None:
    """The data set; None, with the reason on the page, where there is none yet."""
    titles = _titles()
    name = deep_links.selectbox(
        "Data set",
        [*titles, FOLDER],
        key="dataset",
        default="10",
        format_func=lambda name: titles.get(
            name, "a folder of your own with train.csv, dev.csv and eval.csv"
        ),
        on_change=reset,
        args=("start-trials", "start-epochs"),
    )
    if name == FOLDER:
        name = text(
            "Folder on the machine that serves this page",
            key="start-folder",
            parameter="folder",
            placeholder="path/to/points",
            help="Rows are class,x1,x2; a folder that `python -m datasets prepare` wrote will do as well",
        )
        if not name:
            st.info("Give the folder that holds train.csv, dev.csv and eval.csv.", icon=":material/folder:")
            return None
        name = str(Path(name).expanduser().absolute())  # so that no name of the catalogue is meant by it
    try:
        name = datasets.canonical_name(name)
        kind = datasets.kind_of(name)
    except (HandtuneError, DataError) as error:
        st.error(messages.escaped(str(error)), icon=":material/error:")
        return None
    if kind in HEAVY:
        st.caption(
            "A training takes minutes here. Without the real corpus (HANDTUNE_DATA) a stand-in is made first."
        )
    return Data(name, kind)


def choose(data: Data) -> Request:
    """What is compared on the data, and within which limits."""
    preset = _preset()
    kind = data.kind
    tuners = _several(
        "Tuners",
        {name: one for name, one in scan(SEARCH, SearcherPlugin).items() if name != HAND},
        "tuner",
        (REFERENCE,),
        lambda one: one.name,
    )
    models: list[str] = []
    by_hand: list[str] = []
    if preset is None:
        models_of = _fitting(scan(HYPERMODELS, Tunable), kind)
        by_hand_of = _fitting(scan(MODELS, Baseline), kind)
        left, right = st.columns(2)
        with left:
            default = [name for name in (DEFAULT_MODELS.get(kind, ""),) if name in models_of]
            models = _several(
                "Models that they tune", models_of, "model", default, lambda one: f"{one.name} · {one.system}"
            )
        with right:
            by_hand = _several("Tuned by hand", by_hand_of, "baseline", (), lambda one: one.system)
    else:
        hands, networks = systems_of(data.name, kind)
        st.caption(f"Tuned by hand: {', '.join(hands)}. The tuners tune {' and '.join(networks)}.")
    _missing(kind)
    trials, epochs = PRESETS[preset].budget(kind) if preset else (TRIALS, EPOCHS)
    return Request(
        dataset=data.name,
        kind=kind,
        preset=preset or "",
        tuners=tuple(tuners),
        models=tuple(models) if tuners else (),
        baselines=tuple(by_hand),
        **_budget(trials, epochs),
        **_how(),
    )


def _budget(trials: int, epochs: int) -> dict[str, Any]:
    """The limits of each search; the numbers are what the fields begin with."""
    st.header("Budget of each search", anchor=False)
    st.caption(
        "The first limit that is reached ends a search. Systems tuned by hand have settings of their own."
    )
    one, two, three, four = st.columns(4)
    with one:
        most = _whole("Trials", "trials", trials, empty="no limit")
    with two:
        longest = _whole("Epochs a trial", "epochs", epochs, empty=str(epochs))
    with three:
        total = _whole(
            "Epochs in all", "total", None, empty="no limit", step=10, help="Summed over its trials"
        )
    with four:
        help = "Of training, summed over its trials"
        seconds = _whole("Seconds", "seconds", None, empty="no limit", step=10, help=help)
    return {"trials": most, "epochs": longest or epochs, "total_epochs": total, "seconds": seconds}


def _how() -> dict[str, Any]:
    """Seed, repeats, and how the data are used; folded away unless an address asks for something here."""
    asked = any(parameter in st.query_params for parameter in ("seed", "repeats", "limit", "second"))
    with st.expander("Seed, repeats, part of the data", expanded=asked):
        one, two, three, four = st.columns(4)
        with one:
            help = "Every random number follows from it: the same seed gives the same results"
            seed = _whole("Seed", "seed", 1, empty="1", low=0, high=LARGEST_SEED, help=help)
        with two:
            help = (
                "Searches of each system, each from another seed. Differences between tuners need 5 or more"
            )
            repeats = _whole("Repeats", "repeats", 1, empty="1", help=help)
        with three:
            help = "Keep so many training samples, class balance kept"
            limit = _whole("Train samples", "limit", None, empty="all", step=100, help=help)
        with four:
            second = number(
                "Second dev",
                float,
                key="start-second",
                parameter="second",
                default=None,
                low=0.05,
                high=0.95,
                empty="none",
                step=0.05,
                help="Share of dev that searches do not see and that is measured all the same: what a low dev error is worth",
            )
    return {
        "seed": 1 if seed is None else seed,
        "repeats": repeats or 1,
        "train_limit": limit,
        "second_dev": None if second is None else round(second, 4),
    }


def _whole(
    label: str, parameter: str, default: int | None, *, empty: str, low: int = 1, step: int = 1, **more: Any
) -> int | None:
    key = f"start-{parameter}"
    return number(
        label, int, key=key, parameter=parameter, default=default, low=low, empty=empty, step=step, **more
    )


def _titles() -> dict[str, str]:
    """Data sets by name: the study's first, then the others, then drawings."""
    known = {name: source for name, source in datasets.sources().items() if source.missing() is None}
    names = [name for name in POSTER_SETS if name in known]
    names += [name for name in known if name not in names]
    titles = {name: f"{name} · {known[name].title}" for name in names}
    return titles | {
        one.name: f"{one.name} · drawn: {one.title}" for one in drawings.saved() if one.problem is None
    }


def _preset() -> str | None:
    labels = {OWN: "Own choice", "demo": "Demo: short searches", "poster": "Poster: the study's table"}
    chosen = deep_links.segmented(
        "Comparison",
        list(labels),
        key="preset",
        default=OWN,
        format_func=labels.__getitem__,
        on_change=reset,
        args=("start-trials", "start-epochs"),
    )
    return None if chosen == OWN else chosen


def _fitting(plugins: Mapping[str, Learner], kind: str) -> dict[str, Learner]:
    return {name: one for name, one in plugins.items() if kind in one.kinds}


def _several(
    label: str, plugins: Mapping[str, Plugin], parameter: str, default: Sequence[str], name: Callable
) -> list[str]:
    """A choice among the plug-ins that can run here."""
    ready = {key: one for key, one in plugins.items() if one.missing() is None}
    return several(
        label,
        list(ready),
        key=f"start-{parameter}",
        parameter=parameter,
        default=[key for key in default if key in ready],
        format_func=lambda key: name(ready[key]),
        placeholder="None",
    )


def _missing(kind: str) -> None:
    """What cannot be chosen here, and how to get it."""
    plugins: list[Plugin] = [*datasets.sources().values(), *scan(SEARCH, SearcherPlugin).values()]
    plugins += [
        *_fitting(scan(HYPERMODELS, Tunable), kind).values(),
        *_fitting(scan(MODELS, Baseline), kind).values(),
    ]
    absent = [(one, why) for one in plugins if (why := one.missing()) is not None]
    damaged = [one for one in drawings.saved() if one.problem is not None]
    with st.expander("What the tuners do, and what cannot be chosen here"):
        ready = [one for one in scan(SEARCH, SearcherPlugin).values() if one.missing() is None]
        st.markdown(
            "\n".join(f"- `{one.name}` {messages.escaped(one.title)}" for one in ready if one.name != HAND)
        )
        for one, why in absent:
            st.checkbox(
                f"{one.name} · {messages.escaped(one.title)}", disabled=True, key=f"missing-{one.name}"
            )
            reason, _, command = why.partition(": ")
            st.caption(f"It {messages.escaped(reason)}.")
            if command:
                st.code(command, language="bash")
        for drawing in damaged:
            st.checkbox(f"{drawing.name} · a drawing", disabled=True, key=f"missing-{drawing.name}")
            st.caption(messages.escaped(drawing.problem or ""))
        st.checkbox(f"{HAND} · configurations of your own", disabled=True, key=f"missing-{HAND}")
        st.caption(
            "They stand in a file that you write; the command for it stands on Overview, under Tune by hand."
        )
