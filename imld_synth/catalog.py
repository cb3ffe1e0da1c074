"""Finding presets: every file `sets/set_NN.py` with a `PRESET` is one."""

import difflib
import importlib
import pkgutil
from functools import cache

from imld_synth import sets
from imld_synth.errors import UnknownSetError
from imld_synth.preset import Preset


@cache
def _scan() -> dict[str, Preset]:
    found: list[Preset] = [
        importlib.import_module(f"{sets.__name__}.{module.name}").PRESET
        for module in pkgutil.iter_modules(sets.__path__)
        if module.name.startswith("set_")
    ]
    return {preset.name: preset for preset in sorted(found, key=lambda preset: preset.name)}


def presets() -> tuple[Preset, ...]:
    """All presets, sorted by name."""
    return tuple(_scan().values())


def preset(name: str) -> Preset:
    """The preset of that name, such as "10"; UnknownSetError with a suggestion when there is none."""
    found = _scan()
    if name in found:
        return found[name]
    # People write the same set as 8, #08, set_08 or set-8; comparing the digits finds what they meant.
    digits = "".join(c for c in name if c.isdigit()).zfill(2)
    near = [digits] if digits in found else difflib.get_close_matches(name, found, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise UnknownSetError(f"There is no set {name!r}.{hint} The sets are: {', '.join(found)}.")
