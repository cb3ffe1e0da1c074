"""What is known of a study's Bayes error before anything is trained, where the densities are known."""

from __future__ import annotations

from datasets.types import SPLIT_NAMES, Dataset, SplitName
from imld_synth import Drawing
from tuners.record import EXACT, MONTE_CARLO, TRAIN_RULE, BayesRecord, StudyRecord
from tuners.seeds import derive
from tuners.store import Store

#: Points of the Monte Carlo check: about half a second for the most intricate set, and a standard error of
#: some hundredths of a point.
POINTS = 100_000


def add_truth(store: Store, study: StudyRecord, dataset: Dataset) -> None:
    """Writes the exact Bayes error of every split, its check, and the error of the rule that is optimal for train.

    Those that the store holds already stay as they are; without densities nothing is written.
    """
    if dataset.densities is None:
        return
    known = {(record.split, record.estimator) for record in store.bayes(study.name)}
    train = dataset.densities["train"]
    missing = [
        _record(study, split, estimator, dataset.densities[split], train)
        for split in SPLIT_NAMES
        for estimator in _estimators(split)
        if (split, estimator) not in known
    ]
    if missing:
        store.add_bayes(*missing)


def lacks_truth(store: Store, study: StudyRecord) -> bool:
    """Whether a study of generated points was begun by a version that knew less of them."""
    if study.data.provenance != "generated":
        return False
    known = {(record.split, record.estimator) for record in store.bayes(study.name)}
    return any((split, name) not in known for split in SPLIT_NAMES for name in _estimators(split))


def _estimators(split: SplitName) -> tuple[str, ...]:
    # On train that rule errs as little as anything can.
    return (EXACT, MONTE_CARLO) if split == "train" else (EXACT, MONTE_CARLO, TRAIN_RULE)


def _record(
    study: StudyRecord, split: SplitName, estimator: str, drawing: Drawing, train: Drawing
) -> BayesRecord:
    if estimator == EXACT:
        exact = drawing.bayes_error()
        return BayesRecord(study.name, split, EXACT, exact.value, exact.bound, {})
    if estimator == MONTE_CARLO:
        check = drawing.monte_carlo_bayes_error(POINTS, derive(study.spec.seed, "monte-carlo"))
        settings = {"n": check.n, "seed": check.seed}
        return BayesRecord(study.name, split, MONTE_CARLO, check.value, check.standard_error, settings)
    rule = drawing.error_of(train)
    return BayesRecord(
        study.name, split, TRAIN_RULE, rule.value, rule.bound, {"undecided": round(rule.undecided, 6)}
    )
