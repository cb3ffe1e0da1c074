"""What every step of the lesson looks at: the study that was chosen for it, and where its samples are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dashboard import known_sets, messages, reading
from datasets.cache import read_part
from datasets.errors import DataError
from datasets.types import Samples, SplitName
from imld_synth import preset
from reports.decomposition import Known, known
from reports.surfaces import Surface, load_surface
from tuners.record import HAND, StudyRecord, StudyState
from tuners.summary import StudySummary, SystemSummary

#: The data set of the lesson: train, dev and eval differ in it as nowhere else in the published study.
SET = "10"

#: Systems of the third step, as tables call them.
KNN, RNF = "KNN", "RNF"

#: How published figures are called wherever they stand.
PUBLISHED = "published"


@dataclass(frozen=True)
class Scene:
    """study: None where the store has none of the set. draw: which draw of the points. phone: a narrow screen."""

    study: StudyRecord | None
    draw: int
    phone: bool

    @cached_property
    def summary(self) -> StudySummary | None:
        return None if self.study is None else reading.summary(self.study.name)

    @property
    def scored(self) -> list[SystemSummary]:
        """Systems with errors on all splits, in the order of the study."""
        return [] if self.summary is None else [row for row in self.summary.systems if row.errors]

    @property
    def hand(self) -> list[SystemSummary]:
        return [row for row in self.scored if row.tuner == HAND]

    @property
    def tuned(self) -> list[SystemSummary]:
        return [row for row in self.scored if row.tuner != HAND]

    @cached_property
    def _known(self) -> dict[str, Known]:
        """What the study's records say of its densities, so that a class does not wait for it."""
        return {} if self.study is None else known(reading.store().bayes(self.study.name))

    def least(self, split: str) -> float:
        """The Bayes error of a split."""
        found = self._known.get(split)
        return known_sets.bayes_error(SET, split) if found is None else found.ber

    def rule(self, split: str) -> float:
        """The error on a split of the rule that is optimal for train."""
        found = self._known.get(split)
        return known_sets.rule_error(SET, "train", split) if found is None else found.rule

    @property
    def columns(self) -> int:
        """Panels a row."""
        return 1 if self.phone else 3

    def samples(self, split: SplitName) -> Samples:
        """The study's points; others from the same densities where they are not at hand."""
        if self.study is not None:
            try:
                return read_part(Path(self.study.data.folder), split)
            except DataError:
                pass
        return known_sets.drawn_points(SET, split)

    def surface(self, system: SystemSummary) -> Surface | None:
        """Of its first final training; None where it has none, or its file cannot be read."""
        try:
            return load_surface(reading.store(), system.scores[0])
        except DataError:
            return None

    def label(self) -> str:
        """The data of a figure that the study gave, as markdown."""
        assert self.study is not None, "only what a study gave has its label"
        return f"Study **{messages.escaped(self.study.name)}** · {messages.provenance(self.study)}"


def lesson_studies(studies: Sequence[StudyRecord]) -> list[StudyRecord]:
    """The studies that the lesson can show, the one that suits it best first: finished ones, those with most of what
    the steps look at, and of these the newest."""
    fitting = [study for study in studies if study.data.name == SET and study.data.provenance == "generated"]
    return sorted(fitting, key=lambda study: (study.state != StudyState.FINISHED, _absent(study)))


def newest(wanted: Callable[[StudyRecord], bool]) -> StudyRecord | None:
    """The newest finished study of the set that has what one step needs beside the study of the lesson."""
    fitting = lesson_studies(reading.studies())
    return next(
        (s for s in reading.studies() if s in fitting and s.state == StudyState.FINISHED and wanted(s)), None
    )


def compares(study: StudyRecord) -> bool:
    """Whether something was tuned by hand, and something by a tuner."""
    return {system.tuner == HAND for system in study.spec.systems} == {True, False}


def _absent(study: StudyRecord) -> int:
    """How much of what the steps look at a study does not have."""
    labels = {system.label for system in study.spec.systems}
    return sum(name not in labels for name in (KNN, RNF)) + (not compares(study))


def known_label() -> str:
    """The label of what is computed from the densities of the set."""
    sizes = preset(SET).sizes
    counts = {"train": sizes.train, "dev": sizes.dev, "eval": sizes.eval}
    return f"{messages.data_badge(SET, 'points2d', 'generated', counts)} · computed from its densities"


def published_label(source: str = "the study's poster") -> str:
    """The label of printed figures, which nothing here has measured."""
    return f":gray-badge[:material/menu_book: published figures] as printed in {source}; not measured here"
