"""pso: particle swarm optimization, written here as no maintained library asks and tells it.

A swarm of particles flies through the unit cube of the space (`tuners.encoding`). In every generation a
particle's velocity becomes

    v <- w v + phi_p r_p (p - x) + phi_g r_g (g - x),    x <- x + v

where p is the best point that this particle has seen, g the best that any has seen, and r_p, r_g are drawn
from [0, 1] anew for every particle and every coordinate. The rule is Kennedy and Eberhart's (Particle swarm
optimization, ICNN 1995) with the inertia weight of Shi and Eberhart (A modified particle swarm optimizer,
CEC 1998) and the coefficients that Clerc and Kennedy's constriction gives (The particle swarm: explosion,
stability, and convergence, IEEE Trans. Evol. Comp. 6, 2002), under which a swarm contracts.

What differs from the pseudo-code published for tuning LeNet-5, and why:

- Every particle keeps a best point of its own. There, both pulls go to bests of the whole swarm.
- A best starts as the first position once that has been tried; there, it is set before the position exists.
- The first swarm is tried once, not twice, and the last move is tried as well, not thrown away.
- Random factors differ by particle and coordinate; one number for all moves every particle on a line.
- Positions stay in the cube: a coordinate that would leave it stops at the border, its velocity becomes 0.
  A velocity is at most `FASTEST` in each coordinate.
- Whole numbers and options are cells of a coordinate, so that rounding happens when a point is decoded and
  never stops a slow particle. Options without an order are cells side by side all the same: a swarm cannot
  jump, and has to cross what lies between.
- A configuration is trained once. A particle that comes to a known one takes the result on record.
- It ends: with the budget of the loop, or once no velocity reaches `EPSILON` in any coordinate (after that
  the swarm could only stand still), or when 1000 generations in a row brought nothing new.

A trial that failed is never a best. A particle that has no best yet starts again from a random place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tuners.encoding import Vector
from tuners.generations import GenerationalSearcher
from tuners.searcher import Searcher, SearcherPlugin, Task

#: Particles. Textbooks use 20 to 50, which is a whole budget here: twelve trials must allow a move.
SWARM = 6

#: Constriction with phi = 4.1 (Clerc and Kennedy 2002), written as inertia and pulls.
INERTIA = 0.7298
PULL_PERSONAL = PULL_GLOBAL = 1.4962

#: The highest velocity, as a share of a parameter's range per generation.
FASTEST = 0.5

#: A swarm that nowhere moves by as much as this share of a range in a generation has come to rest.
EPSILON = 0.001


class ParticleSwarm(GenerationalSearcher):
    """positions, velocities, best points: shape (SWARM, d). best_errors: infinite before the first result."""

    def first(self) -> Sequence[Vector]:
        drawn = [self._start() for _ in range(SWARM)]
        self.positions = np.array([position for position, _ in drawn])
        self.velocities = np.array([velocity for _, velocity in drawn])
        self.best_points = self.positions.copy()
        self.best_errors: NDArray[np.float64] = np.full(SWARM, np.inf)
        return list(self.positions)

    def following(self, errors: list[float | None]) -> Sequence[Vector]:
        for particle, error in enumerate(errors):
            if error is not None and error < self.best_errors[particle]:
                self.best_errors[particle] = error
                self.best_points[particle] = self.positions[particle]
        leader = self.best_points[int(np.argmin(self.best_errors))]
        for particle in range(SWARM):
            if np.isinf(self.best_errors[particle]):
                self.positions[particle], self.velocities[particle] = self._start()
            else:
                self._fly(particle, leader)
        return list(self.positions) if np.abs(self.velocities).max() >= EPSILON else ()

    def _start(self) -> tuple[Vector, Vector]:
        """A random place, and a velocity that leads half the way to another."""
        position = self.encoding.draw(self.rng, self.task.guard)
        return position, (self.rng.random(len(position)) - position) / 2

    def _fly(self, particle: int, leader: Vector) -> None:
        position = self.positions[particle]
        r_personal, r_global = self.rng.random((2, len(position)))
        velocity = (
            INERTIA * self.velocities[particle]
            + PULL_PERSONAL * r_personal * (self.best_points[particle] - position)
            + PULL_GLOBAL * r_global * (leader - position)
        )
        velocity = np.clip(velocity, -FASTEST, FASTEST)
        moved = position + velocity
        self.positions[particle] = np.clip(moved, 0.0, 1.0)
        self.velocities[particle] = np.where((moved < 0) | (moved > 1), 0.0, velocity)


class Pso(SearcherPlugin):
    name = "pso"
    title = f"particle swarm of {SWARM}: inertia, personal and global best, in our own code"
    parallel = None

    def start(self, task: Task) -> Searcher:
        return ParticleSwarm(task, self.name)
