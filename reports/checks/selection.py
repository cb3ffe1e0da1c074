"""What each search selected, and what was trained for the score."""

from __future__ import annotations

from reports.check import Check, Result
from tuners.path import searches, winner
from tuners.store import Store


class Selection(Check):
    name = "selection"
    title = "each search selected its lowest dev error, and that configuration was scored once"

    def run(self, store: Store, study: str) -> Result:
        result = Result()
        tried = searches(store.trials(study))
        scores = {(score.system, score.repeat): score for score in store.scores(study)}
        known = set()
        for system in store.systems(study):
            for search in system.searches:
                known.add((system.label, search.repeat))
                if search.selected is None:
                    continue
                who = f"{system.label}, search {search.repeat + 1}"
                best = winner(tried.get((system.label, search.repeat), ()))
                result.expect(
                    best is not None and best.number == search.selected,
                    f"{who}: trial {search.selected} is selected, and trial "
                    f"{'none' if best is None else best.number} has the lowest dev error",
                )
                score = scores.get((system.label, search.repeat))
                if score is not None and best is not None:
                    result.expect(
                        score.trial == best.number and dict(score.config) == dict(best.config),
                        f"{who}: what was scored is not the selected configuration",
                    )
        for place in scores:
            result.expect(
                place in known, f"{place[0]}, final training {place[1] + 1}: there is no such search"
            )
        return result
