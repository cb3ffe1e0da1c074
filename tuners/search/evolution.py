"""evolution: a genetic algorithm, written here.

A population of configurations; the best of it stay (elitism, De Jong 1975), and children replace the rest.
A child has two parents, each the best of a few drawn at random (tournament selection, Goldberg and Deb 1991);
every parameter comes from either parent with equal chance (uniform crossover, Syswerda 1989); then a few
parameters mutate: numbers by a normal step on their own scale, options without an order to another option.
For a whole, see Eiben and Smith, Introduction to Evolutionary Computing, 2nd ed. 2015.

Conditions: where a child has a parameter that only one of its parents has, it comes from that one; where
neither has it, it is drawn at random. A child whose configuration was tried before, or that is known to be
impossible, is mutated again up to `MOST_MUTATIONS` times and then replaced by a random one; when `MOST_DRAWS`
random ones are known too, the generation is closed, and an empty one ends the search.
Failed trials have the worst fitness: one is a parent only where all that were drawn for the choice failed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuners.encoding import Vector
from tuners.generations import GenerationalSearcher
from tuners.searcher import Searcher, SearcherPlugin, Task

#: Members of a generation. Textbooks use 50 and more, which is a whole budget here.
POPULATION = 6

#: The best, which live on without being trained again.
ELITE = 2

#: Drawn for each choice of a parent.
TOURNAMENT = 3

#: Standard deviation of a mutation, as a share of a range; where cells are wider than that, one cell.
STEP = 0.15

#: Mutations of a child that was known before.
MOST_MUTATIONS = 10

#: Random configurations that are drawn for one that is new.
MOST_DRAWS = 100


@dataclass(frozen=True)
class Member:
    """point: shape (d,). error: its dev error, infinite where its trial failed."""

    point: Vector
    error: float


class Evolution(GenerationalSearcher):
    """population: of the generation that was told last, the best first."""

    def first(self) -> Sequence[Vector]:
        self.population: list[Member] = []
        return [self.encoding.draw(self.rng, self.task.guard) for _ in range(POPULATION)]

    def following(self, errors: list[float | None]) -> Sequence[Vector]:
        tried = [
            Member(point, math.inf if error is None else error)
            for point, error in zip(self.points, errors, strict=True)
        ]
        # A stable sort: of equals the older one stands first.
        self.population = sorted([*self.population[:ELITE], *tried], key=lambda member: member.error)
        return self._children()

    def _children(self) -> list[Vector]:
        children: list[Vector] = []
        for _ in range(POPULATION - ELITE):
            child = self._child(children)
            if child is None:
                break
            children.append(child)
        return children

    def _child(self, siblings: Sequence[Vector]) -> Vector | None:
        """A child that is new to the search and to its generation, or None."""
        taken = [self.encoding.decode(sibling) for sibling in siblings]

        def is_new(point: Vector) -> bool:
            return not self.is_known(point) and self.encoding.decode(point) not in taken

        child = self._cross(self._parent(), self._parent())
        for _ in range(MOST_MUTATIONS):
            child = self._mutate(child)
            if is_new(child):
                return child
        for _ in range(MOST_DRAWS):
            drawn = self.encoding.draw(self.rng, self.task.guard)
            if is_new(drawn):
                return drawn
        return None

    def _parent(self) -> Member:
        """The best of a few; the population is sorted, so that is the one with the lowest place."""
        return self.population[int(self.rng.integers(len(self.population), size=TOURNAMENT).min())]

    def _cross(self, one: Member, other: Member) -> Vector:
        has_one = self.encoding.active(self.encoding.decode(one.point))
        has_other = self.encoding.active(self.encoding.decode(other.point))
        take_one = self.rng.random(self.encoding.dimensions) < 0.5
        take_one = np.where(has_one == has_other, take_one, has_one)
        child = np.where(take_one, one.point, other.point)
        nobody = ~(has_one | has_other)
        child[nobody] = self.rng.random(int(nobody.sum()))
        return child

    def _mutate(self, point: Vector) -> Vector:
        """One active parameter changes for certain, each of the others with the chance 1 / active ones."""
        active = np.flatnonzero(self.encoding.active(self.encoding.decode(point)))
        chosen = self.rng.random(len(active)) < 1 / len(active)
        chosen[int(self.rng.integers(len(active)))] = True
        mutated = point.copy()
        for place in active[chosen]:
            mutated[place] = self._step(int(place), float(point[place]))
        return mutated

    def _step(self, place: int, coordinate: float) -> float:
        cells = self.encoding.cells[place]
        if not self.encoding.ordered[place]:
            shift = 1 + int(self.rng.integers(max(1, cells - 1)))
            return (coordinate + shift / cells) % 1.0
        width = max(STEP, 1 / cells if cells else 0.0)
        moved = coordinate + float(self.rng.normal(0.0, width))
        # Reflected at the borders, where clipping would pile points up.
        moved = abs(moved) % 2.0
        return 2.0 - moved if moved > 1.0 else moved


class Genetic(SearcherPlugin):
    name = "evolution"
    title = f"genetic algorithm, population {POPULATION}: tournament, uniform crossover, mutation, in our own code"
    parallel = None

    def start(self, task: Task) -> Searcher:
        return Evolution(task, self.name)
