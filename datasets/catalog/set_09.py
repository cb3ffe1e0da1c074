"""Set #09: five tight Gaussians in train, two of them in dev and eval."""

from datasets.drawn_set import DrawnSet
from imld_synth import preset


class Set09(DrawnSet):
    preset = preset("09")
