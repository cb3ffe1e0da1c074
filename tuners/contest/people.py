"""People's tries on the workers: whose turn it is, what is shown of them, how they end."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from datasets.errors import UsageError
from tuners.contest.book_contests import OVER
from tuners.contest.book_people import FINISHED
from tuners.contest.charges import ledger
from tuners.contest.clock import left
from tuners.contest.hosted import Hosted
from tuners.contest.record import TryState
from tuners.contest.training import Training
from tuners.contest.turns import in_turn
from tuners.contest.work import Asked, Work
from tuners.engine import Done, EpochDone, Event, Failed, Pulsed, Started, TrainJob
from tuners.engines.local import LocalRunner
from tuners.record import TrialState, degenerate_reason

#: Seconds between two writes of what is shown.
SHOW = 0.33

CANCELLED = "cancelled while it trained"


class Trainings:
    """Tries of people and of practice. waiting: as the book had them when it was looked at last."""

    def __init__(self, work: Work, runner: LocalRunner) -> None:
        self.work = work
        self.runner = runner
        self.running: dict[int, Training] = {}
        self.waiting: list[Asked] = []
        self._had: dict[str, float] = {}
        self._shown = 0.0

    def put_back(self) -> None:
        """Lets wait again what runs, as this server ends."""
        self.running.clear()
        self._put_back(self.work.asked())

    def _put_back(self, asked: Iterable[Asked]) -> None:
        """Lets wait again what runs according to the book and has no worker, as an earlier server left it, or as the store
        failed when it was given one; what was to be cancelled or is too late has ended."""
        under_way = {one.asked.key for one in self.running.values()}
        for one in asked:
            lost = one.one.state == TryState.RUNNING and one.key not in under_way
            if lost and not self.work.put_back(one.key):
                state, note = self._fate(one)
                self.work.end_try(
                    one.key,
                    state or TryState.CANCELLED,
                    note=f"{note or CANCELLED}, which cost nothing",
                    started=None,
                    epochs=0,
                )

    def of(self, contest: str) -> list[Training]:
        """What trains of a contest."""
        return [one for one in self.running.values() if one.asked.key[0] == contest]

    # Looking and giving out ------------------------------------------------------------------------

    def look(self) -> None:
        """Reads what waits, and cancels what is to be cancelled or was deleted."""
        asked = {one.key: one for one in self.work.asked()}
        self._put_back(asked.values())
        self.waiting = [one for one in asked.values() if one.one.state == TryState.QUEUED]
        if self.waiting:
            self._had = self.work.had({key[0] for key in asked})
        for ticket, training in self.running.items():
            one = asked.get(training.asked.key)
            if (one is None or one.one.cancel) and not training.cancelled:
                training.cancelled = True
                self.runner.cancel(ticket)

    def start_next(self, ready: Mapping[str, Hosted]) -> bool:
        """Gives a worker to whose turn it is, practice last; False where nobody waits."""
        asked = self._next(set(ready))
        if asked is None:
            return False
        self.waiting.remove(asked)
        planned = self._epochs(asked)
        if self.work.take(asked):
            hosted = ready[asked.key[0]]
            one = asked.one
            job = TrainJob(hosted.data, hosted.model, one.config, one.seed, planned, watched=True)
            self.running[self.runner.submit(job)] = Training(asked, planned)
        return True

    def fail(self, contest: str, reason: str) -> None:
        """Ends what waits of a contest whose data are not there."""
        for asked in [one for one in self.waiting if one.key[0] == contest]:
            if self.work.take(asked):
                self.work.end_try(
                    asked.key, TryState.FAILED, note=f"the task's data are not there: {reason}", started=None
                )
            self.waiting.remove(asked)

    def _next(self, contests: set[str]) -> Asked | None:
        able = [one for one in self.waiting if one.key[0] in contests]
        people = {id(one.one): one for one in able if not one.practice}
        if people:  # who waits has nothing that runs, so what has ended is all that they had
            first = in_turn((one.one for one in people.values()), self._had)[0]
            return people[id(first)]
        return min(able, key=lambda one: one.one.submitted, default=None)

    def _epochs(self, asked: Asked) -> int:
        """How many it may train: what it asks for, unless its person has fewer left."""
        wanted = int(asked.one.config["epochs"])
        if asked.practice:
            return wanted
        contest = self.work.contest(asked.key[0])
        spent = ledger(contest.terms, self.work.tries(contest.id, asked.key[1]))
        return max(1, spent.grant(wanted))

    # Listening and showing -------------------------------------------------------------------------

    def hear(self, event: Event) -> bool:
        """Takes in an event; False where it is not about one of these."""
        training = self.running.get(event.ticket)
        if training is None:
            return False
        match event:
            case Started() | EpochDone() | Pulsed():
                training.hear(event)
            case Done(ticket, values):
                self._done(training, values)
                del self.running[ticket]
            case Failed(ticket, state, reason, seconds):
                self._failed(training, state, reason, seconds)
                del self.running[ticket]
        return True

    def show(self) -> None:
        """Writes how far everything is, a few times a second and for all at once."""
        now = time.monotonic()
        if now - self._shown < SHOW:
            return
        told = [one for one in self.running.values() if one.news and not one.cancelled]
        if not told:
            return
        self._shown = now
        curves = [(one.asked.key, one.curve) for one in told if one.longer]
        self.work.write_live([one.live() for one in told], curves)
        for one in told:
            one.news = one.longer = False

    def _done(self, training: Training, values: Mapping[str, Any]) -> None:
        state, note = self._fate(training.asked)
        epochs, seconds = int(values["epochs"]), float(values["seconds"])
        if state is not None:
            self.work.end_try(
                training.asked.key, state, training.curve, epochs=epochs, seconds=seconds, note=note
            )
            return
        wanted = int(training.asked.one.config["epochs"])
        note = f"stopped after epoch {epochs} of {wanted}: your epochs were spent" if epochs < wanted else ""
        state = TryState.COMPLETE
        if values["degenerate"]:
            state, note = TryState.DEGENERATE, degenerate_reason(values["collapsed"], training.planned)
        self.work.end_try(
            training.asked.key,
            state,
            training.curve,
            epochs=epochs,
            seconds=seconds,
            dev_error=float(values["dev_error"]),
            note=note,
        )

    def _failed(self, training: Training, state: TrialState, reason: str, seconds: float) -> None:
        """One that was cancelled is charged the epochs that it began."""
        ended, note = TryState.FAILED, reason
        if state == TrialState.CANCELLED:
            fate, why = self._fate(training.asked)
            ended, note = (fate, why) if fate is not None else (TryState.CANCELLED, CANCELLED)
        self.work.end_try(
            training.asked.key, ended, training.curve, epochs=training.begun, seconds=seconds, note=note
        )

    def _fate(self, asked: Asked) -> tuple[TryState | None, str]:
        """How a try ends whatever it found, as its contest or its person's part has ended; None: it counts."""
        id, person, _ = asked.key
        try:
            contest, who = self.work.contest(id), None if asked.practice else self.work.person(id, person)
        except UsageError:  # deleted, or withdrawn
            return TryState.CANCELLED, CANCELLED
        if who is not None and who.ending == FINISHED:
            return TryState.CANCELLED, f"{FINISHED} while it trained"
        if left(contest, who, time.time()) == 0:
            return TryState.CUT, f"{(who.ending if who is not None else '') or OVER} before it had ended"
        return None, ""
