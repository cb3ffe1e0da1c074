"""Every setting of what was scored, defaults included."""

from __future__ import annotations

import pandas as pd

from reports import tables
from reports.reproducibility import DEFAULT, resolved
from reports.section import NOTHING, Section, describe
from tuners.record import HAND
from tuners.store import Store

COLUMNS = ["system", "search", "setting", "value", "origin"]


class Winners(Section):
    name = "winners"
    title = "Settings of the winners in full"
    lead = (
        "What each scored network was trained with: the settings that a person or the tuner chose, and the defaults "
        "that took part. What Keras and scikit-learn set by themselves is the default of the version named under "
        "Reproducibility."
    )
    position = 104

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a setting of each final training."""
        study = store.study(study_name)
        systems = {system.label: system for system in store.systems(study_name)}
        planned = {spec.label: spec.epochs for spec in study.spec.systems if spec.tuner == HAND}
        rows = []
        for label, system in systems.items():
            for score in store.scores(study_name):
                if score.system != label:
                    continue
                settings = [(s.name, s.value, s.origin) for s in resolved(system, score.config)]
                most = planned.get(label) or study.spec.budget.max_epochs
                if score.epochs > 1 or score.parameters is not None:
                    settings.append(("max_epochs", str(most), "the study"))
                rows += [(label, score.repeat + 1, *setting) for setting in settings]
        return describe(pd.DataFrame(rows, columns=COLUMNS), study)

    def markdown(self, frame: pd.DataFrame) -> str:
        """Searches of a system that selected the same share a row."""
        if frame.empty:
            return NOTHING
        same: dict[tuple[str, str, str, str], list[int]] = {}
        for (system, search), part in frame.groupby(["system", "search"], sort=False):
            chosen = part[part["origin"] != DEFAULT]
            rest = part[part["origin"] == DEFAULT]
            key = (str(system), str(chosen["origin"].iloc[0]), _listed(chosen), _listed(rest))
            same.setdefault(key, []).append(int(str(search)))
        rows = [
            [
                tables.escape(system),
                ", ".join(map(str, searches)),
                origin,
                tables.code(chosen),
                tables.code(rest) or tables.DASH,
            ]
            for (system, origin, chosen, rest), searches in same.items()
        ]
        return tables.table(["system", "search", "chosen by", "chosen", "defaults"], rows)


def _listed(part: pd.DataFrame) -> str:
    return tables.config(dict(zip(part["setting"], part["value"], strict=True)))
