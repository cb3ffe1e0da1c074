"""The report of a data set, without any study: what it holds, what error is possible, what estimators say of it."""

from __future__ import annotations

import numpy as np

from datasets.bayes_error import RECOMMENDED, estimators, exact, truth
from datasets.errors import HandtuneError
from datasets.loading import load
from datasets.percent import percent
from datasets.types import SPLIT_NAMES, Dataset, Samples
from reports import tables
from reports.document import Document, Progress
from reports.kind import Kind, Request
from reports.known_truth import CHECK_POINTS, known_truth
from reports.pictures import png
from reports.section import units
from reports.sections.decomposition import signed, spread
from reports.sections.provenance import KINDS
from reports.split_picture import draw
from tuners.store import Store

#: Points that estimators see, drawn without return: a report is no benchmark.
POINTS = 5_000

#: The part that estimators see. Systems are judged on eval, and nothing is fitted there by this report.
SEEN = "dev"


class DatasetReport(Kind):
    name = "dataset"
    title = "a data set: sizes, origin, exact Bayes errors, estimates"
    subject = "DATASET"
    together = False
    reads_store = False
    options = ("seed", "train_limit")
    example = "python -m reports dataset 10 --out report"

    def folder(self, request: Request) -> str:
        return (
            f"dataset-{''.join(c if c.isalnum() or c in '-_.' else '-' for c in request.of[0]).strip('.-')}"
        )

    def document(self, store: Store, request: Request, progress: Progress) -> Document:
        progress(f"{request.of[0]}: loading")
        dataset = load(
            request.of[0], seed=request.seed, data_root=request.data_root, train_limit=request.train_limit
        )
        name = tables.escape(dataset.name)
        blocks = [f"# Data set {name}", _opening(dataset), "## Parts", _parts(dataset)]
        pictures: dict[str, bytes] = {}
        if dataset.kind == "points2d":
            alt = f"Points of train, dev and eval by class, data set {name}, {dataset.provenance.kind}"
            blocks += ["## Picture", f"![{alt}](splits.png)"]
            pictures["splits.png"] = png(draw(dataset)) if request.draw else b""
        blocks += ["## Origin", _origin(dataset)]
        progress(f"{request.of[0]}: exact Bayes errors")
        blocks += ["## What error is possible", _possible(dataset, request.seed)]
        progress(f"{request.of[0]}: estimates")
        blocks += ["## What estimators say", _estimates(dataset, request.seed)]
        return Document(self.stamp(request), f"Data set {dataset.name}", tuple(blocks), pictures)


def _opening(dataset: Dataset) -> str:
    sizes = [f"{len(dataset.split.part(name)):,} {name}" for name in SPLIT_NAMES]
    return (
        f"{dataset.classes} classes of {units(dataset.kind)}: {sizes[0]}, {sizes[1]} and {sizes[2]}. "
        f"The data are {dataset.provenance.kind}: {KINDS[dataset.provenance.kind]}."
    )


def _parts(dataset: Dataset) -> str:
    """One row a part: how many samples of each class, and of how many patients."""
    columns = ["part", "samples", *map(tables.escape, dataset.class_names)]
    rows = []
    for name in SPLIT_NAMES:
        part = dataset.split.part(name)
        counts = np.bincount(part.y, minlength=dataset.classes)
        rows.append([name, f"{len(part):,}", *(f"{count:,}" for count in counts)])
        if part.patients is not None:
            rows[-1].append(f"{len(np.unique(part.patients)):,}")
    if any(len(row) > len(columns) for row in rows):
        columns.append("patients")
    return tables.table(columns, rows, right=columns[1:])


def _origin(dataset: Dataset) -> str:
    origin = dataset.provenance
    rows = [
        ["source", tables.escape(origin.source)],
        ["seed", "none" if origin.seed is None else str(origin.seed)],
        ["sha256", origin.content_hash],
        ["features", " × ".join(str(size) for size in dataset.split.train.x.shape[1:])],
    ]
    text = "The same hash means the same samples, bit for bit."
    return f"{tables.table(['origin', ''], rows)}\n\n{text}"


