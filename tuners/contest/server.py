"""The server of contests: gives workers to people first, then to machines and to final trainings."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from datasets.errors import DataError, UsageError
from tuners import logs
from tuners.contest.finals import Finals
from tuners.contest.hosted import Hosted
from tuners.contest.people import Trainings
from tuners.contest.record import Contest, ContestState
from tuners.contest.task import tasks
from tuners.contest.timekeeper import Timekeeper
from tuners.contest.work import NEEDED, Work
from tuners.engine import Event
from tuners.engines.local import LocalRunner
from tuners.jobs import seat
from tuners.store import Store, shown

#: Seconds between two looks at the book, and for which a quiet worker is listened to.
LOOK, LISTEN = 0.2, 0.05

#: Seconds after which data that could not be loaded are tried again.
AGAIN = 30.0

Say = Callable[[str], None]


class Server:
    """Runs the contests of one store. idle: seconds without work after which it ends."""

    def __init__(self, location: str, workers: int, idle: float, say: Say) -> None:
        self.store = Store(location)
        self.work = Work(self.store)
        self.clock = Timekeeper(self.work, say)
        self.workers = workers
        self.idle = idle
        self.say = say
        self.contests: dict[str, Contest] = {}
        self.hosted: dict[str, Hosted] = {}
        self._failed: dict[str, float] = {}
        self._events: deque[Event] = deque()
        self._ending = threading.Event()

    def run(self) -> bool:
        """Serves until there is nothing to do for a while, or until SIGTERM or Ctrl-C. False where another serves."""
        ours, _ = seat.take(self.store, seat.CONTESTS)
        if not ours:
            return False
        handlers = {
            number: signal.signal(number, self._end)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        }
        log = self.store.folder / logs.CONTESTS_WORKERS
        log.parent.mkdir(parents=True, exist_ok=True)
        known, wanted = tasks(), {one.terms.task for one in self.work.unscored()}
        models = dict.fromkeys(known[name].model for name in sorted(wanted) if name in known)
        self.runner = LocalRunner(self.workers, str(log), tuple(models))
        self.trainings = Trainings(self.work, self.runner)
        self.finals = Finals(self.work, self.runner, self.say)
        ours = True
        try:
            self.finals.recover()
            ours = self._serve()
        finally:
            self.runner.close()
            if ours:
                self.trainings.put_back()
            for hosted in self.hosted.values():
                hosted.close(interrupt=ours)
            seat.leave(self.store, seat.CONTESTS)
            for number, handler in handlers.items():
                signal.signal(number, handler)
        return True

    def _end(self, number: int, frame: object) -> None:
        self._ending.set()

    # The loop ------------------------------------------------------------------------------------

    def _serve(self) -> bool:
        """False where another server took the seat meanwhile."""
        last_look = last_beat = 0.0
        last_work = time.monotonic()
        while not self._ending.is_set():
            try:
                now = time.monotonic()
                if now - last_beat >= seat.BEAT:
                    last_beat = now
                    logs.shorten(self.store.folder / logs.CONTESTS_SERVER)
                    if not seat.beat(self.store, seat.CONTESTS):
                        self.say("another server has taken over; this one ends")
                        return False
                self._listen()
                if now - last_look >= LOOK:
                    last_look = now
                    self._look()
                self._give_out()
                self.trainings.show()
                if self._at_work():
                    last_work = now
                if now - last_work > self.idle:
                    if self._leave():
                        self.say("nothing to do; it starts again with the next contest")
                        return True
                    last_work = now  # there is: it was asked for this moment, or practice is to be deleted
            except UsageError as error:  # a contest that was deleted this moment; the next look knows
                self.say(str(error))
            except SQLAlchemyError as error:  # a database that is restarted, a disk that is full
                self.say(
                    f"the store does not answer, so the next look is later: {getattr(error, 'orig', error)}"
                )
                self._ending.wait(seat.BEAT)
        return True

    def _at_work(self) -> bool:
        machines = any(not hosted.over and not hosted.trouble for hosted in self.hosted.values())
        needed = any(one.state != ContestState.LOBBY for one in self.contests.values())
        return machines or needed or bool(self.trainings.running) or bool(self.trainings.waiting)

    def _leave(self) -> bool:
        unless = NEEDED if self.work.exists() else None
        return seat.leave(self.store, seat.CONTESTS, unless=unless)

    def _listen(self) -> None:
        """Hands on what workers say. What a store that failed left undone is done again."""
        if self.runner.free < self.workers:
            self._events.extend(self.runner.wait(LISTEN))
        else:
            self._ending.wait(LISTEN)
        self.clock.woken()  # before what came is judged by its moment
        while self._events:
            self._hear(self._events[0])
            self._events.popleft()

    def _hear(self, event: Event) -> None:
        if self.trainings.hear(event) or self.finals.hear(event):
            return
        for hosted in self.hosted.values():
            if event.ticket in hosted.tickets:
                try:
                    hosted.handle(event)
                except SQLAlchemyError:
                    self._forget(hosted)
                return

    def _look(self) -> None:
        """Compares what should be with what is."""
        if not self.work.exists():
            return
        self.contests = {one.id: one for one in self.work.unscored()}
        self.clock.look(self.contests.values())
        self.trainings.look()
        for id, contest in self.contests.items():
            if id not in self.hosted and time.monotonic() - self._failed.get(id, -AGAIN) >= AGAIN:
                self.hosted[id] = Hosted(self.store, contest, self.runner)
        for id, hosted in list(self.hosted.items()):
            if id not in self.contests:  # scored, or deleted
                self._forget(hosted)
                self.finals.drop(id)
            elif hosted.trouble:
                self.say(f"{self.contests[id].title}: its data cannot be loaded: {hosted.trouble}")
                self.trainings.fail(id, hosted.trouble)
                self._failed[id] = time.monotonic()
                self._forget(hosted)
            else:
                self._tend(hosted)
        for id, contest in self.contests.items():
            one = self.hosted.get(id)
            if contest.state == ContestState.ENDED and one is not None and one.ready:
                self.finals.look(contest, one, idle=not self.trainings.of(id))

    def _tend(self, hosted: Hosted) -> None:
        try:
            hosted.go_on()
        except SQLAlchemyError:
            self._forget(hosted)
            raise

    def _forget(self, hosted: Hosted) -> None:
        """Ends what it has under way. Where it is still wanted it is begun anew: the store knows how far it was."""
        del self.hosted[hosted.id]
        for ticket in hosted.tickets:
            self.runner.cancel(ticket)
        with suppress(SQLAlchemyError):
            hosted.close()

    # Who gets a worker -----------------------------------------------------------------------------

    def _give_out(self) -> None:
        """People in fair turns, then practice, then everybody's first final training, so that a class need not wait for
        the searches to see eval, then machines, then the other final trainings."""
        ready = {id: hosted for id, hosted in self.hosted.items() if hosted.ready}
        while self.runner.free and self.trainings.start_next(ready):
            pass
        self._score(ready, first=True)
        for one in ready.values():
            while self.runner.free and (one.submit() or (self._room() and one.ask())):
                pass
        self._score(ready, first=False)

    def _score(self, ready: Mapping[str, Hosted], *, first: bool) -> None:
        while self.runner.free and self._room() and self.finals.start_next(ready, first=first):
            pass

    def _room(self) -> bool:
        """Whether a machine may take a worker: while a contest is open one is kept for people, where there are two."""
        is_open = any(one.state == ContestState.OPEN for one in self.contests.values())
        most = max(1, self.workers - 1) if is_open else self.workers
        return sum(one.busy for one in self.hosted.values()) + len(self.finals.running) < most


def default_workers() -> int:
    """One a core: small networks use one thread each."""
    return max(1, os.cpu_count() or 1)


def serve(location: str, workers: int, idle: float, say: Say) -> bool:
    """Runs a server for the store. False where another one serves it.

    Raises DataError where the store does not answer when it begins or ends.
    """
    try:
        return Server(location, workers, idle, say).run()
    except SQLAlchemyError as error:
        raise DataError(
            f"the store {shown(location)} does not answer: {getattr(error, 'orig', None) or error}. "
            "Start the server again when the store is back; nothing that was finished is lost"
        ) from error
