"""What participants are told of the task: the goal, what counts, the rules, every hyperparameter with its default."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import messages
from tuners.contest.form import Field, fields, plain
from tuners.contest.record import ClockKind, Contest
from tuners.contest.task import ContestTask


def show(contest: Contest, task: ContestTask) -> None:
    """The whole of it."""
    st.markdown(f"**Your goal: the highest accuracy.** {messages.escaped(task.about)}")
    st.markdown("\n".join(f"- {rule}" for rule in rules(contest, task)))
    with st.expander("All hyperparameters and their defaults", icon=":material/tune:"):
        st.html(table(fields(task)))


def rules(contest: Contest, task: ContestTask) -> list[str]:
    """Limits, charges and what counts in the end, as markdown lines."""
    terms = contest.terms
    minutes = f"{terms.minutes + contest.extended:g} minutes"
    clock = (
        f"There are **{minutes}**, the same for everybody, from the opening on."
        if terms.clock == ClockKind.TOGETHER
        else f"You have **{minutes}** from the moment you start."
    )
    limits = [f"{terms.max_trials} tries"] if terms.max_trials is not None else []
    limits += [f"{terms.total_epochs:,} epochs in all"] if terms.total_epochs is not None else []
    most = f"**{' and '.join(limits)}** at most, " if limits else ""
    return [
        clock,
        f"{most}{'one at a time' if most else 'One try at a time'}; each try trains {task.max_epochs} epochs at most.",
        "You may cancel. A try that waits costs nothing then; one that trains counts as a try, with the epochs it began.",
        "Mark any of your tries as final. Without a mark, your best one on dev counts.",
        f"At the end your final settings are trained {terms.final_seeds} times anew, from seeds that are the same for "
        "everybody, and the mean accuracy counts. Autotuners work on the same task, with the same limits.",
    ]


def table(entries: tuple[Field, ...]) -> str:
    """One row for each hyperparameter."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(one.label)}<span class='note'>{escape(_belongs(one, entries))}</span></th>"
        f"<td>{'choose' if one.mandatory else escape(plain(one.parameter.default))}</td>"
        f"<td class='words'>{escape(one.help)} <span class='note'>{escape(one.rule[:1].upper() + one.rule[1:])}</span></td></tr>"
        for one in entries
    )
    return (
        "<div class='errors trial'><table><thead><tr><th scope='col'>Hyperparameter</th><th scope='col'>Default</th>"
        f"<th scope='col' class='words'>What it does</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _belongs(one: Field, entries: tuple[Field, ...]) -> str:
    """Of which optimizers it is; nothing where it always counts."""
    if one.parameter.when is None:
        return ""
    parent = next(entry for entry in entries if entry.name == one.parameter.when.parent)
    return "with " + ", ".join(parent.options.get(value, str(value)) for value in one.parameter.when.values)
