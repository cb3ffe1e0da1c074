"""Shapes in the plane, each with sampling and an exact density."""

from imld_synth.shapes.base import Shape
from imld_synth.shapes.box import Box
from imld_synth.shapes.gaussian import Gaussian, round_gaussian, turned_gaussian
from imld_synth.shapes.oval import Oval
from imld_synth.shapes.ring import Ring
from imld_synth.shapes.spiral import Spiral
from imld_synth.shapes.strokes import Strokes
from imld_synth.shapes.yin_yang import YinYang

__all__ = [
    "Box",
    "Gaussian",
    "Oval",
    "Ring",
    "Shape",
    "Spiral",
    "Strokes",
    "YinYang",
    "round_gaussian",
    "turned_gaussian",
]
