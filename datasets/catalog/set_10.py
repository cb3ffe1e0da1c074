"""Set #10: two hand-drawn classes with Gaussian noise."""

from datasets.drawn_set import DrawnSet
from imld_synth import preset


class Set10(DrawnSet):
    preset = preset("10")
