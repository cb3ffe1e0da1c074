"""Estimators of the Bayes error against the truth, and the closed loop against its settings.

Draws samples of known Bayes error, runs every estimator on them, and writes what came out into
docs/bayes_error.md, between the markers that name this script: bias, root mean square error, and how often an
interval or a bracket held the truth. Then the closed-loop error against k and against the depth of the forest,
as a table and as docs/images/closed_loop.png. Same seed, same tables.

    python benchmarks/bayes_error_estimators.py --data-root path/to/real/sets     some eight minutes on one core
    python benchmarks/bayes_error_estimators.py --draws 2 1 1 --dry               prints, writes nothing

Without the real set 10 its columns are left out.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Iterator
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
from known_mixtures import known_mixtures

from datasets import Samples
from datasets.bayes_error import RECOMMENDED, estimators
from datasets.bayes_error._neighbours import closed_and_left_out
from imld_synth import Drawing, preset, read_csv
from imld_synth.imld import overlapping_gaussian

DOCS = Path(__file__).resolve().parents[1] / "docs"
SIZES = (1_000, 10_000, 100_000)
FLOOR = "(floor: errors of the Bayes rule, counted)"

KS = (1, 3, 5, 9, 15, 21, 31, 41, 51, 71, 101)
DEPTHS = (2, 4, 6, 8, 10, 15, 20, 40)
TREES = 30
#: Values without a label in the picture.
CROWDED = (41, 71)


def main() -> None:
    args = _arguments()
    started = time.perf_counter()
    known = known_mixtures()
    records = pd.concat(
        [_records(known, n, draws, args.seed, None) for n, draws in zip(SIZES, args.draws, strict=True)]
    )
    blocks = {f"estimators {n}": _judged(records[records.n == n]) for n in SIZES}
    drawn = {f"set {name} {part}": getattr(preset(name), part) for name, part in PARTS}
    hard = pd.concat(
        [
            _records(drawn, n, draws, args.seed, RECOMMENDED)
            for n, draws in zip(SIZES, args.draws, strict=True)
        ]
    )
    blocks["sets"] = _by_source(pd.concat([records[records.estimator == RECOMMENDED], hard]))
    curves = _curves(_closed_loop_samples(args.data_root, args.seed))
    blocks["closed loop k"] = _pivot(curves, "k")
    blocks["closed loop depth"] = _pivot(curves, "depth")
    for name, table in blocks.items():
        print(f"\n{name}\n{table}")
    _say(f"{time.perf_counter() - started:.0f} seconds")
    if not args.dry:
        _write(blocks)
        _picture(curves, DOCS / "images" / "closed_loop.png")


PARTS = (("08", "dev"), ("09", "dev"), ("10", "train"), ("10", "dev"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Estimators of the Bayes error against the truth.")
    parser.add_argument(
        "--draws",
        type=int,
        nargs=3,
        default=[20, 10, 2],
        metavar="N",
        help="of each source at n = 1,000, 10,000 and 100,000 (default 20 10 2)",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--data-root",
        type=Path,
        default=os.environ.get("HANDTUNE_DATA"),
        help="folder with the real set_10 (or HANDTUNE_DATA)",
    )
    parser.add_argument("--dry", action="store_true", help="write nothing")
    return parser.parse_args()


def _records(sources: dict[str, Drawing], n: int, draws: int, seed: int, only: str | None) -> pd.DataFrame:
    """One row an estimate: source, truth, n, estimator, value, and whether interval and bracket hold the truth."""
    rows = []
    for source, drawing in sources.items():
        truth = drawing.bayes_error().value
        for draw in range(draws):
            samples = Samples(*drawing.sample(n, np.random.default_rng((seed, draw, n))))
            for name, estimator in estimators().items():
                if only not in (None, name) or estimator.refuses(len(drawing.classes)):
                    continue
                found = estimator.estimate(samples, seed=seed + draw)
                rows.append(
                    {
                        "source": source,
                        "truth": truth,
                        "n": n,
                        "estimator": name,
                        "role": estimator.role,
                        "off": found.value - truth,
                        "width": None if found.low is None else found.high - found.low,
                        "interval": _holds(found.low, found.high, truth),
                        "bracket": _holds(found.lower, found.upper, truth),
                    }
                )
        _say(f"{source}, n = {n:,}: {draws} draws")
    return pd.DataFrame(rows)


def _holds(low: float | None, high: float | None, truth: float) -> float:
    """1 or 0, NaN where neither end is known."""
    if low is None and high is None:
        return float("nan")
    return float((low is None or low <= truth) and (high is None or truth <= high))


def _judged(records: pd.DataFrame) -> str:
    """Markdown: an estimator a row, over all sources and draws of one n."""
    n = int(records.n.iloc[0])
    truths = records.groupby("source").truth.first()
    floor = sqrt((truths * (1 - truths)).mean() / n)
    lines = [f"| {FLOOR} | 0.00 | {100 * floor:.2f} | – | – | – |"]
    for name, group in records.groupby("estimator", sort=False):
        cells = [
            f"**{name}**" if name == RECOMMENDED else name,
            f"{100 * group.off.mean():+.2f}",
            f"{100 * _rms(group.off):.2f}",
            _width(group.width),
            _share(group.interval),
            _share(group.bracket),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    draws = len(records[records.estimator == RECOMMENDED])
    head = "| estimator | bias | RMSE | width of interval | interval held it | bracket held it |\n|---|--:|--:|--:|--:|--:|"
    return f"n = {n:,}: {draws} samples ({len(truths)} mixtures), figures in points\n\n{head}\n" + "\n".join(
        lines
    )


def _by_source(records: pd.DataFrame) -> str:
    """Markdown: a source a row, RMSE and interval of the recommended estimator for every n."""
    titles = [f"{what}, n = {n:,}" for n in SIZES for what in ("bias", "RMSE", "interval held it")]
    lines = ["| source | BER | " + " | ".join(titles) + " |", "|---|--:|" + "--:|" * len(titles)]
    for source, group in records.groupby("source", sort=False):
        cells = [source, f"{100 * group.truth.iloc[0]:.2f}"]
        for n in SIZES:
            part = group[group.n == n]
            cells += [f"{100 * part.off.mean():+.2f}", f"{100 * _rms(part.off):.2f}", _share(part.interval)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _rms(off: pd.Series) -> float:
    return sqrt((off**2).mean())


def _share(held: pd.Series) -> str:
    return "–" if held.isna().any() else f"{int(held.sum())} of {len(held)}"


def _width(widths: pd.Series) -> str:
    return "–" if widths.isna().any() else f"{100 * widths.mean():.2f}"


def _closed_loop_samples(data_root: Path | None, seed: int) -> Iterator[tuple[str, Samples, float | None]]:
    """Name, 10,000 points, and their Bayes error where it is known."""
    rng = np.random.default_rng(seed)
    for name, drawing in (
        ("two Gaussians", overlapping_gaussian()),
        ("set 10 dev, generated", preset("10").dev),
    ):
        yield name, Samples(*drawing.sample(10_000, rng)), drawing.bayes_error().value
    path = None if data_root is None else Path(data_root) / "set_10" / "dev.csv"
    if path is None or not path.is_file():
        _say("no real set 10: its columns are left out (--data-root)")
        return
    data = read_csv(path)
    yield "set 10 dev, real", Samples(data.x, data.y), None


def _curves(sources: Iterator[tuple[str, Samples, float | None]]) -> pd.DataFrame:
    """One row a point of a curve: source, setting ("k" or "depth"), its value, curve, error, truth."""
    rows = []
    forest = estimators()["closed-loop-rnf"]
    for source, samples, truth in sources:
        closed, left_out = closed_and_left_out(samples, KS, int(samples.y.max()) + 1)
        rows += [(source, truth, "k", k, "closed loop", closed[k]) for k in KS]
        rows += [(source, truth, "k", k, "leave-one-out", left_out[k]) for k in KS]
        for depth in DEPTHS:
            found = forest.estimate(samples, {"trees": TREES, "depth": depth})
            rows.append((source, truth, "depth", depth, "closed loop", found.value))
        _say(f"{source}: closed loop")
    return pd.DataFrame(rows, columns=["source", "truth", "setting", "at", "curve", "error"])


def _pivot(curves: pd.DataFrame, setting: str) -> str:
    """Markdown: a value of the setting a row, a source and curve a column, errors in percent."""
    part = curves[curves.setting == setting]
    columns = list(dict.fromkeys(zip(part.source, part.curve, strict=True)))
    lines = [
        f"| {setting} | " + " | ".join(f"{source}: {curve}" for source, curve in columns) + " |",
        "|--:|" + "--:|" * len(columns),
    ]
    for at in dict.fromkeys(part["at"]):
        cells = [
            f"{100 * part[(part['at'] == at) & (part.source == source) & (part.curve == curve)].error.item():.2f}"
            for source, curve in columns
        ]
        lines.append(f"| {at} | " + " | ".join(cells) + " |")
    truths = part.groupby("source").truth.first()
    known = ["–" if np.isnan(truths[source]) else f"**{100 * truths[source]:.2f}**" for source, _ in columns]
    return "\n".join([*lines, "| exact Bayes error | " + " | ".join(known) + " |"])


def _picture(curves: pd.DataFrame, path: Path) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    colours = dict(zip(dict.fromkeys(curves.source), ("tab:blue", "tab:orange", "tab:green"), strict=False))
    figure = Figure(figsize=(10, 4.4), layout="constrained", dpi=120)
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, setting, label in ((left, "k", "k"), (right, "depth", "greatest depth of the trees")):
        part = curves[curves.setting == setting]
        for (source, curve), line in part.groupby(["source", "curve"], sort=False):
            style = "-o" if curve == "closed loop" else ":"
            axes.plot(
                line["at"], 100 * line.error, style, ms=4, color=colours[source], label=f"{source}: {curve}"
            )
        for source, truth in part.groupby("source", sort=False).truth.first().dropna().items():
            axes.axhline(
                100 * truth, ls="--", lw=1.5, color=colours[source], label=f"{source}: exact Bayes error"
            )
        ticks = [at for at in dict.fromkeys(part["at"]) if at not in CROWDED]
        axes.set(xlabel=label, xscale="log", xticks=ticks)
        axes.set_xticklabels(ticks)
        axes.minorticks_off()
        axes.grid(alpha=0.3)
    left.set(ylabel="error rate in %", ylim=(0, 105 * curves.error.max()), title="k nearest neighbours")
    right.set(title=f"random forest, {TREES} trees")
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8)
    figure.savefig(path, metadata={"Software": None})


def _write(blocks: dict[str, str]) -> None:
    path = DOCS / "bayes_error.md"
    text = path.read_text()
    for name, table in blocks.items():
        marks = f"<!-- bayes_error_estimators.py: {name} -->", "<!-- end -->"
        pattern = re.escape(marks[0]) + ".*?" + re.escape(marks[1])
        if not re.search(pattern, text, flags=re.DOTALL):
            raise SystemExit(
                f"{path} has no place for {name!r}: it needs the lines {marks[0]} and {marks[1]}"
            )
        text = re.sub(pattern, lambda _, t=table, m=marks: f"{m[0]}\n{t}\n{m[1]}", text, flags=re.DOTALL)
    path.write_text(text)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
