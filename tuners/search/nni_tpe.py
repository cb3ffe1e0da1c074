"""nni-tpe: NNI's tree-structured Parzen estimator.

NNI's choices can hold parameters of their own, but only under each single option, and a whole number that
others wait for would have to become a choice and lose its order. So the space is searched flat, and inactive
values are struck from what the estimator learns: its densities are those of the trials that used them.

Bergstra, Bardenet, Bengio, Kégl (2011). Algorithms for Hyper-Parameter Optimization. NeurIPS.
"""

from __future__ import annotations

from typing import Any, ClassVar

from tuners.isolated_search import IsolatedPlugin

#: Random trials before the densities take over. NNI's own default of 20 is more than most budgets here hold.
STARTUP_TRIALS = 10


class NniTpe(IsolatedPlugin):
    name = "nni-tpe"
    title = f"NNI TPE: Parzen densities of good and bad values after {STARTUP_TRIALS} random trials"
    environment = "nni"
    algorithm = "tpe"
    settings: ClassVar[dict[str, Any]] = {"n_startup_jobs": STARTUP_TRIALS}