def _possible(dataset: Dataset, seed: int) -> str:
    """Exact Bayes errors and the error of the rule that is optimal for train; without densities estimates, called so."""
    if dataset.densities is None:
        return _estimated(dataset, seed)
    rows = [
        [
            row["split"],
            tables.error(row["ber"]),
            f"{100 * row['ber_bound']:.4f}",
            spread(row["monte_carlo"], row["monte_carlo_error"]),
            tables.error(row["train_rule"]),
            tables.DASH if row["split"] == "train" else signed(row["mismatch"]),
        ]
        for _, row in known_truth(dataset.densities).iterrows()
    ]
    columns = [
        "part",
        "Bayes error in %",
        "true within ± points",
        "by drawn points",
        "error in % of the rule for train",
        "mismatch (points)",
    ]
    return (
        "Integrated numerically from the density that the points were drawn from: no classifier, whatever it is, has a "
        f"lower error on endless samples of it. As a check stands beside it the mean of 1 − the largest posterior over "
        f"{CHECK_POINTS:,} other drawn points, ± its standard error. The rule for train is what endless train data could "
        "teach at best; where a part was drawn from another density, that rule loses the mismatch there.\n\n"
        f"{tables.table(columns, rows, right=columns[1:])}"
    )


def _estimated(dataset: Dataset, seed: int) -> str:
    unknown = "No density of these data is known, so their Bayes error is not known either"
    if dataset.kind != "points2d":
        return f"{unknown}."
    found = [truth(dataset, name, seed) for name in SPLIT_NAMES]
    rows = [[one.split, tables.error(one.value), _range(one.low, one.high), one.method] for one in found]
    columns = ["part", "estimate in %", "95 % interval", "method"]
    return (
        f"{unknown}. These are estimates, each the error of one rule, so they lie above the Bayes error but for the scatter "
        f"of points; more of them stand below.\n\n{tables.table(columns, rows, right=columns[1:3])}"
    )


def _estimates(dataset: Dataset, seed: int) -> str:
    """What each quick estimator says of a draw of dev; who was left out, and why."""
    part = dataset.split.dev
    if part.x.ndim != 2:
        return (
            "These samples are no points, so estimators would have to look at features of them: "
            "`python -m datasets.bayes_error` says what each feature allows."
        )
    seen = _draw(part, seed)
    known = exact(dataset, "dev")
    rows, left_out = [], []
    for name, estimator in estimators().items():
        reason = estimator.missing() or ("takes minutes on large sets" if estimator.slow else None)
        if reason is None:
            try:
                found = estimator.estimate(seen, seed=seed, split="dev")
            except HandtuneError as error:
                reason = str(error)
            else:
                off = "" if known is None else _points(found.value, known.value)
                bracket = _range(found.lower, found.upper)
                asymptotic = " (asymptotic)" if estimator.asymptotic and bracket != tables.DASH else ""
                rows.append(
                    [
                        f"**{name}**" if name == RECOMMENDED else name,
                        estimator.role if estimator.role != "replication" else "as in the study",
                        tables.error(found.value),
                        *([off] if known is not None else []),
                        bracket + asymptotic,
                        _range(found.low, found.high),
                        tables.escape(estimator.source),
                    ]
                )
        if reason is not None:
            left_out.append(f"- left out: {name}: {tables.escape(reason)}")
    columns = ["estimator", "what it is", "value", "off (points)", "bracket", "95 % interval", "source"]
    if known is None:
        columns.remove("off (points)")
    text = (
        f"From {len(seen):,} {units(dataset.kind)} of {SEEN}{'' if len(seen) == len(part) else f', of {len(part):,}'}, errors "
        "in percent; the recommended one is bold. A bracket holds where its theory does, an interval speaks of the "
        "scatter of samples and not of an estimator's own bias."
    )
    blocks = [text, tables.table(columns, rows, right=columns[2:-1]), "\n".join(left_out)]
    return "\n\n".join(filter(None, blocks))


def _draw(part: Samples, seed: int) -> Samples:
    if len(part) <= POINTS:
        return part
    rows = np.sort(np.random.default_rng(seed).choice(len(part), POINTS, replace=False))
    return Samples(np.asarray(part.x[rows]), np.asarray(part.y[rows]))


def _points(value: float, truth: float) -> str:
    """A difference in percentage points, of the figures as they are printed, so that a row adds up."""
    return f"{percent(value) - percent(truth):+.2f}".replace("-", "−")


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return tables.DASH
    if low is None or high is None:
        return f"at most {tables.error(high)}" if low is None else f"at least {tables.error(low)}"
    return f"{tables.error(low)} to {tables.error(high)}"
