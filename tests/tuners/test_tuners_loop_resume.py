"""The loop cut off and taken up again: a study that died ends like one that did not."""

from __future__ import annotations

import pytest
from memory_study import Lab, MemoryRunner, searcher, states

from tuners.engine import JobRunner, TrainJob
from tuners.loop import Loop
from tuners.progress import Progress
from tuners.record import TrialState
from tuners.searcher import Searcher
from tuners.store import Store


class Stop(Exception):
    pass


class Dying(MemoryRunner):
    """Its process is killed after so many events of any sort."""

    def __init__(self, workers: int, events: int) -> None:
        super().__init__(workers)
        self.left = events

    def _run(self, ticket, job):
        for event in super()._run(ticket, job):
            self.left -= 1
            if self.left < 0:
                raise Stop
            yield event

    def wait(self, timeout):
        ticket = min(self.busy)
        job = self.busy.pop(ticket)
        return self._run(ticket, job)


def rerun(lab: Lab, searchers: dict[str, Searcher], runner: JobRunner, parallel=None) -> Loop:
    study = lab.store.study("s")
    runs = lab.runs(study, searchers, parallel)
    scores = {(score.system, score.repeat): score for score in lab.store.scores("s")}
    for run in runs:
        label = run.spec.label
        trials = [trial for trial in lab.store.trials("s", label) if trial.repeat == run.repeat]
        epochs = [epoch for epoch in lab.store.epochs("s", label) if epoch.repeat == run.repeat]
        run.restore(trials, epochs, scores.get((label, run.repeat)), 0.0)
    return Loop(lab.store, study, runs, runner, Progress(), {})


def two_systems() -> dict[str, Searcher]:
    """With a repetition, a network that collapsed and a failure."""
    values = [500, 400, 400, {"v": 450, "collapsed": 1}, 300, {"v": 1, "fail": "x"}, 200, 100]
    return {"A": searcher(*values), "B": searcher(*values[::-1])}


def facts(lab: Lab) -> tuple[list, ...]:
    """All of a study but its seconds."""
    return (
        [
            (t.system, t.repeat, t.number, t.state, t.config, t.seed, t.dev_error, t.repeat_of)
            for t in lab.store.trials("s")
        ],
        [(s.system, s.repeat, s.seed, s.trial) for s in lab.store.scores("s")],
        [(e.system, e.repeat, e.trial, e.epoch) for e in lab.store.epochs("s")],
        [(s.label, s.state, [search.selected for search in s.searches]) for s in lab.store.systems("s")],
    )


@pytest.fixture(scope="module", params=[1, None], ids=["sequential", "parallel"])
def whole(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[int | None, tuple]:
    """How many trials a search may have under way, and what a study that nothing cut off comes to."""
    lab = Lab(Store(str(tmp_path_factory.mktemp("whole") / "s.sqlite")), repeats=2)
    lab.loop(two_systems(), MemoryRunner(1 if request.param else 2), request.param).run()
    found = facts(lab)
    lab.store.close()
    return request.param, found


@pytest.mark.parametrize("events", range(0, 28, 3))
def test_a_study_that_died_at_any_moment_ends_like_one_that_did_not(tmp_path, whole, events):
    parallel, expected = whole
    cut = Lab(Store(str(tmp_path / "cut.sqlite")), repeats=2)
    workers = 1 if parallel else 2
    loop = cut.loop(two_systems(), Dying(workers, events), parallel)
    with pytest.raises(Stop):
        loop.run()
    kept = {(t.system, t.repeat, t.number): t for t in cut.store.trials("s") if t.state != TrialState.RUNNING}
    rerun(cut, two_systems(), MemoryRunner(workers), parallel).run()
    after = {(t.system, t.repeat, t.number): t for t in cut.store.trials("s")}
    assert all(after[key] == trial for key, trial in kept.items())
    assert facts(cut) == expected


def test_a_repetition_that_was_cut_off_is_told_again_and_not_trained(lab, monkeypatch):
    search = searcher(300, 300, 200)
    loop = lab.loop({"A": search}, MemoryRunner(), parallel=1)

    def die(trial):
        raise Stop

    monkeypatch.setattr(loop.runs[0], "_tell_again", die)
    with pytest.raises(Stop):
        loop.run()
    assert states(lab.store) == ["complete", "running"]
    again, runner = searcher(300, 300, 200), MemoryRunner()
    rerun(lab, {"A": again}, runner, parallel=1).run()
    assert [job.config["v"] for job in runner.of(TrainJob)] == [200]
    assert [(t.repeat_of, t.dev_error) for t in lab.store.trials("s")] == [(None, 0.3), (0, 0.3), (None, 0.2)]
    assert [outcome.dev_error for _, outcome in again.told] == [0.3, 0.3, 0.2]


def test_a_finished_study_has_nothing_left_to_run(lab):
    lab.loop({"A": searcher(*range(9))}, MemoryRunner()).run()
    runner = MemoryRunner()
    rerun(lab, {"A": searcher(*range(9))}, runner).run()
    assert runner.jobs == []
    assert [system.state for system in lab.store.systems("s")] == ["scored"]
