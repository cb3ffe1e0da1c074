"""Progress on a terminal as bars, and as plain lines where the output goes to a file."""

from __future__ import annotations

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars

from datasets.percent import percent_text
from tuners.progress import Progress, SoFar
from tuners.record import EpochRecord, TrialRecord, TrialState


def terminal_progress() -> Progress:
    """Bars on a terminal, lines elsewhere; always on standard error."""
    console = Console(stderr=True, highlight=False)
    return BarProgress(console) if console.is_terminal else LineProgress(console)


class LineProgress(Progress):
    """One line a finished trial, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._totals: dict[str, int | None] = {}

    def say(self, text: str) -> None:
        self.console.print(text, markup=False, soft_wrap=True)

    def system_started(self, label: str, trials: int | None, so_far: SoFar) -> None:
        self._totals[label] = trials
        if so_far.trials:
            self.say(
                f"{label}: {so_far.trials} trials are on record, best dev error {percent_text(so_far.best)} %"
            )

    def trial_done(self, label: str, trial: TrialRecord, done: int, best: float | None) -> None:
        total = self._totals.get(label)
        of = f"/{total}" if total is not None else ""
        self.say(
            f"{label}: trial {done}{of} {describe(trial)}, {trial.epochs} epochs in {trial.seconds:.1f} s, "
            f"best dev error {percent_text(best)} %"
        )

    def system_searched(self, label: str, why: str) -> None:
        self.say(f"{label}: search over ({why}); what it selected is trained again and scored")

    def system_scored(self, label: str) -> None:
        self.say(f"{label}: scored")


class BarProgress(Progress):
    """One bar a system: trials, epochs, best dev error, time spent and left."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[status]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            expand=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._epochs: dict[str, int] = {}
        self._best: dict[str, float | None] = {}

    def say(self, text: str) -> None:
        self.console.print(text, markup=False)

    def system_started(self, label: str, trials: int | None, so_far: SoFar) -> None:
        self.bars.start()
        self._epochs[label], self._best[label] = so_far.epochs, so_far.best
        status = self._status(label) if so_far.trials else "waiting"
        self._tasks[label] = self.bars.add_task(label, total=trials, completed=so_far.trials, status=status)

    def epoch_done(self, label: str, record: EpochRecord) -> None:
        self._epochs[label] += 1
        self._show(label)

    def trial_done(self, label: str, trial: TrialRecord, done: int, best: float | None) -> None:
        self._best[label] = best
        self.bars.update(self._tasks[label], completed=done)
        self._show(label)
        if trial.state not in (TrialState.COMPLETE, TrialState.PRUNED):
            self.say(f"{label}: trial {trial.number} {describe(trial)}")

    def system_searched(self, label: str, why: str) -> None:
        task = self._tasks[label]
        self.bars.update(
            task, total=self.bars.tasks[task].completed, status=f"{self._status(label)}, scoring"
        )

    def system_scored(self, label: str) -> None:
        self.bars.update(self._tasks[label], status=f"{self._status(label)}, scored")
        self.bars.stop_task(self._tasks[label])

    def close(self) -> None:
        self.bars.stop()

    def _show(self, label: str) -> None:
        self.bars.update(self._tasks[label], status=self._status(label))

    def _status(self, label: str) -> str:
        return f"{self._epochs[label]} epochs, best dev {percent_text(self._best[label])} %"


def describe(trial: TrialRecord) -> str:
    """What came of a trial, in a few words."""
    if trial.state == TrialState.FAILED:
        return f"failed: {trial.reason}"
    error = f"dev error {percent_text(trial.dev_error)} %"
    return f"{error} ({trial.reason})" if trial.reason else error
