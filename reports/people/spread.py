"""Whether groups scatter differently, and the shape of what was measured: the study's two other tests."""

from __future__ import annotations

import itertools

import pandas as pd

from reports import people_cells, tables
from reports.contest_data import GROUP_NAMES, ContestData
from reports.contest_groups import sizes, withheld
from reports.people_part import PeoplePart, framed, lines
from reports.statistics import GROUP_FROM, SHAPE_FROM, bell, holm, levene, sentences


class Spread(PeoplePart):
    name = "spread"
    title = "How far people of a group lie apart"
    lead = (
        "Levene’s test asks whether the final accuracies of two groups scatter differently. It does not ask which group is "
        "better: two groups 20 points apart with the same scatter pass it. The study read it as “the groups differ”; here it "
        "stays the question of spread that it is. Around medians it holds its level for skewed values, around means it is the "
        "original. D’Agostino and Pearson’s K² asks whether values follow a bell curve, which the study used to choose "
        "its tests; ours need no bell curve."
    )
    chapter = "Experience"
    position = 90
    study = (
        "novice_medium_levene", "novice_expert_levene", "medium_expert_levene", "expert_spread", "months_k2", "accuracy_k2",
    )  # fmt: skip

    def frame(self, data: ContestData) -> pd.DataFrame:
        people = [one for one in data.people if one.eval_error is not None and one.group is not None]
        kept = people_cells.told(sizes(people), data.public)
        groups = {
            name: [1 - (one.eval_error or 0.0) for one in people if one.group == name] for name in GROUP_NAMES
        }
        keys = dict(zip(GROUP_NAMES, ("novice", "medium", "expert"), strict=True))
        rows, ours = [], {}
        large = [name for name in kept if len(groups[name]) >= GROUP_FROM]
        for first, second in itertools.combinations(large, 2):
            median = levene([groups[first], groups[second]], "median")
            mean = levene([groups[first], groups[second]], "mean")
            rows.append((first, second, median.statistic, median.p, mean.statistic, mean.p, median.second))
            ours[f"{keys[first]}_{keys[second]}_levene"] = (
                f"F = {median.statistic:.2f}, {sentences.p_text(median.p)} around medians; F = {mean.statistic:.2f}, "
                f"{sentences.p_text(mean.p)} around means"
            )
        says = []
        for quantity, text, values in (
            ("months_k2", "the months of experience", [float(one.months or 0) for one in people]),
            ("accuracy_k2", "the final accuracies", [1 - (one.eval_error or 0.0) for one in people]),
        ):
            found = bell(values)
            if found is None:
                says.append(
                    f"Of the shape of {text} nothing is said: that takes {SHAPE_FROM} people, and there are {len(values)}."
                )
                continue
            ours[quantity] = f"K² = {found.statistic:.2f}, {sentences.p_text(found.p)}"
            against = (
                "do not follow a bell curve"
                if found.p < 0.05
                else "are not shown to deviate from a bell curve"
            )
            says.append(
                f"{text[:1].upper()}{text[1:]} {against} (K² = {found.statistic:.2f}, {sentences.p_text(found.p)})."
            )
        if rows:
            corrected = holm([row[3] for row in rows])
            shown = [row for row, p in zip(rows, corrected, strict=True) if p < 0.05]
            found_text = "; ".join(f"{row[0]} and {row[1]}" for row in shown)
            says.insert(
                0,
                f"Different spread is shown (around medians, Holm): {found_text}."
                if shown
                else "No difference in spread is shown (around medians, Holm).",
            )
        nothing = f"Nothing can be concluded of the spread: a test needs two groups of {GROUP_FROM} people or more with a score on eval."
        columns = ["first", "second", "F median", "p median", "F mean", "p mean", "df"]
        return framed(data, rows, columns, nothing, says=[*says, *withheld(data, people)], ours=ours)

    def table(self, frame: pd.DataFrame) -> str:
        rows = [
            [
                f"{row[0]}, {row[1]}", f"{row[2]:.2f}", sentences.p_text(row[3]), f"{row[4]:.2f}", sentences.p_text(row[5]),
                f"1, {row[6]}",
            ]
            for row in lines(frame)
        ]  # fmt: skip
        numbers = ["F around medians", "p of medians", "F around means", "p of means", "degrees of freedom"]
        return tables.table(["groups", *numbers], rows, right=numbers)
