"""An export holds what an analysis needs, and nothing that tells who somebody was."""

from __future__ import annotations

import io
import json
import random
import re
import time
import zipfile
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from contest_people import CONSENT, MONTHS, Held, hold
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from datasets.errors import UsageError
from tuners.contest import codes, tables
from tuners.contest.anonymity import K, told
from tuners.contest.book import Book
from tuners.contest.export import export
from tuners.contest.record import Background, ContestState, Education, Source
from tuners.store import Store

BACKGROUNDS = (
    st.builds(Background, st.integers(0, 1200), st.sampled_from(Education), st.integers(1, 5)) | st.none()
)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """Twelve people of whom nine agreed to reuse; ended, and still to be scored."""
    book = Book(Store(str(tmp_path_factory.mktemp("export") / "store.sqlite")))
    return hold(book, reuse=9)


def files(made: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def frames(made: bytes) -> dict[str, pd.DataFrame]:
    return {
        name: pd.read_csv(io.BytesIO(content))
        for name, content in files(made).items()
        if name.endswith(".csv")
    }


@settings(max_examples=50)
@given(st.lists(BACKGROUNDS, min_size=K, max_size=60))
def test_what_is_told_is_shared_by_five(backgrounds: list[Background | None]) -> None:
    counts = Counter(told(backgrounds))
    assert sum(counts.values()) == len(backgrounds)
    assert min(counts.values()) >= K


def test_a_class_keeps_its_months_and_a_large_one_more() -> None:
    """What docs/contest_privacy.md says of 30 and of 200 people: groups of the study's sizes, answers drawn."""
    assert _shares(30)[0] > 0.9
    months, education, rating = _shares(200)
    assert months > 0.98
    assert education > 0.7
    assert rating > 0.3


def _shares(people: int) -> tuple[float, float, float]:
    rng = random.Random(1)
    found = [one for _ in range(20) for one in told([_drawn(rng) for _ in range(people)])]
    shown = [sum(bool(value) for value in column) for column in zip(*map(_cells, found), strict=True)]
    return shown[0] / len(found), shown[1] / len(found), shown[2] / len(found)


def _cells(one: object) -> tuple[str, ...]:
    return tuple(vars(one).values())


def _drawn(rng: random.Random) -> Background:
    group = rng.choices((0, 1, 2), (8, 11, 12))[0]
    months = (0, rng.randint(1, 9), 10 + int(rng.expovariate(1 / 15)))[group]
    education = rng.choices(list(Education), (2, 6, 12, 6, 3, 1))[0]
    return Background(months, education, min(5, max(1, round(rng.gauss(1.5 + group, 0.8)))))


def test_fewer_than_five_hide_nobody() -> None:
    with pytest.raises(ValueError, match="among 5"):
        told([None] * (K - 1))


def test_nothing_personal_is_in_the_bytes(held: Held) -> None:
    made = export(held.book, held.contest.id, before_freeze=True, free_text=True)
    everything = b"\n".join(files(made).values()).decode()
    with held.book.store.engine.connect() as connection:
        rows = connection.execute(select(tables.people)).mappings().all()
    for one, row in zip(
        sorted(held.joined, key=lambda one: one.person.id), sorted(rows, key=lambda r: r["id"]), strict=True
    ):
        secrets = (
            one.code,
            codes.typed(one.code),
            one.token,
            row["token"],
            row["code"],
            row["id"],
            row["alias"],
        )
        assert not [secret for secret in secrets if secret.lower() in everything.lower()]
    contest = held.contest
    assert not [
        word
        for word in (
            contest.id,
            contest.title,
            contest.join_code,
            CONSENT.institution,
            CONSENT.contact,
            CONSENT.text,
        )
        if word in everything
    ]
    # Exact months, and any moment of this decade or a date of this year.
    assert not re.search(rf"\b({MONTHS}|{1183 - MONTHS}|977)\b", everything)
    assert str(int(time.time()))[:5] not in everything
    assert time.strftime("%Y-") not in everything
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_only_those_who_agreed(held: Held) -> None:
    found = frames(export(held.book, held.contest.id, before_freeze=True))
    assert len(found["people.csv"]) == 9
    assert set(found["tries.csv"]["person"]) == set(found["people.csv"]["person"])
    assert len(found["tries.csv"]) == 18
    assert len(found["curves.csv"]) == 54
    errors = {one.dev_error for one in held.book.tries(held.contest.id) if one.person in _ids(held, 9)}
    assert set(found["tries.csv"]["dev_error"]) == errors


def _ids(held: Held, first: int) -> set[str]:
    return {one.person.id for one in held.joined[:first]}


def test_every_column_is_explained_and_read_as_what_it_is(held: Held) -> None:
    made = export(held.book, held.contest.id, before_freeze=True, free_text=True)
    book = json.loads(files(made)["codebook.json"])
    found = frames(made)
    assert {name: list(columns) for name, columns in book.items()} == {
        name: list(frame.columns) for name, frame in found.items()
    }
    for name, frame in found.items():
        for column, entry in book[name].items():
            values = frame[column].dropna()
            if entry["type"] != "text" and len(values):
                assert pd.api.types.is_numeric_dtype(values), (name, column)
            if "values" in entry:
                assert set(values) <= set(entry["values"]), (name, column)
    tries = found["tries.csv"]
    assert (tries["submitted_s"] % 10 == 0).all()
    assert tries["params_learning_rate"].between(1e-4, 0.1).all()
    assert "0.00001 to 10" in book["tries.csv"]["params_learning_rate"]["rule"]
    # A word that Excel would run is a word.
    assert (tries["comment"] == "'=HYPERLINK(1) [alias] wrote [code]").all()
    assert "comment" not in frames(export(held.book, held.contest.id, before_freeze=True))["tries.csv"]


def test_ids_and_order_are_new_each_time(held: Held) -> None:
    first, second, again = (
        frames(export(held.book, held.contest.id, before_freeze=True, rng=random.Random(seed)))
        for seed in (1, 2, 1)
    )
    people = [one["people.csv"]["person"].tolist() for one in (first, second, again)]
    assert people[0] == people[2]
    assert not set(people[0]) & set(people[1])
    orders = [one["tries.csv"]["dev_error"].tolist() for one in (first, second)]
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]


def test_what_cannot_be_exported_says_why(held: Held, tmp_path: Path) -> None:
    id = held.contest.id
    with pytest.raises(UsageError, match="--before-freeze"):
        export(held.book, id)
    assert held.contest.freeze is not None
    later = frames(export(held.book, id, now=held.contest.freeze + 1))
    assert len(later["people.csv"]) == 9
    early = json.loads(files(export(held.book, id, before_freeze=True))["contest.json"])
    assert "before the date" in early["note"]
    assert "not complete" in early["note"]
    assert early["people"] == 12
    assert held.contest.state == ContestState.ENDED
    book = Book(Store(str(tmp_path / "other.sqlite")))
    for kind, words in (
        ({"source": Source.SIMULATED}, "simulated participants"),
        ({"ended": False}, "end it first"),
        ({"reuse": 4}, "at least 5 people who agreed"),
    ):
        other = hold(book, 5, tries=0, **kind)  # type: ignore[arg-type]
        with pytest.raises(UsageError, match=words):
            export(book, other.contest.id, before_freeze=True)
