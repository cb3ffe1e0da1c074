"""Tries until a dev accuracy was first reached, with those who never did."""

from __future__ import annotations

import math

import pandas as pd

from reports import tables
from reports.chart import Axis, Chart, Curve, Panel, Part
from reports.contest_data import GROUP_NAMES, ContestData
from reports.contest_groups import COLOURS, MARK, grouped, withheld
from reports.contest_reach import THRESHOLDS, percent, reached
from reports.people_part import PeoplePart, framed, split
from reports.statistics import ALPHA, GROUP_FROM, holm, kaplan_meier, log_rank, sentences


class Reach(PeoplePart):
    name = "reach"
    title = "Tries until an accuracy was reached"
    lead = (
        "The share of people that has not reached a dev accuracy after so many trainings (Kaplan-Meier, band: 95 % by Greenwood). "
        "Who stops without it counts for as long as they tried and no longer, instead of being put down as having got there "
        "with their last try. This takes stopping to have nothing to do with how close one was, which is doubtful: people stop "
        "because they are pleased, or because they gave up. Towards its end a curve rests on the few who were still trying, and "
        "one of them moves it far."
    )
    chapter = "Searching"
    position = 70

    def frame(self, data: ContestData) -> pd.DataFrame:
        people = [one for one in data.people if one.steps]
        rows: list[tuple[object, ...]] = []
        for threshold in THRESHOLDS:
            for name, members in grouped(data, people).items():
                times, hits = zip(*(reached(one, threshold) for one in members), strict=True)
                found = kaplan_meier(times, hits)
                common = (threshold, name)
                counts = (found.count, found.events, found.median)
                rows.append((*common, 0.0, 1.0, math.nan, math.nan, *counts))
                rows += [
                    (*common, *point, *counts)
                    for point in zip(found.times, found.share, found.low, found.high, strict=True)
                ]
                last = float(max(times))
                if not len(found.times) or found.times[-1] < last:
                    end = rows[-1]
                    rows.append((*common, last, *end[3:6], *counts))
        columns = ["threshold", "group", "tries", "share", "low", "high", "people", "reached", "median"]
        nothing = "Nobody has trained anything."
        return framed(data, rows, columns, nothing, says=[*_tested(data), *withheld(data, people)])

    def chart(self, frame: pd.DataFrame) -> Chart:
        panels = []
        for threshold, part in split(frame, "threshold"):
            curves: list[Part] = []
            for name, own in split(part, "group"):
                banded = int(own["people"].iloc[0]) >= GROUP_FROM
                curves.append(
                    Curve(
                        str(name), own["tries"].tolist(), own["share"].tolist(), COLOURS[str(name)], MARK[str(name)],
                        own["low"].tolist() if banded else (), own["high"].tolist() if banded else (), steps=True,
                    )
                )  # fmt: skip
            y = Axis("have not reached it", percent=True, low=-0.02, high=1.02)
            panels.append(
                Panel(Axis("tries", low=0), y, tuple(curves), f"dev accuracy of {percent(float(threshold))}")
            )
        return Chart(tuple(panels), share_y=True)

    def table(self, frame: pd.DataFrame) -> str:
        rows = []
        for (threshold, name), own in split(frame, ["threshold", "group"]):
            one = own.iloc[0]
            median = "not reached by half" if math.isinf(one["median"]) else f"{one['median']:.0f}"
            rows.append([percent(threshold), str(name), str(one["people"]), str(one["reached"]), median])
        numbers = ["people", "reached it", "median tries"]
        return tables.table(["dev accuracy", "group", *numbers], rows, right=numbers)


def _tested(data: ContestData) -> list[str]:
    """The log-rank test for each accuracy, all of them together after Holm."""
    tests = {}
    for threshold in THRESHOLDS:
        groups = {}
        for name in GROUP_NAMES:
            found = [reached(one, threshold) for one in data.people if one.steps and one.group == name]
            groups[name] = ([tries for tries, _ in found], [hit for _, hit in found])
        tests[threshold] = log_rank(groups)
    known = {threshold: test for threshold, test in tests.items() if test is not None}
    corrected = dict(zip(known, holm([p for _, p in known.values()]), strict=True))
    return [
        f"{'Some group differs' if corrected[threshold] < ALPHA else 'No difference between the groups is shown'} in the tries to "
        f"{percent(threshold)} (log-rank, chi-square {known[threshold][0]:.2f}, {sentences.p_text(corrected[threshold])} after Holm’s "
        "correction)."
        if threshold in known
        else f"Nothing can be concluded of the groups in the tries to {percent(threshold)}: too few people, or nobody got there."
        for threshold in THRESHOLDS
    ]
