"""`python -m tuners.contest list` and `status`: which contests there are, and how one stands."""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from datasets.errors import UsageError
from datasets.percent import percent_text
from tuners.contest.record import Contest, ContestState, Source

if TYPE_CHECKING:
    from tuners.contest.book import Book
    from tuners.store import Store


def add(commands: Any, store: argparse.ArgumentParser) -> None:
    """Registers the subcommands. store: a parser with --store, which they take over."""
    p = commands.add_parser("list", parents=[store], help="all contests, newest first")
    p.add_argument("--json", action="store_true", help="print one JSON document")
    p.set_defaults(command=run_list)
    p = commands.add_parser("status", parents=[store], help="how a contest stands")
    p.add_argument("contest", metavar="CONTEST", help="id or join code")
    p.add_argument("--json", action="store_true", help="print one JSON document")
    p.set_defaults(command=run_status)


def found(book: Book, name: str) -> Contest:
    """The contest with this id or join code. Raises UsageError where there is none."""
    return book.by_code(name) or book.contest(name)


def as_json(contest: Contest) -> dict[str, Any]:
    """What is public of a contest."""
    return {
        "contest": contest.id,
        "title": contest.title,
        "join_code": contest.join_code,
        "state": str(contest.state),
        "task": contest.terms.task,
        "minutes": contest.terms.minutes + contest.extended,
        "study": contest.study,
    }


def say(document: Any) -> None:
    print(json.dumps(document, indent=1))


def run_list(args: argparse.Namespace) -> int:
    """Prints them."""
    from tuners.contest.book import Book
    from tuners.store import Store

    contests = Book(Store(args.store, readonly=True)).contests()
    if args.json:
        say([as_json(one) for one in contests])
        return 0
    for one in contests:
        print(f"{one.id}  {one.join_code}  {one.state:<7}  {one.title}")
    if not contests:
        print('no contest yet; create one with: python -m tuners.contest create --title "..."')
    return 0


def run_status(args: argparse.Namespace) -> int:
    """Prints how it stands."""
    from tuners.contest.book import Book
    from tuners.contest.clock import left
    from tuners.contest.record import SCORED_TRIES
    from tuners.jobs import seat
    from tuners.store import Store

    store = Store(args.store, readonly=True)
    book = Book(store)
    contest = found(book, args.contest)
    tries, people = book.tries(contest.id), book.people(contest.id)
    states = Counter(str(one.state) for one in tries)
    errors = [one.dev_error for one in tries if one.state in SCORED_TRIES and one.dev_error is not None]
    searching = {}
    if contest.study is not None:
        try:
            searching = {one.label: one.state for one in store.systems(contest.study)}
        except UsageError:
            searching = {}
    holder = seat.holder(store, seat.CONTESTS)
    document = as_json(contest) | {
        "left_seconds": left(contest, None, time.time()),
        "people": len(people),
        "finished": sum(one.finished is not None for one in people),
        "tries": dict(states),
        "best_dev_error": min(errors, default=None),
        "machines": searching,
        "served": holder is not None and holder.alive,
        "scoring": scores(store, contest)
        if contest.state in (ContestState.ENDED, ContestState.SCORED)
        else None,
    }
    if args.json:
        say(document)
        return 0
    found_scores = document.pop("scoring")
    for name, value in document.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {one}" for key, one in value.items()) or "none"
        print(f"{name.replace('_', ' ')}: {'–' if value is None else value}")
    if found_scores is not None:
        print(scores_text(found_scores))
    return 0


def scores(store: Store, contest: Contest) -> dict[str, Any]:
    """How far the scoring is, and the ranking by eval as far as it goes: provisional until everything is scored."""
    from tuners.contest.book import Book
    from tuners.contest.record import EntrantKind
    from tuners.contest.scoring import ranking, scoring
    from tuners.contest.systems import numbered

    book = Book(store)
    entrants, finals = book.entrants(contest.id), book.finals(contest.id)
    trials = store.trials(contest.study) if contest.study else []
    found = scoring(contest, book.people(contest.id), trials, entrants, finals, os.cpu_count() or 1)
    rows = [
        {
            "place": row.place,
            "entrant": numbered(contest.terms, one.label, one.repeat)
            if one.kind == EntrantKind.TUNER
            else one.label,
            "kind": str(one.kind),
            "simulated": one.source == Source.SIMULATED,
            "eval_error": row.eval_error,
            "dev_error": one.dev_error,
        }
        for row in ranking(entrants, finals)
        for one in [row.entrant]
    ]
    return {
        "provisional": contest.state != ContestState.SCORED,
        "trainings_each": found.rounds,
        "of": contest.terms.final_seeds,
        "done": found.done,
        "total": found.total,
        "seconds_left": None if contest.state == ContestState.SCORED else found.left,
        "ranking": rows,
    }


def scores_text(found: dict[str, Any]) -> str:
    """The same to read."""
    left = "" if found["seconds_left"] is None else f", about {found['seconds_left']:.0f} s left"
    head = (
        f"provisional, after {found['trainings_each']} of {found['of']} trainings each "
        f"({found['done']} of {found['total']} trainings{left}); accuracy in %:"
        if found["provisional"]
        else f"final, {found['of']} trainings each; accuracy in %:"
    )
    rows = [
        f"{row['place'] or '–':>5}  {_accuracy(row['eval_error']):>6}  {_accuracy(row['dev_error']):>6}  {row['entrant']} "
        f"({'simulated ' if row['simulated'] else ''}{row['kind']})"
        for row in found["ranking"]
    ]
    return "\n".join([head, "place    eval     dev  who", *rows])


def _accuracy(error: float | None) -> str:
    return "–" if error is None else percent_text(1 - error)
