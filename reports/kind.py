"""The contract of a kind of report: one file in `reports/kinds/`, one class."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from datasets.errors import UsageError
from datasets.plugins import Plugin, scan, unknown
from datasets.types import SplitName
from reports.document import Document, Option, Progress, Stamp
from tuners.record import StudyState
from tuners.store import Store

KINDS = "reports.kinds"

#: What kinds were called once. A league's word is that of contests of people by now.
FORMER = {"contest": "league"}


@dataclass(frozen=True)
class Request:
    """What a report is asked for. of: names of studies or data sets.

    split: whose points lie over the decision surfaces. seed, train_limit: of a data set that is loaded;
    random_study: whose random search stands in the analysis of a contest, None for its own. data_root: where real data
    lie (None asks HANDTUNE_DATA), which a report does not name. draw: False where only the text is wanted; pictures are
    empty then.
    """

    of: tuple[str, ...]
    split: SplitName = "eval"
    seed: int = 0
    train_limit: int | None = None
    random_study: str | None = None
    data_root: str | None = None
    draw: bool = True


class Kind(Plugin, ABC):
    """A kind of report.

    subject: what it is of, as the help calls it. fewest: how many of them it takes; together: whether they
    share one report or have one each. reads_store: whether studies are its source.
    options: those of `Request` that shape it; they go into its stamp. example: a command for the help.
    """

    subject: ClassVar[str] = "STUDY"
    fewest: ClassVar[int] = 1
    together: ClassVar[bool] = True
    reads_store: ClassVar[bool] = True
    options: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[str]

    @abstractmethod
    def document(self, store: Store, request: Request, progress: Progress) -> Document:
        """The report. Raises UsageError for an unknown study or data set, DataError for damaged data."""

    def check(self, store: Store, of: Sequence[str]) -> None:
        """Raises UsageError for what the store does not have."""
        for name in of if self.reads_store else ():
            store.study(name)

    def offered(self, store: Store) -> list[str]:
        """Names that a store has a report of this kind for."""
        return [study.name for study in store.studies()]

    def studies(self, store: Store, of: Sequence[str]) -> tuple[str, ...]:
        """Studies that a verification of it compares with themselves."""
        return tuple(of) if self.reads_store else ()

    def cautions(self, store: Store, of: Sequence[str]) -> list[str]:
        """Why the same report may have become another since it was written."""
        known = {study.name: study for study in store.studies()}
        return [
            f"study {name} is {known[name].state.value}: it may have gone on since the report was written"
            for name in self.studies(store, of)
            if known[name].state != StudyState.FINISHED
        ]

    def folder(self, request: Request) -> str:
        """The folder of the report, below the one that the user names."""
        return self.name

    def stamp(self, request: Request) -> Stamp:
        """What goes into the report so that it can be made again."""
        given: dict[str, Option] = {name: getattr(request, name) for name in self.options}
        return Stamp(self.name, request.of, given)

    def request(self, stamp: Stamp, data_root: str | None = None, draw: bool = True) -> Request | None:
        """The request that a stamp was made from; None where its options are none of this kind's."""
        given: Mapping[str, Any] = stamp.options
        if set(given) != set(self.options) or len(stamp.of) < self.fewest:
            return None
        request = Request(stamp.of, data_root=data_root, draw=draw, **given)
        usable = (
            request.split in ("train", "dev", "eval")
            and type(request.seed) is int
            and (request.train_limit is None or type(request.train_limit) is int)
            and (request.random_study is None or type(request.random_study) is str)
        )
        return request if usable else None


def kinds() -> dict[str, Kind]:
    """All kinds of reports by name."""
    base: Any = Kind  # an abstract class is no "type[Kind]" to mypy
    return dict(scan(KINDS, base))


def kind(name: str) -> Kind:
    """One kind by its name. Raises UsageError with the closest name where there is none."""
    if name in FORMER:
        new = FORMER[name]
        raise UsageError(
            f"a report of the kind {name} is called {new} now: python -m reports {new} STUDY... --out DIR. The analysis of a "
            "contest of people is another kind: python -m reports people CONTEST --out DIR"
        )
    found = kinds()
    if name not in found:
        raise unknown("kind of report", name, found)
    return found[name]


def silent(text: str) -> None:
    """Progress for callers that show none."""
