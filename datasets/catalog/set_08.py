"""Set #08: three classes of complex hand-drawn shapes."""

from datasets.drawn_set import DrawnSet
from imld_synth import preset


class Set08(DrawnSet):
    preset = preset("08")
