"""What a worker process does: one job after the other, sent and answered over a pipe."""

from __future__ import annotations

import os
import signal
import traceback
from multiprocessing.connection import Connection
from pathlib import Path

from manual.learner import Stopped
from tuners import logs
from tuners.clock import Clock
from tuners.engine import BayesJob, CheckJob, Done, Failed, FinalJob, Job, ScoreJob, Started, TrainJob
from tuners.record import TrialState
from tuners.scoring_jobs import bayes_errors, final, score
from tuners.tunable import find_learner
from tuners.tuning_jobs import Pipe, check, reason, train


def main(pipe: Connection, log: str, warm: tuple[str, ...] = ()) -> None:
    """Serves jobs until the pipe closes, which is how the death of the other side is noticed.

    warm: learners whose libraries are loaded before the first job.
    """
    # Ctrl-C reaches every process of a terminal; the loop alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Libraries print; standard output belongs to the command's own document.
    with logs.append(Path(log)) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    for name in warm:
        try:
            find_learner(name).prepare()
        except Exception:
            traceback.print_exc()  # into the log; its first job will say so
    while True:
        try:
            message = pipe.recv()
        except (EOFError, OSError):
            return
        if isinstance(message, bool):  # an answer that came after its job had ended
            continue
        ticket, job = message
        logs.shorten(Path(log))
        try:
            serve(pipe, ticket, job)
        except (BrokenPipeError, EOFError, OSError) as error:
            if isinstance(error, FileNotFoundError | PermissionError):
                raise
            return


def serve(pipe: Pipe, ticket: int, job: Job) -> None:
    """Does one job and sends its events, Done or Failed last.

    Raises BrokenPipeError and EOFError where nobody is at the other end any more.
    """
    clock = Clock()
    try:
        if not isinstance(job, BayesJob):
            find_learner(job.learner).prepare()
            clock = Clock()
        pipe.send(Started(ticket))
        match job:
            case TrainJob():
                values = train(pipe, ticket, job, clock)
            case ScoreJob():
                values = score(job, clock)
            case FinalJob():
                values = final(pipe, job)
            case CheckJob():
                values = check(job)
            case BayesJob():
                values = bayes_errors(job)
    except (BrokenPipeError, EOFError):
        raise
    except Stopped:
        pipe.send(Failed(ticket, TrialState.CANCELLED, "cancelled", clock.seconds))
        return
    except BaseException as error:
        traceback.print_exc()  # into the log; the reason goes to the user
        pipe.send(Failed(ticket, TrialState.FAILED, reason(error), clock.seconds))
        return
    pipe.send(Done(ticket, values | {"seconds": clock.seconds}))
