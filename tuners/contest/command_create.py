"""`python -m tuners.contest create`: a contest with its terms, fixed from then on."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from datasets.command_line import positive, seed
from datasets.errors import UsageError
from tuners.contest.record import ClockKind, Terms

TERMS = Terms()


def add(commands: Any, store: argparse.ArgumentParser) -> None:
    """Registers the subcommand. store: a parser with --store, which it takes over."""
    p = commands.add_parser(
        "create",
        parents=[store],
        help="a new contest; prints its id and the code with which people join",
        description="Create a contest. Its terms hold for people and tuners alike and cannot change later.",
    )
    p.add_argument("--title", required=True, help="what participants see")
    p.add_argument("--task", default=TERMS.task, metavar="NAME", help=f"what is tuned (default {TERMS.task})")
    p.add_argument("--minutes", type=float, metavar="M", help="of the clock (default: what suits the task)")
    p.add_argument(
        "--clock",
        choices=[str(kind) for kind in ClockKind],
        default=str(TERMS.clock),
        help="one clock together (a class), or each their own from their first look on (a study)",
    )
    p.add_argument(
        "--max-trials",
        type=positive,
        default=TERMS.max_trials,
        metavar="N",
        help=f"trainings of each person and each search (default {TERMS.max_trials})",
    )
    p.add_argument("--no-trial-limit", action="store_true", help="as many trainings as the time allows")
    p.add_argument("--total-epochs", type=positive, metavar="N", help="epochs of each person and each search")
    p.add_argument(
        "--tuners",
        nargs="*",
        default=list(TERMS.tuners),
        metavar="NAME",
        help=f"autotuners that take part (default {' '.join(TERMS.tuners)})",
    )
    p.add_argument(
        "--searches",
        type=positive,
        default=TERMS.searches,
        metavar="N",
        help=f"searches of each tuner (default {TERMS.searches})",
    )
    p.add_argument(
        "--final-seeds",
        type=positive,
        default=TERMS.final_seeds,
        metavar="N",
        help=f"trainings of each final configuration (default {TERMS.final_seeds})",
    )
    p.add_argument("--seed", type=seed, default=TERMS.seed, metavar="N", help=f"default {TERMS.seed}")
    p.add_argument("--published", action="store_true", help="the study's 31 final configurations take part")
    p.add_argument("--institution", default="", help="who runs it, in the text that people agree to")
    p.add_argument("--contact", default="", help="whom to ask, in the same text")
    p.add_argument("--consent", type=Path, metavar="FILE", help="a text of your own to agree to")
    p.add_argument("--json", action="store_true", help="print one JSON document")
    p.set_defaults(command=run)


def run(args: argparse.Namespace) -> int:
    """Creates it. Raises UsageError for terms that cannot be kept."""
    from tuners.contest.book import Book
    from tuners.contest.command_list import as_json, say
    from tuners.contest.consent import own_version, standard
    from tuners.contest.task import task
    from tuners.store import Store

    terms = Terms(
        task=args.task,
        minutes=task(args.task).minutes if args.minutes is None else args.minutes,
        clock=ClockKind(args.clock),
        max_trials=None if args.no_trial_limit else args.max_trials,
        total_epochs=args.total_epochs,
        seed=args.seed,
        tuners=tuple(args.tuners),
        searches=args.searches,
        final_seeds=args.final_seeds,
        published=args.published,
    )
    consent = standard(terms, args.institution, args.contact)
    if args.consent is not None:
        try:
            text = args.consent.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{args.consent} cannot be read as a text in UTF-8: {error}") from None
        consent = replace(consent, text=text, version=own_version(text))
    contest = Book(Store(args.store)).create(args.title, terms, consent)
    if args.json:
        say(as_json(contest))
    else:
        print(f"contest {contest.id}: {contest.title}\njoin code {contest.join_code}")
    return 0
