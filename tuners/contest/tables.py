"""The tables of contests. They lie in the same database as studies and are made with the first contest.

What belongs to a person is deleted when they withdraw, so nothing else refers to it.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Index, Integer, MetaData, Table

from tuners.store_text import Line, Words

metadata = MetaData()

contests = Table(
    "contests",
    metadata,
    Column("id", Line(40), primary_key=True),
    Column("title", Words, nullable=False),
    Column("join_code", Line(20), nullable=False, unique=True),
    Column("terms", JSON, nullable=False),
    Column("consent", JSON, nullable=False),
    Column("state", Line(20), nullable=False),
    Column("created", Float, nullable=False),
    Column("opened", Float),
    Column("extended", Float, nullable=False),
    Column("ended", Float),
    Column("freeze", Float),
    Column("study", Line(120)),
)

#: token, code: hashes of what a participant's browser holds and of the personal code that they wrote down.
people = Table(
    "contest_people",
    metadata,
    Column("contest", Line(40), primary_key=True),
    Column("id", Line(40), primary_key=True),
    Column("token", Line(64), nullable=False, unique=True),
    Column("code", Line(64), nullable=False, unique=True),
    Column("alias", Line(60), nullable=False),
    Column("source", Line(20), nullable=False),
    Column("consent_version", Line(60), nullable=False),
    Column("agreed", Float, nullable=False),
    Column("reuse", Integer, nullable=False),
    Column("joined", Float, nullable=False),
    Column("background", JSON),
    Column("started", Float),
    Column("final", Integer),
    Column("finished", Float),
    Column("ending", Words, nullable=False),
)

#: person: of practice, a number that is drawn for the moment and belongs to nobody.
tries = Table(
    "contest_tries",
    metadata,
    Column("contest", Line(40), primary_key=True),
    Column("person", Line(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("practice", Integer, nullable=False),
    Column("state", Line(20), nullable=False),
    Column("config", JSON, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("submitted", Float, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("comment", Words, nullable=False),
    Column("started", Float),
    Column("ended", Float),
    Column("epochs", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("dev_error", Float),
    Column("curve", JSON, nullable=False),
    Column("cancel", Integer, nullable=False),
    Column("note", Words, nullable=False),
    Index("contest_tries_by_state", "state"),
)

#: When the machine slept while a contest was open.
pauses = Table(
    "contest_pauses",
    metadata,
    Column("contest", Line(40), primary_key=True),
    Column("at", Float, primary_key=True),
    Column("seconds", Float, nullable=False),
)

#: What somebody has filled in and not submitted, at most one of each person.
drafts = Table(
    "contest_drafts",
    metadata,
    Column("contest", Line(40), primary_key=True),
    Column("person", Line(40), primary_key=True),
    Column("given", JSON, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("comment", Words, nullable=False),
)

#: What trains now; a row is written over several times a second and deleted at the end.
live = Table(
    "contest_live",
    metadata,
    Column("contest", Line(40), primary_key=True),
    Column("person", Line(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("epochs", Integer, nullable=False),
    Column("batches", Integer, nullable=False),
    Column("losses", JSON, nullable=False),
    Column("updated", Float, nullable=False),
)

entrants = Table(
    "contest_entrants",
    metadata,
    Column("contest", Line(40), primary_key=True),
    Column("key", Line(120), primary_key=True),
    Column("kind", Line(20), nullable=False),
    Column("label", Line(160), nullable=False),
    Column("source", Line(20), nullable=False),
    Column("config", JSON),
    Column("dev_error", Float),
    Column("person", Line(40), nullable=False),
    Column("repeat", Integer, nullable=False),
    Column("note", Words, nullable=False),
)

finals = Table(
    "contest_finals",
    metadata,
    Column("contest", Line(40), primary_key=True),
    Column("entrant", Line(120), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("seed", Integer, nullable=False),
    Column("state", Line(20), nullable=False),
    Column("eval_error", Float),
    Column("epochs", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("note", Words, nullable=False),
)

#: One row: the instructor's password as a salted hash, and whether pages other than the participants' need it.
access = Table(
    "contest_access",
    metadata,
    Column("place", Integer, primary_key=True),
    Column("password", Words),
    Column("closed", Integer, nullable=False),
)

#: Instructors that are logged in, by the hash of what their browser holds.
logins = Table(
    "contest_logins",
    metadata,
    Column("token", Line(64), primary_key=True),
    Column("until", Float, nullable=False),
)

#: Tables that a store with contests may lack, as it is older than they are.
LATER = (drafts, pauses)
