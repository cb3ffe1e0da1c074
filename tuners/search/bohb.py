"""bohb: our own BOHB, kernel densities under Hyperband. HpBandSter, its authors' library, is unmaintained."""

from __future__ import annotations

from tuners.searcher import Searcher, SearcherPlugin, Task
from tuners.space import SpaceError


class Bohb(SearcherPlugin):
    name = "bohb"
    title = "BOHB: Hyperband with configurations from kernel densities of good and bad ones"

    def start(self, task: Task) -> Searcher:
        from tuners.bohb import BohbSearcher

        if task.space is None:
            raise SpaceError(f"{self.name} needs a search space")
        return BohbSearcher(task, task.space)
