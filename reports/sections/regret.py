"""What each search lost against a grid that was trained whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from reports import figure_style, palette, tables
from reports.grid_regret import Grid, Pick, grids, picks, whole_grids
from reports.section import Section, caption_of, describe, systems_of
from tuners.path import searches
from tuners.store import Store

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

#: part: "curve", the mean over the searches of a system after so many trials; "pick", what each search
#: selected; "grid", a point of the grid.
COLUMNS = ["part", "learner", "system", "config"]
WHOLE = ["search", "trials", "trial", "rank", "parameters"]
ERRORS = ["dev_error", "truth", "regret"]

NOTHING = "No search of this study ran on a grid of which every point was trained."


class Regret(Section):
    name = "regret"
    title = "Regret"
    lead = (
        "Here every point of the space was trained, so that it is known what a search could have found. The regret of a "
        "search is the dev error that the grid measured for the configuration it selected, less that of the best point of "
        "the grid, in percentage points: 0 means that it found the best. It can rise, where a trial that was lucky on dev "
        "displaces a better one. A wide network often wins, and costs more: the second panel sets error against size, where "
        "the size is known."
    )
    position = 28

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """Rows of three parts (see COLUMNS); `attrs["grids"]` says what the ground truth of each learner is."""
        study = store.study(study_name)
        truth = grids(store, study)
        own = {(label, repeat) for label, repeat, _ in whole_grids(store, study)}
        found = searches(store.trials(study_name))
        rows: list[dict[str, Any]] = []
        for spec in study.spec.systems:
            if spec.learner in truth:
                paths = {
                    repeat: picks(trials, truth[spec.learner])
                    for (label, repeat), trials in sorted(found.items())
                    if label == spec.label and (label, repeat) not in own
                }
                rows += _system(spec.label, truth[spec.learner], paths)
        for learner in sorted({row["learner"] for row in rows}):
            rows += _grid(truth[learner])
        frame = pd.DataFrame(rows, columns=[*COLUMNS, *WHOLE, *ERRORS])
        frame[WHOLE] = frame[WHOLE].astype("Int64")
        frame[ERRORS] = frame[ERRORS].astype(float)
        describe(frame, study)
        frame.attrs["grids"] = [
            {"learner": grid.learner, "studies": list(grid.studies), "trainings": grid.trainings}
            for grid in truth.values()
        ]
        return frame

    def applies(self, frame: pd.DataFrame) -> bool:
        return not frame.empty

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        from plotly.subplots import make_subplots

        if frame.empty:
            return None
        colours, marks = palette.system_colours(systems_of(frame)), palette.system_marks(systems_of(frame))
        grid = _sized(frame, "grid")
        figure = make_subplots(rows=1 if grid.empty else 2, cols=1, vertical_spacing=0.14)
        for label, own in _by_system(frame, "curve"):
            figure.add_scatter(
                x=own["trials"], y=own["regret"], mode="lines+markers", name=label, legendgroup=label,
                marker={"symbol": marks[label][0], "size": [0.1] * (len(own) - 1) + [10]},
                line={"color": colours[label], "shape": "hv", "width": 2.5},
                hovertemplate="regret after %{x} trials: %{y:.2%}", row=1, col=1,
            )  # fmt: skip
        figure.update_xaxes(figure_style.plain_axis("trials", rangemode="tozero"), row=1, col=1)
        figure.update_yaxes(figure_style.percent_axis("regret", rangemode="tozero"), row=1, col=1)
        figure.update_layout(figure_style.base_layout(caption_of(frame), height=420 if grid.empty else 760))
        if grid.empty:
            return figure
        figure.add_scatter(
            x=grid["parameters"], y=grid["truth"], mode="markers", name="the grid",
            marker={"color": palette.GREY, "size": 8, "symbol": "circle-open"},
            customdata=[tables.config(config) for config in grid["config"]],
            hovertemplate="%{customdata}<br>%{x:,} parameters: %{y:.2%}", row=2, col=1,
        )  # fmt: skip
        for label, own in _by_system(_sized(frame, "pick"), "pick"):
            figure.add_scatter(
                x=own["parameters"], y=own["truth"], mode="markers", name=label, legendgroup=label,
                showlegend=False, customdata=own["search"],
                marker={"color": colours[label], "symbol": marks[label][0], "size": 13},
                hovertemplate="search %{customdata}: %{x:,} parameters, %{y:.2%}", row=2, col=1,
            )  # fmt: skip
        figure.update_xaxes(figure_style.plain_axis("parameters", tickformat=","), row=2, col=1)
        figure.update_yaxes(figure_style.percent_axis("dev error in the grid"), row=2, col=1)
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        if frame.empty:
            return None
        colours, marks = palette.system_colours(systems_of(frame)), palette.system_marks(systems_of(frame))
        grid = _sized(frame, "grid")
        figure = figure_style.new_figure(self.title, caption_of(frame), 4.8)
        left, *others = figure.subplots(1, 1 if grid.empty else 2, squeeze=False)[0]
        lines = []
        for label, own in _by_system(frame, "curve"):
            (line,) = left.step(own["trials"], own["regret"], where="post", color=colours[label], lw=2.2)
            line.set(label=label, marker=marks[label][1], markersize=6, markevery=[len(own) - 1])
            lines.append(line)
        left.set_xlabel("trials", fontsize=10)
        left.set_ylabel("regret", fontsize=10)
        left.set_ylim(bottom=0)
        left.xaxis.set_major_locator(MaxNLocator(integer=True))
        for right in others:
            lines += right.plot(*_numbers(grid), "o", color=palette.GREY, ms=6, mfc="none", label="the grid")
            for label, own in _by_system(_sized(frame, "pick"), "pick"):
                right.plot(*_numbers(own), marks[label][1], color=colours[label], ms=9)
            right.set_xlabel("parameters", fontsize=10)
            right.set_ylabel("dev error in the grid", fontsize=10)
            right.xaxis.set_major_locator(MaxNLocator(5))
            right.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        for axes in (left, *others):
            figure_style.dress(axes)
            figure_style.in_percent(axes, "y")
        figure_style.legend_below(figure, lines, min(3, len(lines)))
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return NOTHING
        numbers = [
            "searches",
            "trials",
            "dev error found",
            "the same in the grid",
            "regret",
            "largest regret",
        ]
        numbers += ["rank", "parameters"]
        rows = []
        for label, own in _by_system(frame, "pick"):
            known = own[own["truth"].notna()]
            points = int((frame[frame["part"] == "grid"]["learner"] == own["learner"].iloc[0]).sum())
            rank = tables.DASH if known.empty else f"{known['rank'].mean():.3g} of {points}"
            rows.append(
                [
                    tables.escape(label),
                    str(len(own)),
                    f"{own['trials'].mean():.3g}",
                    *(tables.error(own[name].mean()) for name in ("dev_error", "truth", "regret")),
                    tables.error(known["regret"].max()),
                    rank,
                    tables.count(known["parameters"].median()),
                ]
            )
        table = tables.table(["system", *numbers], rows, right=numbers)
        head = "Means over the searches of a system, the median for parameters; errors in percent, regret in points."
        return "\n\n".join([head, table, *(_about(frame, grid) for grid in frame.attrs["grids"])])

    def alt(self, frame: pd.DataFrame) -> str:
        return (
            f"Regret after so many trials, and dev error against parameters of the grid, {caption_of(frame)}"
        )


def _system(label: str, grid: Grid, paths: dict[int, list[Pick]]) -> list[dict[str, Any]]:
    known = {repeat: path for repeat, path in paths.items() if path}
    rows = [
        {
            "part": "pick",
            "learner": grid.learner,
            "system": label,
            "search": repeat + 1,
            "trials": path[-1].trials,
            "trial": path[-1].trial.number,
            "dev_error": path[-1].trial.dev_error,
            "config": dict(path[-1].trial.config),
            **_truth(path[-1], grid),
        }
        for repeat, path in known.items()
    ]
    return rows + [
        {"part": "curve", "learner": grid.learner, "system": label, "trials": trials, "regret": regret}
        for trials, regret in _mean(list(known.values()), grid)
    ]


def _truth(pick: Pick, grid: Grid) -> dict[str, Any]:
    if pick.point is None:
        return {}
    regret = pick.point.truth - grid.best.truth
    return {
        "truth": pick.point.truth,
        "regret": regret,
        "rank": pick.point.rank,
        "parameters": pick.point.parameters,
    }


def _mean(paths: Sequence[Sequence[Pick]], grid: Grid) -> list[tuple[int, float]]:
    """Mean regret after each number of trials that all searches had reached, with a point of the grid in hand."""
    by_trials = [{pick.trials: pick.point for pick in path} for path in paths]
    if not by_trials:
        return []
    means = []
    for trials in sorted(set.intersection(*(set(points) for points in by_trials))):
        points = [points[trials] for points in by_trials]
        truths = [point.truth for point in points if point is not None]
        if len(truths) == len(points):
            means.append((trials, sum(truths) / len(truths) - grid.best.truth))
    return means


def _grid(grid: Grid) -> list[dict[str, Any]]:
    return [
        {
            "part": "grid",
            "learner": grid.learner,
            "system": "",
            "truth": point.truth,
            "regret": point.truth - grid.best.truth,
            "rank": point.rank,
            "parameters": point.parameters,
            "config": dict(point.config),
        }
        for point in grid.points.values()
    ]


def _about(frame: pd.DataFrame, grid: dict[str, Any]) -> str:
    """What the ground truth is, and how far it can be trusted."""
    points = frame[(frame["part"] == "grid") & (frame["learner"] == grid["learner"])]
    if points.empty:
        return ""
    best = points.iloc[0]
    studies = " and ".join(tables.code(name) for name in grid["studies"])
    times = "once" if grid["trainings"] == 1 else f"{grid['trainings']} times"
    text = (
        f"Ground truth: all {len(points)} points of {tables.escape(grid['learner'])}, each trained {times} (study "
        f"{studies}). The best has a dev error of {tables.error(best['truth'])} %: {tables.code(tables.config(best['config']))}."
    )
    if points["parameters"].notna().all() and len(points) > 2:
        correlation = points["parameters"].rank().corr(points["truth"].rank())
        if pd.notna(correlation):
            text += f" Rank correlation of parameters and dev error over the grid: {correlation:.2f}."
    doubt = (
        " One training a point leaves chance in the truth too: another seed may order neighbours otherwise."
        if grid["trainings"] == 1
        else ""
    )
    return text + doubt


def _by_system(frame: pd.DataFrame, part: str) -> list[tuple[str, pd.DataFrame]]:
    rows = frame[frame["part"] == part]
    return [
        (label, rows[rows["system"] == label]) for label in systems_of(frame) if label in set(rows["system"])
    ]


def _sized(frame: pd.DataFrame, part: str) -> pd.DataFrame:
    """Rows whose number of parameters and true error are known."""
    return frame[(frame["part"] == part) & frame["parameters"].notna() & frame["truth"].notna()]


def _numbers(rows: pd.DataFrame) -> tuple[list[float], list[float]]:
    return rows["parameters"].astype(float).tolist(), rows["truth"].tolist()
