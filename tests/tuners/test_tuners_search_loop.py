"""Every search algorithm inside the loop: its budget to the epoch, and its way back after it died."""

from __future__ import annotations

import pytest
from memory_study import Lab, MemoryRunner
from search_drive import EPOCHS, SEARCHERS, SPACE, dev_error, start

from tuners.loop import Loop
from tuners.progress import Progress
from tuners.record import Budget, TrialState
from tuners.store import Store

pytestmark = pytest.mark.slow

#: Epochs of a search: more than two trials of EPOCHS, and not a multiple of them.
BUDGET = 2 * EPOCHS + 5


class Killed(BaseException):
    """The process is gone."""


class Mortal(MemoryRunner):
    """Dies after so many epochs, in the middle of a trial."""

    def __init__(self, epochs: int) -> None:
        super().__init__(errors=dev_error)
        self.left = epochs

    def answer(self, ticket: int, go_on: bool) -> None:
        super().answer(ticket, go_on)
        self._live()

    def _obedient(self, ticket, events):
        for event in super()._obedient(ticket, events):
            yield event
            if hasattr(event, "report"):
                self._live()

    def _live(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed


def loop(lab: Lab, name: str, runner: MemoryRunner, again: bool = False) -> Loop:
    searchers = {"A": start(name)}
    if not again:
        return lab.loop(searchers, runner, SEARCHERS[name].parallel)
    runs = lab.runs(lab.store.study("s"), searchers, SEARCHERS[name].parallel)
    scores = {score.repeat: score for score in lab.store.scores("s")}
    for run in runs:
        run.restore(lab.store.trials("s"), lab.store.epochs("s"), scores.get(run.repeat), 0.0)
    return Loop(lab.store, lab.store.study("s"), runs, runner, Progress(), {})


def facts(lab: Lab) -> list[tuple]:
    return [
        (
            t.number,
            t.state,
            t.config,
            t.epochs_planned,
            t.first_epoch,
            t.parent,
            t.epochs,
            t.dev_error,
            t.repeat_of,
        )
        for t in lab.store.trials("s")
    ]


@pytest.fixture
def labs(tmp_path):
    made = [Lab(Store(str(tmp_path / f"{name}.sqlite"))) for name in ("whole", "cut")]
    for lab in made:
        lab.budget = Budget(None, EPOCHS, total_epochs=BUDGET)
    return made


@pytest.mark.parametrize("name", SEARCHERS)
def test_a_search_keeps_its_budget_and_survives_its_process(name, labs):
    whole, cut = labs
    loop(whole, name, MemoryRunner(errors=dev_error)).run()
    trials = whole.store.trials("s")
    assert sum(trial.epochs for trial in trials) == len(whole.store.epochs("s")) == BUDGET
    assert all(trial.told is not None and trial.state != TrialState.RUNNING for trial in trials)
    assert whole.store.systems("s")[0].note == f"search ended: {BUDGET} epochs"
    for trial in trials:
        assert SPACE.resolve(trial.config) == trial.config

    with pytest.raises(Killed):
        loop(cut, name, Mortal(BUDGET // 2)).run()
    assert "running" in {trial.state for trial in cut.store.trials("s")}
    loop(cut, name, MemoryRunner(errors=dev_error), again=True).run()
    assert facts(cut) == facts(whole)
    assert [s.trial for s in cut.store.scores("s")] == [s.trial for s in whole.store.scores("s")]
