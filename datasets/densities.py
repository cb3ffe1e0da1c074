"""The densities that points were drawn from, found again from what a record says of the points."""

from __future__ import annotations

from collections.abc import Mapping

from datasets.errors import DataError, HandtuneError
from datasets.loading import load
from datasets.types import ProvenanceKind, SplitName
from imld_synth import Drawing, presets


def densities_of(
    name: str,
    provenance: ProvenanceKind | str,
    content_hash: str,
    train_limit: int | None = None,
) -> Mapping[SplitName, Drawing] | None:
    """The density of every split of the data set of that name, None where it is not known here.

    A drawing is read again: it counts only where it still has the same points (`content_hash`, after
    `train_limit`), as one that was replaced has other densities.
    """
    if provenance == "generated":
        found = next((one for one in presets() if one.name == name), None)
        return None if found is None else {"train": found.train, "dev": found.dev, "eval": found.eval}
    if provenance != "drawn":
        return None
    try:
        dataset = load(name, train_limit=train_limit)
    except (DataError, HandtuneError):  # deleted, renamed or damaged since
        return None
    return dataset.densities if dataset.provenance.content_hash == content_hash else None
