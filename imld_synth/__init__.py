"""Synthetic two-dimensional sets with exactly known densities.

`preset("10").generate(seed)` gives a set's splits; `preset("10").dev.posterior(x)` and
`.bayes_error()` what is knowable about them; `read_csv` and `write_csv` speak IMLD's format.
Error rates are fractions in [0, 1].
"""

from imld_synth.bayes import BayesError
from imld_synth.catalog import preset, presets
from imld_synth.csv_io import CsvData, read_csv, write_csv
from imld_synth.drawing import Drawing, MonteCarlo
from imld_synth.errors import DataError, UnknownSetError
from imld_synth.mixture import Mixture
from imld_synth.preset import SPLITS, ClosedLoop, Preset, Sizes
from imld_synth.rule import RuleError

__all__ = [
    "SPLITS",
    "BayesError",
    "ClosedLoop",
    "CsvData",
    "DataError",
    "Drawing",
    "Mixture",
    "MonteCarlo",
    "Preset",
    "RuleError",
    "Sizes",
    "UnknownSetError",
    "preset",
    "presets",
    "read_csv",
    "write_csv",
]
