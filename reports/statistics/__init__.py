"""How sure a comparison is: intervals, tests, effect sizes, what could have been seen, and the words for it.

The one place in which pages and reports compute such figures; docs/statistics.md says what each of them means.
Random numbers come from fixed seeds: the same values give the same result.
"""

from reports.statistics import sentences
from reports.statistics.against import Against, against_runs
from reports.statistics.association import CORRELATE_FROM, Association, associate, spearman_p
from reports.statistics.counted import Counted, count_difference, patient_difference
from reports.statistics.groups import (
    GROUP_FROM,
    GroupPair,
    Groups,
    cliffs_delta,
    compare_groups,
    mann_whitney,
)
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
from reports.statistics.people_power import (
    detectable_correlation,
    detectable_effect,
    people_for_correlation,
    people_for_effect,
)
from reports.statistics.permutation import friedman, holm, pairs_needed, ranks, sign_flip, signed_ranks
from reports.statistics.power import POWER, detectable, pairs_to_detect
from reports.statistics.several import Pair, Several, compare_systems
from reports.statistics.shape import SHAPE_FROM, Bell, Spread, bell, bell_p, levene, levene_p
from reports.statistics.survival import Survival, kaplan_meier, log_rank

__all__ = [
    "ALPHA",
    "BOOTSTRAP_FROM",
    "CORRELATE_FROM",
    "GROUP_FROM",
    "LEVEL",
    "POWER",
    "SHAPE_FROM",
    "Against",
    "Association",
    "Bell",
    "Counted",
    "GroupPair",
    "Groups",
    "Interval",
    "Pair",
    "Paired",
    "Several",
    "Spread",
    "Survival",
    "against_runs",
    "associate",
    "bell",
    "bell_p",
    "bootstrap_band",
    "bootstrap_interval",
    "cliffs_delta",
    "compare",
    "compare_groups",
    "compare_systems",
    "count_difference",
    "detectable",
    "detectable_correlation",
    "detectable_effect",
    "friedman",
    "holm",
    "kaplan_meier",
    "levene",
    "levene_p",
    "log_rank",
    "mann_whitney",
    "mean_interval",
    "normal_quantile",
    "pairs_needed",
    "pairs_to_detect",
    "patient_difference",
    "people_for_correlation",
    "people_for_effect",
    "rank_biserial",
    "ranks",
    "ratio_interval",
    "sentences",
    "sign_flip",
    "signed_ranks",
    "spearman_interval",
    "spearman_p",
    "wilson",
]
