"""How many people got how far."""

from __future__ import annotations

import pandas as pd

from reports import tables
from reports.contest_data import ContestData
from reports.people_part import PeoplePart, framed, lines

STEPS = {
    "agreed": "agreed to the text and joined",
    "told": "said what they know",
    "began": "looked at the task",
    "trained": "had a training that began",
    "marked": "marked a final configuration themselves",
    "scored": "have a score on eval",
    "themselves": "finished before their time was over",
}


class Flow(PeoplePart):
    name = "flow"
    title = "Who took part"
    lead = (
        "How many people got how far. Who withdrew is in none of these counts: everything of theirs was deleted, so nobody "
        "can say how many they were or how good. Who left early is compared with nobody, and may not be like those who stayed."
    )
    chapter = "Outcome"
    position = 10
    study = ("people", "configurations")

    def frame(self, data: ContestData) -> pd.DataFrame:
        rows = [(text, getattr(data.flow, name)) for name, text in STEPS.items()] if data.people else []
        tried = sum(len(one.steps) for one in data.people)
        says = [f"Together they trained {tried:,} configurations."]
        if data.left_out:
            says.append(f"Simulated participants are left out of everything below ({data.left_out}).")
        if data.rounds is not None:
            says.append(
                f"Final configurations are still being scored: whatever is said of eval is provisional, after {data.rounds} of "
                f"{data.contest.terms.final_seeds} trainings each with the same seeds for all."
            )
        each = f" ({tried / len(data.people):.1f} each)" if data.people else ""
        ours = {"people": str(len(data.people)), "configurations": f"{tried}{each}"}
        nothing = "Nobody took part. Invite people with the join code, and open the contest."
        return framed(data, rows, ["step", "people"], nothing, says=says, ours=ours)

    def table(self, frame: pd.DataFrame) -> str:
        rows = [[row.step, f"{row.people:,}"] for row in lines(frame)]
        return tables.table(["step", "people"], rows, right=["people"])
