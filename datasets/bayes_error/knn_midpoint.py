"""Half way between the closed-loop and the leave-one-out error of nearest neighbours: the recommended one."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot

from datasets.bayes_error._best_k import MORE_THAN_ONE, best_k
from datasets.bayes_error._estimator import Estimator, Finding
from datasets.bayes_error._normal_interval import normal_interval
from datasets.types import Samples


class KnnMidpoint(Estimator):
    """The closed loop is too low as each point votes for itself, leave-one-out too high as any real classifier is;
    near the best k both miss by about as much. The interval is made of the scatter of counting and of half of
    what lies between the two, for how unevenly they may miss. Where a density has details that the samples hardly
    show (strokes thinner than their distances), both can be too high by more than that; the note warns of it.
    """

    name = "knn-midpoint"
    title = "mean of closed-loop and leave-one-out error of nearest neighbours at the best k"
    formula = (
        "p = (E_closed(k*) + E_loo(k*)) / 2 with k* = argmin E_loo(k), k >= 3; bracket [E_closed, E_loo];"
        " interval p +- sqrt(1.96^2 p (1 - p) / n + ((E_loo - E_closed) / 2)^2)"
    )
    source = "Fukunaga, Introduction to Statistical Pattern Recognition, 2nd ed., 1990, ch. 7"

    def _find(self, samples: Samples, classes: int, settings: Mapping[str, int], seed: int) -> Finding:
        best = best_k(samples, classes, least=MORE_THAN_ONE)
        lower, upper = sorted((best.closed, best.left_out))
        value, apart = (lower + upper) / 2, (upper - lower) / 2
        below, above = (abs(end - value) for end in normal_interval(value, len(samples)))
        note = ""
        if apart > above:
            note = (
                f"its two errors lie {200 * apart:.1f} points apart, more than counting scatters:"
                " these samples are too few for the details of their density"
            )
        return Finding(
            value, lower, upper, value - hypot(below, apart), value + hypot(above, apart), {"k": best.k}, note
        )
