"""Which samples of a corpus make up train, dev and eval: by patient, balanced, and spread over patients."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from datasets.errors import DataError
from datasets.preparation.extractor import Candidate, SourceFile
from datasets.types import SPLIT_NAMES, SplitName

Sizes = Mapping[SplitName, int]


@dataclass(frozen=True)
class Scanned:
    """A usable file and what could be cut from it."""

    file: SourceFile
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, order=True)
class Chosen:
    """One sample of a split."""

    file: SourceFile
    candidate: Candidate


def choose(
    scanned: Sequence[Scanned], sizes: Sizes, class_names: Sequence[str], seed: int
) -> dict[SplitName, list[Chosen]]:
    """The samples of every split, in order of file and position.

    Every class gets the same number: its share of `sizes`, or less where the rarest class has less. Within
    a class every patient gives one sample before any gives a second one, so that no long recording stands
    for everybody. Which samples a patient gives depends on the seed and the patient alone.
    Raises DataError where a patient would be in two splits, or a split has no sample of a class.
    """
    given = {split: [scan for scan in scanned if scan.file.split == split] for split in SPLIT_NAMES}
    check_disjoint(given)  # as the corpus has it: moving patients must not hide it
    by_split = assign_patients(scanned, sizes, seed)
    check_disjoint(by_split)
    chosen: dict[SplitName, list[Chosen]] = {}
    for split in SPLIT_NAMES:
        pools = _pools(by_split[split], len(class_names))
        quota = min(sizes[split] // len(class_names), *(sum(map(len, pool.values())) for pool in pools))
        for name, pool in zip(class_names, pools, strict=True):
            if not pool:
                raise DataError(
                    f"no sample of class {name} is left for {split}: the corpus has too few patients or too few"
                    " usable files of that class. Give it more files, or smaller --sizes."
                )
        if quota == 0:
            raise DataError(
                f"{split} is to have {sizes[split]} samples, fewer than one a class; give larger --sizes"
            )
        chosen[split] = sorted(one for pool in pools for one in _spread(pool, quota, seed))
    return chosen


def assign_patients(scanned: Sequence[Scanned], sizes: Sizes, seed: int) -> dict[SplitName, list[Scanned]]:
    """The files of every split.

    The corpus' own split stands. A split that it lacks takes whole patients from those whose split is open,
    else from train: largest first, each to the split that lacks most of its share.
    """
    given = {scan.file.split for scan in scanned}
    lacking = [name for name in SPLIT_NAMES if name not in given]
    source: SplitName | None = None if None in given else "train"
    targets = lacking if source is None else ["train", *lacking]
    result: dict[SplitName, list[Scanned]] = {name: [] for name in SPLIT_NAMES}
    movable: dict[str, list[Scanned]] = defaultdict(list)
    for scan in scanned:
        own = scan.file.split
        if own == source and (lacking or own is None):
            movable[scan.file.patient].append(scan)
        elif own is not None:
            result[own].append(scan)
    if not movable:
        return result
    owners = {scan.file.patient: name for name in SPLIT_NAMES for scan in result[name]}
    order = sorted(movable)
    np.random.default_rng([seed, 1]).shuffle(order)
    order.sort(key=lambda patient: -sum(len(scan.candidates) for scan in movable[patient]))
    total = sum(len(scan.candidates) for scans in movable.values() for scan in scans) or 1
    targets = targets or ["train"]
    whole = sum(sizes[name] for name in targets)
    filled: dict[SplitName, float] = {}
    for patient in order:
        weight = sum(len(scan.candidates) for scan in movable[patient]) / total
        shares = [sizes[name] / whole - filled.get(name, 0.0) for name in targets]
        split: SplitName = owners.get(patient) or targets[int(np.argmax(shares))]
        filled[split] = filled.get(split, 0.0) + weight
        result[split].extend(replace(scan, file=replace(scan.file, split=split)) for scan in movable[patient])
    return result


def check_disjoint(by_split: Mapping[SplitName, Iterable[Scanned]]) -> None:
    """Raises DataError where a patient has files in two splits."""
    owner: dict[str, SplitName] = {}
    for split, scans in by_split.items():
        for scan in scans:
            first = owner.setdefault(scan.file.patient, split)
            if first != split:
                raise DataError(
                    f"patient {scan.file.patient} has files in {first} and in {split} ({scan.file.path})."
                    " A patient belongs to one split only, or the error on unseen patients would be measured"
                    " on patients that were seen. Move the files to one split."
                )


def _pools(scans: Iterable[Scanned], classes: int) -> list[dict[str, list[Chosen]]]:
    """Per class and patient what could be taken."""
    pools: list[dict[str, list[Chosen]]] = [defaultdict(list) for _ in range(classes)]
    for scan in scans:
        for candidate in scan.candidates:
            pools[candidate.label][scan.file.patient].append(Chosen(scan.file, candidate))
    return pools


def _spread(pool: Mapping[str, list[Chosen]], quota: int, seed: int) -> list[Chosen]:
    """`quota` samples in rounds: in each round every patient who has one left gives one."""
    rng = np.random.default_rng([seed, 2])
    ranked: list[tuple[int, int, Chosen]] = []
    for place, patient in enumerate(rng.permutation(sorted(pool)).tolist()):
        own = sorted(pool[patient])
        picks = np.random.default_rng([seed, 3, *patient.encode()]).permutation(len(own))
        ranked.extend((round_, place, own[pick]) for round_, pick in enumerate(picks.tolist()))
    ranked.sort(key=lambda entry: entry[:2])
    return [entry[2] for entry in ranked[:quota]]
