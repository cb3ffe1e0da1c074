"""The tables of the store, as SQLAlchemy Core sees them."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Integer, MetaData, Table

from tuners.store_text import Line, Words

metadata = MetaData()

#: Raised when a column changes its meaning; an older store is refused rather than misread.
VERSION = 4

#: Columns that a store of format 1 lacks. They may be empty, so adding them changes nothing that is there.
ADDED_IN_2 = (("epochs", "dev_answers"), ("scores", "patients"), ("systems", "rules"))

#: The same of format 3.
ADDED_IN_4 = (
    ("epochs", "second_error"),
    ("scores", "regret"),
    ("scores", "excess"),
    ("bayes", "low"),
    ("bayes", "high"),
)

#: Tables that format 3 keys otherwise: a system may have several searches. What is there is the first one.
REKEYED_IN_3 = ("systems", "trials", "epochs")

meta = Table(
    "meta", metadata, Column("key", Line(40), primary_key=True), Column("value", Words, nullable=False)
)

studies = Table(
    "studies",
    metadata,
    Column("name", Line(120), primary_key=True),
    Column("spec", JSON, nullable=False),
    Column("data", JSON, nullable=False),
    Column("environment", JSON, nullable=False),
    Column("command", Words, nullable=False),
    Column("created", Line(40), nullable=False),
    Column("state", Line(20), nullable=False),
    Column("heartbeat", Float, nullable=False),
    Column("finished", Line(40)),
    Column("note", Words, nullable=False, default=""),
)

systems = Table(
    "systems",
    metadata,
    Column("study", Line(120), primary_key=True),
    Column("label", Line(120), primary_key=True),
    Column("learner", Line(60), nullable=False),
    Column("tuner", Line(60), nullable=False),
    Column("position", Integer, nullable=False),
    Column("space", JSON, nullable=False),
    Column("rules", JSON),
)

searches = Table(
    "searches",
    metadata,
    Column("study", Line(120), primary_key=True),
    Column("system", Line(120), primary_key=True),
    Column("repeat", Integer, primary_key=True),
    Column("state", Line(20), nullable=False),
    Column("overhead", Float, nullable=False),
    Column("selected", Integer),
    Column("note", Words, nullable=False, default=""),
)

trials = Table(
    "trials",
    metadata,
    Column("study", Line(120), primary_key=True),
    Column("system", Line(120), primary_key=True),
    Column("repeat", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", Line(20), nullable=False),
    Column("config", JSON, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("epochs_planned", Integer, nullable=False),
    Column("first_epoch", Integer, nullable=False),
    Column("parent", Integer),
    Column("asked", Integer, nullable=False),
    Column("told", Integer),
    Column("repeat_of", Integer),
    Column("dev_error", Float),
    Column("class_errors", JSON, nullable=False),
    Column("epochs", Integer, nullable=False),
    Column("best_epoch", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("reason", Words, nullable=False),
    Column("started", Float, nullable=False),
)

epochs = Table(
    "epochs",
    metadata,
    Column("study", Line(120), primary_key=True),
    Column("system", Line(120), primary_key=True),
    Column("repeat", Integer, primary_key=True),
    Column("trial", Integer, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("train_loss", Float),
    Column("train_error", Float),
    Column("dev_loss", Float, nullable=False),
    Column("dev_error", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("dev_answers", Integer),
    Column("second_error", Float),
)

scores = Table(
    "scores",
    metadata,
    Column("study", Line(120), primary_key=True),
    Column("system", Line(120), primary_key=True),
    Column("repeat", Integer, primary_key=True),
    Column("seed", Integer, nullable=False),
    Column("trial", Integer, nullable=False),
    Column("config", JSON, nullable=False),
    Column("errors", JSON, nullable=False),
    Column("confusion", JSON, nullable=False),
    Column("architecture", Words, nullable=False),
    Column("parameters", Integer),
    Column("epochs", Integer, nullable=False),
    Column("best_epoch", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("degenerate", Integer, nullable=False),
    Column("curve", JSON, nullable=False),
    Column("surface", Words),
    Column("weights", Words),
    Column("reason", Words, nullable=False),
    Column("patients", JSON),
    Column("regret", JSON),
    Column("excess", JSON),
)

bayes = Table(
    "bayes",
    metadata,
    Column("study", Line(120), primary_key=True),
    Column("split", Line(10), primary_key=True),
    Column("estimator", Line(40), primary_key=True),
    Column("value", Float, nullable=False),
    Column("bound", Float, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("low", Float),
    Column("high", Float),
)

#: What was computed from the trials of a system, for readers that do without the libraries it takes.
insights = Table(
    "insights",
    metadata,
    Column("study", Line(120), primary_key=True),
    Column("system", Line(120), primary_key=True),
    Column("kind", Line(40), primary_key=True),
    Column("content", JSON, nullable=False),
)

#: What people say of trials, beside the records that never change.
trial_notes = Table(
    "trial_notes",
    metadata,
    Column("study", Line(120), primary_key=True),
    Column("system", Line(120), primary_key=True),
    Column("repeat", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("note", Words, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("changed", Line(40), nullable=False),
)

#: Runs of `tuners/run.py` that somebody asked for and one process starts in turn (`tuners.jobs`).
jobs = Table(
    "jobs",
    metadata,
    Column("token", Line(40), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("study", Line(120), nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("state", Line(20), nullable=False),
    Column("created", Line(40), nullable=False),
    Column("started", Float),
    Column("finished", Float),
    Column("pid", Integer),
    Column("cancel", Integer, nullable=False),
    Column("exit_code", Integer),
    Column("message", Words, nullable=False),
)

#: The process that serves the jobs of this store: one row, so that there is one.
job_servers = Table(
    "job_servers",
    metadata,
    Column("place", Integer, primary_key=True),
    Column("host", Line(120), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("heartbeat", Float, nullable=False),
)

#: Tables that a store of the same format may lack; nothing else depends on them.
LATER = (insights, trial_notes, jobs, job_servers)
