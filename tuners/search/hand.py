"""hand: the configurations that a person wrote down, one after the other."""

from __future__ import annotations

from tuners.record import HAND, Outcome, Suggestion
from tuners.searcher import Searcher, SearcherPlugin, Task


class HandList(Searcher):
    def _suggest(self, number: int) -> Suggestion | None:
        if number >= len(self.task.configs):
            return None
        return Suggestion(number, self.task.configs[number], self.task.max_epochs)

    def tell(self, suggestion: Suggestion, outcome: Outcome) -> None:
        """A list does not change its mind."""


class Hand(SearcherPlugin):
    name = HAND
    title = "the configurations that a person wrote: --configs FILE.toml"
    parallel = None

    def start(self, task: Task) -> Searcher:
        return HandList(task)
