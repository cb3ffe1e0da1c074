"""One trial in full, beside another: what became of it, settings, learning curve, errors of the classes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard import figures, messages, reading
from datasets.percent import percent_text
from datasets.types import SPLIT_NAMES
from reports.sections.failure_map import shared_with
from reports.trial_compare import CLASSES, OUTCOME, SETTINGS, Row, compare
from reports.trial_curves import curves_figure
from reports.trial_list import state_of
from reports.trial_story import Story, story
from tuners.notes import Note
from tuners.record import HAND, EpochRecord, StudyRecord, SystemRecord, TrialRecord, TrialState
from tuners.space import parameters_of
from tuners.summary import SystemSummary

STATE_COLOURS = {
    "complete": "green",
    "pruned": "blue",
    "failed": "red",
    "degenerate": "orange",
    "running": "blue",
}

#: Shared settings that are named.
MOST_SHARED = 4


def title(trial: TrialRecord) -> str:
    """A trial in a list: whose it is, which, and what came of it."""
    error = "" if trial.dev_error is None else f" · {percent_text(trial.dev_error)} %"
    return f"{trial.system} {trial.title} · {state_of(trial)}{error}"


def show(study: StudyRecord, this: TrialRecord, other: TrialRecord | None, note: Note | None) -> None:
    """other: the trial beside it; None for the winner of its search, which is left out of its own comparison."""
    system = next(s for s in reading.systems(study.name) if s.label == this.system)
    summary = next(s for s in reading.summary(study.name).systems if s.label == this.system)
    chosen = summary.winners.get(this.repeat)
    selected = chosen is not None and chosen.number == this.number
    beside = chosen if other is None and not selected else other
    st.header(f"{messages.escaped(this.system)} {messages.escaped(this.title)}", anchor=False)
    st.markdown(badges(this, selected, note))
    _metrics(this)
    _story(study, this)
    _scores(this, summary, selected)
    names = (
        ["This trial"]
        if beside is None
        else [this.title, "winner" if other is None else name_of(beside, this)]
    )
    _table(this, beside, names, system, study.data.class_names)
    _curves(study, this, beside, names)


def name_of(other: TrialRecord, this: TrialRecord) -> str:
    """The second trial as a heading; its system only where it is another one."""
    return other.title if other.system == this.system else f"{other.system} {other.title}"


def badges(trial: TrialRecord, selected: bool, note: Note | None) -> str:
    state = state_of(trial)
    words = [f":{STATE_COLOURS.get(state, 'gray')}-badge[{state}]"]
    if selected:
        words.append(":green-badge[★ selected by its search]")
    words += [f":gray-badge[# {messages.escaped(tag)}]" for tag in (note.tags if note else ())]
    return " ".join(words)


def _metrics(trial: TrialRecord) -> None:
    with st.container(horizontal=True):
        st.metric("dev error", "–" if trial.dev_error is None else f"{percent_text(trial.dev_error)} %")
        st.metric("epochs", f"{trial.first_epoch + trial.epochs} of {trial.epochs_due}")
        st.metric("best epoch", trial.best_epoch or "–")
        st.metric("seconds", f"{trial.seconds:,.1f}")
        st.metric("seed", str(trial.seed))


def _story(study: StudyRecord, trial: TrialRecord) -> None:
    """What went wrong, why that is likely, what it shares with others, what to try."""
    store = reading.store()
    told = story(trial, store.trials(study.name, trial.system), store.epochs(study.name, trial.system))
    if told is None:
        return
    if not told.tries:
        st.info(messages.escaped(f"{told.happened} {told.likely}"), icon=":material/info:")
        return
    with st.container(border=True):
        st.markdown(f"**:material/report: What happened.** {messages.escaped(told.happened)}")
        st.markdown(f"**Why that is likely.** {messages.escaped(told.likely)}")
        _shared(study, trial, told)
        steps = "\n".join(f"- {messages.escaped(step)}" for step in told.tries)
        st.markdown(f"**What to try**\n\n{steps}")


def _shared(study: StudyRecord, trial: TrialRecord, told: Story) -> None:
    frame = reading.frame(study, "slices")
    row = frame[
        (frame["system"] == trial.system)
        & (frame["repeat"] == trial.repeat)
        & (frame["number"] == trial.number)
    ]
    found = None if row.empty else shared_with(reading.frame(study, "failure-map"), row)
    st.markdown(f"**What it shares with others.** {messages.escaped(told.alike)}")
    if found is None or found.empty:
        st.markdown("No value of its settings is more frequent among them than chance would bring.")
        return
    lines = [
        f"- `{part['parameter']}` {messages.escaped(part['values'])}: {part['troubled']:,} of {part['trials']:,} trials "
        f"with it ({100 * part['share']:.0f} %, against {100 * part['overall']:.0f} % of all)"
        for part in found.head(MOST_SHARED).to_dict("records")
    ]
    st.markdown("\n".join(lines))


def _scores(trial: TrialRecord, summary: SystemSummary, selected: bool) -> None:
    """Eval is shown of what a search has selected, and only once that was scored."""
    score = next((s for s in summary.scores if s.repeat == trial.repeat), None)
    if not selected:
        st.caption("Eval stays closed: only the trial that a search selects is ever scored on it.")
    elif score is None:
        st.caption("Selected, not scored yet: eval stays closed until its final training is done.")
    else:
        st.markdown("**Its final training**, with the seed of the finals, scored once on every split:")
        with st.container(horizontal=True):
            for split in SPLIT_NAMES:
                st.metric(f"{split} error", f"{percent_text(score.errors[split])} %")


def _table(
    this: TrialRecord,
    other: TrialRecord | None,
    names: list[str],
    system: SystemRecord,
    classes: Sequence[str],
) -> None:
    st.header("Settings and outcome", anchor=False)
    space = parameters_of(system.space) or ()
    found = compare(this, other, space, classes)
    if other is not None:
        differing = sum(row.differs for row in found if row.group == SETTINGS)
        many = sum(row.group == SETTINGS for row in found)
        st.markdown(
            f"{differing} of {many} settings differ from **{messages.escaped(names[1])}**"
            f"{f' ({messages.escaped(other.title)})' if names[1] == 'winner' else ''}; they come first, marked ≠."
        )
    elif system.tuner != HAND:
        st.markdown(
            "This is the trial that its search selected; choose another one above to compare it with."
        )
    st.html(html_table(found, names))
    if system.tuner != HAND and not space:
        st.caption("The numbers of its search space are not on record, so its edges are not known.")


def html_table(rows: Sequence[Row], names: Sequence[str]) -> str:
    """Settings, outcome and classes as one table with a heading each."""
    two = len(names) > 1
    heads = "".join(f"<th scope='col'>{escape(name)}</th>" for name in names)
    heads += "<th scope='col' class='words'>difference</th>" if two else ""
    body = ""
    for group in (SETTINGS, OUTCOME, CLASSES):
        own = [row for row in rows if row.group == group]
        if own:
            body += (
                f"<tr class='bayes'><th scope='rowgroup' colspan='{len(names) + 1 + two}'>{group}</th></tr>"
            )
            body += "".join(_html_row(row, two) for row in own)
    head = f"<thead><tr><th scope='col'>field</th>{heads}</tr></thead>"
    return f"<div class='errors trial'><table>{head}<tbody>{body}</tbody></table></div>"


def _html_row(row: Row, two: bool) -> str:
    edge = f"<span class='note warn'>⚠ {escape(row.edge)}</span>" if row.edge else ""
    possible = f"<span class='note'>{escape(row.possible)}</span>" if row.possible else ""
    cells = f"<td>{escape(row.this)}{edge}</td>"
    if two:
        words = f"<b>≠ {escape(row.difference)}</b>" if row.differs else escape(row.difference)
        cells += f"<td>{escape(row.other)}</td><td class='words'>{words}</td>"
    return f"<tr><th scope='row'>{escape(row.name).replace('_', '_<wbr>')}{possible}</th>{cells}</tr>"


def _curves(study: StudyRecord, this: TrialRecord, other: TrialRecord | None, names: list[str]) -> None:
    st.header("Learning curve", anchor=False)
    both = [this] if other is None else [this, other]
    figure = curves_figure(
        [(name, trial, epochs_of(study, trial)) for name, trial in zip(names, both, strict=True)]
    )
    if figure is None:
        st.caption(
            "It has not ended its first epoch yet."
            if this.state == TrialState.RUNNING
            else "No epoch is on record: it was fitted in one go, or ended before the first."
        )
        return
    figure.update_layout(margin_t=10)
    words = " and ".join(names)
    figures.show_figure(figure, "trial-curves", f"Train and dev error per epoch of {words}", study)


def epochs_of(study: StudyRecord, trial: TrialRecord) -> list[EpochRecord]:
    epochs = reading.store().epochs(study.name, trial.system, repeat=trial.repeat)
    return [epoch for epoch in epochs if epoch.trial == trial.number]
