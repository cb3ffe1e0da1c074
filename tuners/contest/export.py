"""A contest for others to analyse: tables, a codebook and a README in one zip file, without anything that names somebody.

What is told of people follows `tuners.contest.anonymity`; only those who agreed to it are in it.
"""

from __future__ import annotations

import io
import json
import random
import time
import zipfile
from dataclasses import asdict
from typing import Any

import pandas as pd

from datasets.errors import UsageError
from tuners.contest.anonymity import K
from tuners.contest.book_reading import Reading
from tuners.contest.codebook import codebook, readme
from tuners.contest.export_tables import Material, tables
from tuners.contest.form import fields, plain
from tuners.contest.record import Contest, ContestState, Person, Source
from tuners.contest.task import tasks
from tuners.record import StudyRecord

#: What an export is called that was made while people could still withdraw.
EARLY = (
    "This export was made before the date until which people may withdraw. Delete it when somebody has, make it again "
    "afterwards, and publish only one that was made after that date."
)

#: Characters with which a spreadsheet begins a formula, or a cell within a cell.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

#: Of all files in the zip: the moment of the export would say when the contest was.
STAMP = (1980, 1, 1, 0, 0, 0)


def export(
    book: Reading,
    id: str,
    *,
    free_text: bool = False,
    before_freeze: bool = False,
    rng: random.Random | None = None,
    now: float | None = None,
) -> bytes:
    """The zip file. rng: of ids and order, by default the system's, which nobody can repeat.

    Raises UsageError where `refusal` says why it cannot be made.
    """
    contest = book.contest(id)
    people = book.people(id)
    moment = time.time() if now is None else now
    why = _refused(contest, people)
    if not why and _early(contest, moment) and not before_freeze:
        why = (
            f"people may withdraw from this contest until {_until(contest)}, and what was passed on cannot be taken back. "
            "Wait until then, or add --before-freeze, which marks the export as provisional"
        )
    if why:
        raise UsageError(why)
    study = _study(book, contest)
    agreed = [one for one in people if one.reuse]
    material = Material(
        contest,
        agreed,
        [one.alias for one in people],
        book.tries(id),
        book.entrants(id),
        book.finals(id),
        book.store.trials(study.name) if study else [],
        book.store.epochs(study.name) if study else [],
    )
    frames = tables(material, rng or random.SystemRandom(), free_text=free_text)
    warning = EARLY if _early(contest, moment) else ""
    if contest.state == ContestState.ENDED:
        warning += " The final configurations were still being scored: finals.csv is not complete."
    about = _about(contest, study) | {
        "people": len(people),
        "people in this export": len(agreed),
        "note": warning.strip(),
    }
    return _zip(
        {f"{name}.csv": _csv(frame) for name, frame in frames.items()}
        | {
            "codebook.json": _json(codebook(frames, _rules(contest))),
            "contest.json": _json(about),
            "README.txt": readme(frames["people"], len(people), free_text=free_text, warning=warning.strip()),
        }
    )


def refusal(book: Reading, id: str) -> str:
    """Why there cannot be an export of a contest, early or not, in plain words; "" where there can."""
    return _refused(book.contest(id), book.people(id))


def early(book: Reading, id: str) -> bool:
    """Whether people may still withdraw, so that an export is provisional."""
    return _early(book.contest(id), time.time())


def _refused(contest: Contest, people: list[Person]) -> str:
    simulated = sum(one.source == Source.SIMULATED for one in people)
    agreed = sum(one.reuse for one in people)
    if simulated:
        return (
            f"contest {contest.id} has {simulated} simulated participants, which are demonstration data and never leave "
            "in an export; export a contest of people"
        )
    if contest.state not in (ContestState.ENDED, ContestState.SCORED):
        return f"contest {contest.id} has not ended (it is {contest.state.value}); end it first"
    if agreed < K:
        return (
            f"an export needs at least {K} people who agreed that their data may be reused, so that nobody can be told "
            f"apart; in contest {contest.id} {agreed} of {len(people)} did"
        )
    return ""


def _early(contest: Contest, now: float) -> bool:
    return contest.freeze is not None and now < contest.freeze


def _until(contest: Contest) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(contest.freeze))


def _study(book: Reading, contest: Contest) -> StudyRecord | None:
    return next((one for one in book.store.studies() if one.name == contest.study), None)


def _about(contest: Contest, study: StudyRecord | None) -> dict[str, Any]:
    """Title, institution, contact and the text of the consent are left out: they can name people."""
    about: dict[str, Any] = {
        "terms": asdict(contest.terms),
        "minutes added": contest.extended,
        "minutes asleep": round(sum(one.seconds for one in contest.pauses) / 60, 1),
        "state": contest.state.value,
        "consent version": contest.consent.version,
    }
    if study is not None:
        environment = asdict(study.environment)
        about["data"] = {
            name: getattr(study.data, name)
            for name in ("name", "provenance", "content_hash", "seed", "sizes")
        }
        about["versions"] = environment.pop("packages")
        about["machine"] = environment
    return about


def _rules(contest: Contest) -> dict[str, str]:
    """What may be chosen; nothing of a task that this installation does not have."""
    found = tasks().get(contest.terms.task)
    entries = fields(found) if found else ()
    return {one.name: f"{one.rule}; suggested: {plain(one.parameter.default)}" for one in entries}


def _csv(frame: pd.DataFrame) -> str:
    """All digits of every number; no text that a spreadsheet would run."""
    safe = {
        name: frame[name].map(inert, na_action="ignore") if frame[name].dtype == "string" else frame[name]
        for name in frame.columns
    }
    return str(pd.DataFrame(safe, columns=frame.columns).to_csv(index=False, lineterminator="\n"))


def inert(text: str) -> str:
    """Text for a cell that no spreadsheet takes for a formula: one that begins as such has a ' before it."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _json(content: object) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _zip(files: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return made.getvalue()
