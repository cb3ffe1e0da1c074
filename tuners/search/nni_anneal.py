"""nni-anneal: NNI's annealing tuner, which is Hyperopt's.

It draws around one of the best trials, from a range that shrinks with every result. The space is searched
flat as by nni-tpe, and what a trial did not use is struck from what the tuner learns of it.
"""

from __future__ import annotations

from tuners.isolated_search import IsolatedPlugin


class NniAnneal(IsolatedPlugin):
    name = "nni-anneal"
    title = "NNI Anneal: draws around good trials from a range that shrinks"
    environment = "nni"
    algorithm = "anneal"
