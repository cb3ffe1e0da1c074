"""Every trial of a study: a table to search in, one trial in full, two of them side by side, notes and tags."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import deep_links, downloads, messages, projector, reading, trial_card, trial_form
from dashboard.study_picker import KEY, pick_study
from reports.trial_list import ALL, ORDERS, REPEATED, Filter, Key, chosen_rows, key_of, rows, with_notes
from tuners.notes import Note, notes
from tuners.path import winner
from tuners.record import StudyRecord, StudyState, TrialRecord

TITLE = "Trials"
ICON = ":material/table_rows:"
SECTION = "Analyse"
POSITION = 29

#: Trials in the lists below the table: its first rows.
MOST_LISTED = 200

#: The second trial where none is chosen: the one that the search selected.
WINNER = "its winner"

#: What the table shows of `reports.trial_list.rows`.
SHOWN = (
    "system",
    "search",
    "trial",
    "dev error",
    "state",
    "settings",
    "selected",
    "tags",
    "epochs",
    "seconds",
    "reason",
)


@st.cache_data(max_entries=8, show_spinner="Reading the trials …")
def read_rows(
    source: reading.Source, study: str, stage: tuple[str, ...], _trials: list[TrialRecord], _notes: list[Note]
) -> pd.DataFrame:
    """The table, made once for all viewers. stage: names the trials and notes that it is made of."""
    systems = reading.summary(study).systems
    selected = [key_of(trial) for system in systems for trial in system.winners.values()]
    return rows(_trials, [system.label for system in systems], selected, _notes)


def no_trials(study: StudyRecord) -> None:
    st.info(f"Study **{messages.escaped(study.name)}** has no trial yet.", icon=":material/hourglass_top:")
    if study.state == StudyState.RUNNING:
        st.page_link("views/live.py", label="Watch its search", query_params={KEY: study.name})
    messages.resume(study)


def pick_filter(frame: pd.DataFrame, said: list[Note]) -> tuple[Filter, str]:
    """The widgets above the table; each stands in the address."""
    systems = list(dict.fromkeys(frame["system"]))
    searches = [str(number) for number in sorted(frame["search"].unique())]
    states = [state for state in (*STATES, REPEATED) if state in set(frame["state"])]
    tags = sorted({tag for note in said for tag in note.tags})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        find = deep_links.text(
            "Find in settings, reasons, notes", key="find", max_chars=100, placeholder="relu layers=2"
        )
        system = deep_links.selectbox("System", [ALL, *systems], key="system", default=ALL, width=wide(225))
        state = deep_links.selectbox("State", [ALL, *states], key="state", default=ALL, width=wide(130))
        search = ALL
        if len(searches) > 1:
            search = deep_links.selectbox(
                "Search", [ALL, *searches], key="search", default=ALL, width=wide(90)
            )
        tag = ALL
        if tags:
            tag = deep_links.selectbox("Tag", [ALL, *tags], key="tag", default=ALL, width=wide(150))
        order = deep_links.selectbox("Order", list(ORDERS), key="order", default="dev error", width=wide(130))
    return Filter(system, search, state, tag, find), order


def wide(pixels: int) -> int:
    """Columns and lists grow with the words in them."""
    return round(pixels * projector.scale())


STATES = ("complete", "pruned", "failed", "degenerate", "cancelled", "running")


def show_table(study: StudyRecord, frame: pd.DataFrame, total: int) -> None:
    """Virtualised by the browser: only the rows in view are drawn. Ticking one or two rows opens them below."""
    keys = keys_of(frame)
    round_ = st.session_state.setdefault("trials_round", 0)
    column = st.column_config
    # Places of ticked rows mean nothing in another table, so that another one is another widget.
    key = f"trials-{hash((study.name, round_, tuple(keys)))}"
    st.dataframe(
        frame[list(SHOWN)],
        key=key,
        hide_index=True,
        on_select=partial(take_ticked, key, keys),
        selection_mode="multi-row",
        placeholder="–",  # a trial that failed has no error
        column_config={
            "system": column.TextColumn("system", width=wide(185)),
            "search": None if frame["search"].max() == 1 else column.NumberColumn("search", width=wide(65)),
            "trial": column.NumberColumn("trial", format="%d", width=wide(60)),
            "dev error": column.NumberColumn("dev error, %", format="%.2f", width=wide(100)),
            "state": column.TextColumn("state", width=wide(95)),
            "settings": column.TextColumn("settings", width=wide(400)),
            "selected": column.TextColumn("selected", help="Chosen by its search", width=wide(90)),
            "tags": column.ListColumn("tags") if frame["tags"].map(len).any() else None,
            "epochs": column.NumberColumn("epochs", width=wide(70)),
            "seconds": column.NumberColumn("seconds", format="%.1f", width=wide(80)),
        },
    )
    st.caption(
        f"{len(frame):,} of {total:,} trials. Tick one row to open it below, two to compare them; a click on a heading "
        "sorts."
    )


def take_ticked(table: str, keys: list[str]) -> None:
    """For the callback of the table: what was ticked becomes the address."""
    ticked = [keys[row] for row in st.session_state[table]["selection"]["rows"] if row < len(keys)]
    if ticked:
        deep_links.follow("trial", ticked[0])
        deep_links.follow("with", ticked[1] if len(ticked) > 1 else WINNER)


def untick() -> None:
    st.session_state["trials_round"] += 1


def offer(study: StudyRecord, frame: pd.DataFrame, trials: dict[str, TrialRecord], said: list[Note]) -> None:
    st.download_button(
        "CSV of these trials",
        partial(csv_of, [trials[key] for key in keys_of(frame)], said),
        f"{study.name}-trials.csv",
        "text/csv",
        on_click="ignore",
        help="All digits, one column a hyperparameter, notes and tags included",
    )


def csv_of(trials: list[TrialRecord], said: list[Note]) -> str:
    return downloads.csv(with_notes(trials, said))


def pick_trials(
    shown: list[str], trials: dict[str, TrialRecord], best: TrialRecord
) -> tuple[TrialRecord, TrialRecord | None]:
    """The trial that is opened and the one beside it, None for the winner of its search."""
    asked = deep_links.followed("trial")
    if asked is not None and asked not in trials:
        st.warning(
            f"There is no trial {messages.escaped(asked)} in this study.", icon=":material/search_off:"
        )
    default = word(best) if word(best) in shown or not shown else shown[0]
    wanted = {value for key in ("trial", "with") for value in remembered(key) if value in trials}
    options = list(dict.fromkeys([default, *sorted(wanted), *shown[:MOST_LISTED]]))
    left, right = st.columns(2)
    names = partial(title_of, trials)
    with left:
        this = deep_links.selectbox(
            "Trial", options, key="trial", default=default, format_func=names, on_change=untick
        )
    with right:
        others = [WINNER, *(option for option in options if option != this)]
        other = deep_links.selectbox(
            "Compare with", others, key="with", default=WINNER, format_func=names, on_change=untick
        )
    if len(shown) > MOST_LISTED:
        st.caption(f"The lists hold the first {MOST_LISTED} rows of the table.")
    return trials[this], None if other == WINNER else trials[other]


def remembered(key: str) -> list[str]:
    """What the address, the widget or an earlier look at the page says."""
    return [
        *st.query_params.get_all(key),
        *filter(None, [st.session_state.get(key)]),
        *deep_links.written(key),
    ]


def title_of(trials: dict[str, TrialRecord], key: str) -> str:
    return key if key not in trials else trial_card.title(trials[key])


def word(trial: TrialRecord) -> str:
    """A trial in the address: SYSTEM/SEARCH/NUMBER, searches counted from 1."""
    return f"{trial.system}/{trial.repeat + 1}/{trial.number}"


def keys_of(frame: pd.DataFrame) -> list[str]:
    return [f"{s}/{r}/{n}" for s, r, n in zip(frame["system"], frame["search"], frame["trial"], strict=True)]


st.title("Trials")
study = pick_study()
st.markdown(messages.provenance(study))
records = reading.trials(study.name)
if not records:
    no_trials(study)
    st.stop()
said = notes(reading.store(), study.name)
stamp = (*reading.stage(study), str(len(records)), str(len(said)), max((n.changed for n in said), default=""))
table = read_rows(reading.source(), study.name, stamp, records, said)
trials = {word(trial): trial for trial in records}
wanted, order = pick_filter(table, said)
shown = chosen_rows(table, wanted, order)
if study.state == StudyState.RUNNING:
    st.caption("The study runs: the table is that of this moment, and every click brings what is new.")
if shown.empty:
    st.info(
        "No trial is like that. Set a filter back to “all”, or search for less.",
        icon=":material/filter_alt_off:",
    )
else:
    show_table(study, shown, len(table))
    offer(study, shown, trials, said)
this, other = pick_trials(keys_of(shown), trials, winner(records) or records[0])
notes_by: dict[Key, Note] = {note.key: note for note in said}
trial_card.show(study, this, other, notes_by.get(key_of(this)))
trial_form.show(study, this, notes_by.get(key_of(this)), sorted({tag for note in said for tag in note.tags}))
