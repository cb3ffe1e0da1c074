"""What became of a trial that gave no usable network, in plain words, and what it shares with others like it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from datasets.percent import percent_text
from reports.trial_frame import TROUBLED
from tuners.record import EpochRecord, TrialRecord, TrialState


@dataclass(frozen=True)
class Story:
    """happened, likely: sentences. tries: what to do, the first first. alike: how often this happened in its
    system, as a sentence; "" for what is no failure."""

    happened: str
    likely: str
    tries: tuple[str, ...]
    alike: str = ""


def story(
    trial: TrialRecord, trials: Sequence[TrialRecord], epochs: Sequence[EpochRecord] = ()
) -> Story | None:
    """None for a trial that completed or runs. trials, epochs: those of its system, to compare it with."""
    if trial.repeat_of is not None:
        return Story(
            f"This configuration had been tried as trial {trial.repeat_of}, so nothing was trained: its result was "
            "told to the tuner again.",
            "Small spaces, and tuners that come close to their best guess, ask for the same again.",
            (),
        )
    match trial.state:
        case TrialState.FAILED:
            happened, likely, tries = _failed(trial, trials)
        case TrialState.DEGENERATE:
            happened, likely, tries = _degenerate(trial)
        case TrialState.CANCELLED:
            happened = f"It was cancelled: {trial.reason or 'no reason is on record'}."
            likely = "A person or a limit ended it; that says nothing about its settings."
            tries = ("Resume the study, which trains it again where it was cut off.",)
        case TrialState.PRUNED:
            return Story(
                _pruned(trial, epochs), "Stopping early saves epochs for others; it is no failure.", ()
            )
        case _:
            return None
    return Story(happened, likely, tries, _alike(trial, trials))


def _failed(trial: TrialRecord, trials: Sequence[TrialRecord]) -> tuple[str, str, tuple[str, ...]]:
    reason = trial.reason.rstrip(".") or "no reason is on record"
    happened = f"Training broke off after {_epochs(trial.epochs)}: {reason}."
    words = trial.reason.casefold()
    if re.search(r"\b(nan|inf|infinite|diverged)\b", words):
        return happened, _diverged(trial, trials), (
            "Lower the upper end of the learning rate in the space, or search it on a log scale.",
            "Give steep settings less room: fewer layers, smaller steps, batch normalisation where the model has it.",
        )  # fmt: skip
    if "memory" in words or "killed" in words:
        return happened, "Network and batch together needed more memory than the machine had.", (
            "Lower the upper end of the batch size, of the units or of the layers.",
            "Run fewer trials at once: --workers 1.",
        )  # fmt: skip
    if trial.epochs == 0 and re.search(r"kernel|pool|shape|size|too small|smaller|negative dimension", words):
        return happened, "These settings together make a network that cannot be built for such data.", (
            "Leave the guard on (no --no-guard): autotuners then draw only what can be built.",
            "State the rule as a constraint of the space, so that no trial is spent on it.",
        )  # fmt: skip
    return happened, "The reason above comes from the library that trained it.", (
        "Look whether trials with other settings end with the same words: then it is the data or the installation.",
        "Try this configuration by itself, as a list of one with --tuner hand.",
    )  # fmt: skip


def _diverged(trial: TrialRecord, trials: Sequence[TrialRecord]) -> str:
    """Names the learning rate where it is among the highest that the system tried."""
    text = "The steps of the training were too large: weights grew until the numbers overflowed."
    name = next((n for n in trial.config if "learning_rate" in n or n == "lr"), None)
    value = trial.config.get(name) if name else None
    tried = [t.config[name] for t in trials if name in t.config] if name else []
    if not isinstance(value, float) or len(tried) < 5:
        return text
    lower = sum(isinstance(other, float) and other < value for other in tried) / len(tried)
    if lower > 0.75:
        return f"{text} Its {name} of {value:.3g} is higher than {100 * lower:.0f} % of those that this system tried."
    return (
        f"{text} Its {name} of {value:.3g} is not among the highest that this system tried, so look further."
    )


def _degenerate(trial: TrialRecord) -> tuple[str, str, tuple[str, ...]]:
    happened = (
        f"The network answers one class for every sample ({trial.reason or 'one class for everything'}). Its dev error "
        f"of {percent_text(trial.dev_error)} % is that of a constant answer and says nothing about the data."
    )
    likely = (
        "Training collapsed: too large a learning rate, too much dropout or too few units, and the network ends at the "
        "one answer that is never quite wrong."
    )
    return happened, likely, (
        "Narrow the ranges named under the shared settings.",
        "Where the first epochs are flat, give it more of them or a smaller learning rate.",
    )  # fmt: skip


def _pruned(trial: TrialRecord, epochs: Sequence[EpochRecord]) -> str:
    """Where the trial stood among others when the tuner stopped it."""
    last = trial.first_epoch + trial.epochs
    text = f"The tuner stopped it after epoch {last} of {trial.epochs_due}."
    others = [
        e.dev_error for e in epochs if e.epoch == last and (e.repeat, e.trial) != (trial.repeat, trial.number)
    ]
    if trial.dev_error is None or not others:
        return text
    better = sum(error < trial.dev_error for error in others)
    return (
        f"{text} After epoch {last}, {better:,} of {len(others):,} other trials of this system had a lower dev error "
        f"than its {percent_text(trial.dev_error)} %."
    )


def _alike(trial: TrialRecord, trials: Sequence[TrialRecord]) -> str:
    """How often this happened in the system. Numbers in a reason (an epoch) make no other reason of it."""
    trained = [t for t in trials if t.repeat_of is None and t.state != TrialState.RUNNING]
    troubled = [t for t in trained if t.state.value in TROUBLED]
    same = [t for t in troubled if (t.state, _kind(t.reason)) == (trial.state, _kind(trial.reason))]
    if len(troubled) <= 1:
        return (
            f"It is the only one of {len(trained):,} trained trials of this system without a usable result."
        )
    many = "no other" if len(same) == 1 else f"{len(same) - 1:,} more"
    return (
        f"{len(troubled):,} of {len(trained):,} trained trials of this system gave no usable result; {many} ended for "
        "the same reason."
    )


def _kind(reason: str) -> str:
    return re.sub(r"\d+", "#", reason.split(";")[0])


def _epochs(count: int) -> str:
    return f"{count} epoch" if count == 1 else f"{count} epochs"
