"""The final trainings of contests that have ended, on train and dev together, scored on eval."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass

from manual.learner import Config
from tuners.contest.closing import (
    config_keys,
    final_seeds,
    known,
    of_machines,
    of_people,
    to_train,
)
from tuners.contest.hosted import Hosted
from tuners.contest.record import Contest, FinalState
from tuners.contest.systems import study_name
from tuners.contest.task import task
from tuners.contest.work import Work
from tuners.engine import Done, Event, Failed, FinalJob
from tuners.engines.local import LocalRunner

CONSTANT = "counted as the most frequent class for everything"

#: Attempts at a training whose worker was lost.
ATTEMPTS = 2


@dataclass(frozen=True)
class Wanted:
    """A training of a configuration with a seed, for all whose final one it is. first: with the first of the seeds."""

    contest: str
    key: str
    seed: int
    first: bool
    config: Config
    epochs: int
    entrants: tuple[str, ...]


class Finals:
    """Trainings that wait and run, of all contests that have ended."""

    def __init__(self, work: Work, runner: LocalRunner, say: Callable[[str], None]) -> None:
        self.work = work
        self.runner = runner
        self.say = say
        self.running: dict[int, Wanted] = {}
        self._waiting: list[Wanted] = []
        self._attempts: dict[tuple[str, str, int], int] = {}

    def recover(self) -> None:
        """What an earlier server had begun waits again."""
        self.work.free_finals()

    def look(self, contest: Contest, hosted: Hosted, idle: bool) -> None:
        """Writes who is to be scored, as soon as that is known, and what waits. idle: nobody's try runs any more."""
        entrants = self.work.entrants(contest.id)
        there = {one.key for one in entrants}
        expected = (
            of_people(contest, self.work.people(contest.id), self.work.tries(contest.id)) if idle else []
        )
        if hosted.over:
            expected += of_machines(contest, self.work.store.trials(study_name(contest)))
        fresh = [one for one in expected if one.key not in there]
        if fresh:
            self.work.add_entrants(fresh, final_seeds(contest.terms))
            entrants = self.work.entrants(contest.id)
        finals = self.work.finals(contest.id)
        results, waiting = known(entrants, finals), to_train(entrants, finals)
        configs = {key: one.config for one in entrants for key in [config_keys([one]).get(one.key)]}
        self._cancel(contest.id, unless=waiting)
        under_way = {(one.contest, one.key, one.seed) for one in self.running.values()}
        first = final_seeds(contest.terms)[0]
        self._waiting = [one for one in self._waiting if one.contest != contest.id]
        for (key, seed), rows in waiting.items():
            names = tuple(row.entrant for row in rows)
            done = results.get((key, seed))
            config = configs[key]
            if done is not None:
                values = {"eval_error": done.eval_error, "epochs": done.epochs, "seconds": done.seconds}
                self.work.end_finals(contest.id, names, seed, done.state, note=done.note, **values)
            elif (contest.id, key, seed) not in under_way and config is not None:
                epochs = task(contest.terms.task).max_epochs
                self._waiting.append(Wanted(contest.id, key, seed, seed == first, config, epochs, names))
        if idle and hosted.over and not waiting and not fresh:
            self.work.scored(contest.id)
            self.say(f"{contest.title}: scored")

    def drop(self, contest: str) -> None:
        """Ends what waits and runs of a contest that was deleted."""
        self._waiting = [one for one in self._waiting if one.contest != contest]
        self._cancel(contest, unless=())

    def start_next(self, ready: Mapping[str, Hosted], *, first: bool) -> bool:
        """Gives a worker to the next training; False where none waits. first: only to those with the first seed."""
        wanted = next(
            (one for one in self._waiting if one.contest in ready and (one.first or not first)), None
        )
        if wanted is None:
            return False
        self._waiting.remove(wanted)
        hosted = ready[wanted.contest]
        job = FinalJob(hosted.data, hosted.model, wanted.config, wanted.seed, wanted.epochs)
        self.work.begin_finals(wanted.contest, wanted.entrants, wanted.seed)
        self.running[self.runner.submit(job)] = wanted
        return True

    def hear(self, event: Event) -> bool:
        """Takes in an event; False where it is not about one of these."""
        wanted = self.running.get(event.ticket)
        if wanted is None:
            return False
        match event:
            case Done(ticket, values):
                failure = values["failure"]
                self._book(
                    wanted,
                    FinalState.FAILED if failure else FinalState.DONE,
                    eval_error=float(values["eval_error"]),
                    epochs=int(values["epochs"]),
                    seconds=float(values["seconds"]),
                    note=f"{failure}; {CONSTANT}" if failure else "",
                )
                del self.running[ticket]
            case Failed(ticket, _, reason, seconds):
                place = (wanted.contest, wanted.key, wanted.seed)
                self._attempts[place] = self._attempts.get(place, 0) + 1
                if self._attempts[place] >= ATTEMPTS:
                    self._book(wanted, FinalState.FAILED, seconds=seconds, note=reason)
                del self.running[ticket]
        return True

    def _cancel(self, contest: str, unless: Container[tuple[str, int]]) -> None:
        """Ends trainings whose results nobody waits for any more, as those of somebody who has withdrawn."""
        for ticket, one in self.running.items():
            if one.contest == contest and (one.key, one.seed) not in unless:
                self.runner.cancel(ticket)

    def _book(self, wanted: Wanted, state: FinalState, **values: object) -> None:
        self.work.end_finals(wanted.contest, wanted.entrants, wanted.seed, state, **values)
