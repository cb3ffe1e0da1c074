"""The analysis of a contest: people who tune by hand, and autotuners on equal terms."""

from __future__ import annotations

import time
from collections.abc import Sequence

from reports import tables
from reports.contest_data import SHOWN, ContestData
from reports.contest_reading import read_contest
from reports.document import Document, Progress
from reports.kind import Kind, Request
from reports.people_cells import FEWEST
from reports.people_part import RULE, SIMULATED, parts
from reports.pictures import png
from tuners.contest.book import Book
from tuners.contest.record import ClockKind, Contest, ContestState
from tuners.contest.task import task
from tuners.store import Store


class PeopleReport(Kind):
    name = "people"
    title = "a contest of people and tuners: who did how well, and what that shows"
    subject = "CONTEST"
    together = False
    options = ("random_study",)
    example = "python -m reports people CONTEST --out report"

    def check(self, store: Store, of: Sequence[str]) -> None:
        for id in of:
            read_contest(store, id)

    def offered(self, store: Store) -> list[str]:
        """Contests that have ended."""
        return [contest.id for contest in Book(store).contests() if contest.state in SHOWN]

    def studies(self, store: Store, of: Sequence[str]) -> tuple[str, ...]:
        """Those of the contest's tuners."""
        there = {study.name for study in store.studies()}
        named = (Book(store).contest(id).study for id in of)
        return tuple(name for name in named if name in there)

    def cautions(self, store: Store, of: Sequence[str]) -> list[str]:
        notes = super().cautions(store, of)
        for id in of:
            contest = Book(store).contest(id)
            if contest.freeze is not None:
                notes.append(
                    f"who takes part in contest {id} may withdraw until {_day(contest.freeze)} (UTC), and whatever was theirs is "
                    "gone then: a report from before a withdrawal holds no more, which is no fault of either. Write it anew"
                )
            if contest.state != ContestState.SCORED:
                notes.append(
                    f"contest {id} is still being scored: it may have gone on since the report was written"
                )
        return notes

    def folder(self, request: Request) -> str:
        return f"people-{request.of[0]}"

    def document(self, store: Store, request: Request, progress: Progress) -> Document:
        (id,) = request.of
        progress(f"contest {id}: reading")
        data = read_contest(store, id, public=True, random_study=request.random_study)
        title = f"People and tuners: {data.contest.title}"
        blocks = [
            f"# {tables.escape(title)}",
            *filter(None, [_banner(data)]),
            _opening(data),
            _terms(data.contest),
            _reading(),
        ]
        pictures = {}
        for part in parts():
            progress(f"contest {id}: {part.title}")
            frame = part.frame(data)
            blocks += [f"## {part.title}", part.lead]
            if part.stamped(frame) is not None:
                file = f"{part.name}.png"
                blocks.append(f"![{tables.escape(part.alt(frame))}]({file})")
                picture = part.picture(frame) if request.draw else None
                pictures[file] = b"" if picture is None else png(picture)
            blocks.append(part.markdown(frame))
        return Document(self.stamp(request), title, tuple(blocks), pictures)


def _banner(data: ContestData) -> str:
    """What a reader has to know before anything else."""
    if data.simulated:
        return (
            f"> **{SIMULATED[:1].upper()}{SIMULATED[1:]}.** Nobody took part: programs stood in for people, to show what such a "
            "report looks like. Nothing here says anything of people."
        )
    if data.left_out:
        return f"> **{SIMULATED[:1].upper()}{SIMULATED[1:]} are left out ({data.left_out}).** They were in the same contest and are in none of the figures below."
    return ""


def _opening(data: ContestData) -> str:
    who = SIMULATED if data.simulated else "people"
    contest = data.contest
    tuners = sum(len(data.of(name)) for name in data.tuners)
    text = (
        f"{len(data.people)} {who} and {tuners} searches of {len(data.tuners)} autotuners tuned the same network on the same data, "
        "with the same hyperparameters and the same budget; everybody’s final configuration was trained from the same seeds."
    )
    if contest.state != ContestState.SCORED:
        text += " Final configurations are still being scored, so this report is not complete."
    if contest.freeze is not None:
        text += (
            f" Who took part may withdraw until {_day(contest.freeze)} (UTC); a report from before then is provisional, "
            "and should be written anew and verified after that day before it is passed on."
        )
    return text


def _terms(contest: Contest) -> str:
    terms, about = contest.terms, task(contest.terms.task)
    clock = "one clock for all" if terms.clock == ClockKind.TOGETHER else "a clock for each"
    rows = [
        ["task", f"{about.title}; {about.classes} classes"],
        ["samples in train, dev, eval", ", ".join(f"{size:,}" for size in about.sizes)],
        ["minutes", f"{terms.minutes + contest.extended:g}, {clock}"],
        ["trainings for each", tables.count(terms.max_trials) if terms.max_trials else "no limit"],
        ["epochs for each", tables.count(terms.total_epochs) if terms.total_epochs else "no limit"],
        ["autotuners", ", ".join(f"{name} ({terms.searches} searches)" for name in terms.tuners) or "none"],
        ["seeds of each final configuration", str(terms.final_seeds)],
    ]
    return tables.table(["terms", ""], [[name, tables.escape(text)] for name, text in rows])


def _reading() -> str:
    return (
        f"**When a number counts.** {RULE}\n\n"
        f"**Privacy.** People are P1, P2, … in an order that says nothing and is another one in every report; names that others "
        f"saw in the contest are not in it. No figure by group is of fewer than {FEWEST} people, and months of experience "
        "are told by group alone."
    )


def _day(moment: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(moment))
