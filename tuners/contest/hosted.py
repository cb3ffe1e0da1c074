"""A contest at work: its data, and its tuners as a study whose loop shares the workers with people."""

from __future__ import annotations

import time
import traceback
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait

from sqlalchemy.exc import SQLAlchemyError

from tuners import study as studies
from tuners.contest.record import Contest
from tuners.contest.systems import study_name, study_spec
from tuners.contest.task import task
from tuners.contest.work import Work
from tuners.engine import DataFolder, Event, JobRunner
from tuners.loop import Loop
from tuners.loop import Work as Chosen
from tuners.progress import Progress
from tuners.record import StudyRecord, StudyState
from tuners.store import Store, now

#: Seconds for which an answer of a searcher is waited for.
MOMENT = 0.02

#: States of a study that is not gone on with.
ENDED = (StudyState.FINISHED, StudyState.FAILED)

COMMAND = "python -m tuners.contest serve"


def prepare(store: Store, contest: Contest) -> StudyRecord:
    """Loads the data and brings the study to where it was. Nobody else runs it: a store has one server of contests.

    Raises DataError and UsageError where the data are missing or have changed.
    """
    task(contest.terms.task)  # it may be of another installation
    name = study_name(contest)
    found = next((one for one in store.studies() if one.name == name), None)
    if found is None:
        found = studies.create(store, name, study_spec(contest.terms), COMMAND, Progress())
        Work(store).name_study(contest.id, name)
        return found
    if contest.study is None:  # the server that created it was killed before it could say so
        Work(store).name_study(contest.id, name)
    if found.state in ENDED:
        return found
    if found.state == StudyState.RUNNING:  # its server was killed a moment ago
        store.update_study(name, state=StudyState.INTERRUPTED)
    return studies.reopen(store, name, Progress())


def assemble(store: Store, study: StudyRecord, runner: JobRunner) -> Loop | None:
    """The loop of a study, with libraries of its tuners loaded; None where its searches have ended."""
    if study.state in ENDED:
        return None
    runs = studies.system_runs(store, study)
    return Loop(store, study, runs, runner, Progress(), {})


class Hosted:
    """Runs a contest's machines. Data are loaded and searchers are asked in a thread of its own, as some think for
    seconds; meanwhile what happens to their trials waits, and people's trainings do not."""

    def __init__(self, store: Store, contest: Contest, runner: JobRunner) -> None:
        self.id = contest.id
        self._task = contest.terms.task
        self.tickets: set[int] = set()
        self._store = store
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"contest-{contest.id}")
        study = self._study = self._thread.submit(prepare, store, contest)
        self._assembled = self._thread.submit(lambda: assemble(store, study.result(), runner))
        self._asked: Future[Chosen | None] | None = None
        self._chosen: Chosen | None = None
        self._nothing = False
        self._events: deque[Event] = deque()
        self._closed = False

    @property
    def ready(self) -> bool:
        """Whether its data are there, so that people can train."""
        return self._study.done() and self._study.exception() is None

    @property
    def trouble(self) -> str:
        """Why its data are not there; else "". A store that does not answer is no reason: it is asked again."""
        error = self._study.exception() if self._study.done() else None
        if error is None or isinstance(error, SQLAlchemyError):
            return ""
        return str(error) or type(error).__name__

    @property
    def model(self) -> str:
        """What people and tuners tune."""
        return task(self._task).model

    @property
    def data(self) -> DataFolder:
        """Where the contest's samples lie; it waits until they do. Raises what `prepare` raised."""
        study = self._study.result()
        return DataFolder(study.data.folder, len(study.data.class_names))

    @property
    def over(self) -> bool:
        """Whether the machines have searched."""
        if not self._assembled.done() or self._asked is not None or self._chosen is not None:
            return False
        loop = self._working
        return loop is None or (loop.over and not loop.jobs)

    @property
    def busy(self) -> int:
        """Workers that its trials have or are about to have."""
        return len(self.tickets) + (self._asked is not None or self._chosen is not None)

    def submit(self) -> bool:
        """Hands over a trial that was chosen; False where there is none."""
        self._collect()
        loop, chosen = self._working, self._chosen
        if loop is None or chosen is None:
            return False
        self._chosen = None
        loop.submit(chosen)
        self.tickets = set(loop.jobs)
        return True

    def ask(self) -> bool:
        """Has a trial chosen, where there may be one; whether that has been done already."""
        loop = self._working
        if loop is None or self._asked is not None or self._chosen is not None or self._nothing or loop.over:
            return False
        self._asked = self._thread.submit(loop.next_job)
        wait([self._asked], MOMENT)
        self._collect()
        return self._chosen is not None

    def handle(self, event: Event) -> None:
        """Takes in what happened to one of its trials, now or when the searcher has answered."""
        self._events.append(event)
        self.go_on()

    def go_on(self) -> None:
        """What has to be done from time to time."""
        self._collect()
        self._check_assembled()
        while self._events and self._asked is None and (loop := self._working) is not None:
            event = self._events.popleft()
            try:
                loop.handle(event)
            except SQLAlchemyError:
                raise
            except Exception as error:
                self._break(error)
            self._nothing = False
            self.tickets = set() if self._closed else set(loop.jobs)
        loop = self._working
        if loop is None or self._asked is not None:
            return
        if self.over:
            self._close(StudyState.FINISHED)
        else:
            loop.beat()

    def close(self, interrupt: bool = True) -> None:
        """No more calls follow. interrupt: the study waits for the next server."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        if interrupt and self._working is not None:
            self._close(StudyState.INTERRUPTED)

    @property
    def _working(self) -> Loop | None:
        """The loop, once it is there and until it has ended."""
        # It is cancelled where the server ends before.
        ended = self._assembled.done() and not self._assembled.cancelled()
        there = ended and self._assembled.exception() is None
        return self._assembled.result() if there and not self._closed else None

    def _check_assembled(self) -> None:
        """Notices tuners that cannot start."""
        if self._closed or not self._assembled.done():
            return
        error = self._assembled.exception()  # that of its data, where they are not there
        if isinstance(error, SQLAlchemyError):
            raise error
        if isinstance(error, Exception) and self.ready:
            self._break(error)

    def _collect(self) -> None:
        if self._asked is None or not self._asked.done():
            return
        asked, self._asked = self._asked, None
        try:
            self._chosen = asked.result()
        except SQLAlchemyError:
            raise
        except Exception as error:
            self._break(error)
        self._nothing = self._chosen is None

    def _break(self, error: Exception) -> None:
        """A tuner that breaks ends the machines' part with what they have found; people go on."""
        traceback.print_exception(error)
        self._close(StudyState.FAILED, note=f"{type(error).__name__}: {error}")

    def _close(self, state: StudyState, note: str = "") -> None:
        self._closed = True
        self.tickets = set()
        values = {"finished": now()} if state == StudyState.FINISHED else {}
        self._store.update_study(
            self._study.result().name, state=state, heartbeat=time.time(), note=note, **values
        )
