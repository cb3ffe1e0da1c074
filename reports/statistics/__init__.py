"""How sure a comparison is: intervals, tests, effect sizes, what could have been seen, and the words for it.

The one place in which pages and reports compute such figures; docs/statistics.md says what each of them means.
Random numbers come from fixed seeds: the same values give the same result.
"""

from reports.statistics import sentences
from reports.statistics.counted import Counted, count_difference, patient_difference
from reports.statistics.intervals import (
    ALPHA,
    BOOTSTRAP_FROM,
    LEVEL,
    Interval,
    bootstrap_band,
    bootstrap_interval,
    mean_interval,
    normal_quantile,
    ratio_interval,
    spearman_interval,
    wilson,
)
from reports.statistics.paired import Paired, compare, rank_biserial
from reports.statistics.permutation import friedman, holm, pairs_needed, ranks, sign_flip, signed_ranks
from reports.statistics.power import POWER, detectable, pairs_to_detect
from reports.statistics.several import Pair, Several, compare_systems

__all__ = [
    "ALPHA",
    "BOOTSTRAP_FROM",
    "LEVEL",
    "POWER",
    "Counted",
    "Interval",
    "Pair",
    "Paired",
    "Several",
    "bootstrap_band",
    "bootstrap_interval",
    "compare",
    "compare_systems",
    "count_difference",
    "detectable",
    "friedman",
    "holm",
    "mean_interval",
    "normal_quantile",
    "pairs_needed",
    "pairs_to_detect",
    "patient_difference",
    "rank_biserial",
    "ranks",
    "ratio_interval",
    "sentences",
    "sign_flip",
    "signed_ranks",
    "spearman_interval",
    "wilson",
]
