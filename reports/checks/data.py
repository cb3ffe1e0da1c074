"""The samples against the hash that the study recorded."""

from __future__ import annotations

from pathlib import Path

from datasets import cache
from datasets.types import SPLIT_NAMES
from reports.check import Check, Result
from tuners.store import Store


class Data(Check):
    name = "data"
    title = "the samples have the recorded hash"
    slow = True

    def run(self, store: Store, study: str) -> Result:
        data = store.study(study).data
        folder = Path(data.folder)
        if not cache.is_prepared(folder):
            return Result(left_out=[f"the data are not at hand ({folder})"])
        result = Result()
        found = cache.stored_hash(folder)
        result.expect(
            found == data.content_hash,
            f"the samples in {folder} have the hash {found[:12]}…, the study recorded {data.content_hash[:12]}…",
        )
        for split in SPLIT_NAMES:
            # A second dev set is a part of dev, of which the study recorded what searches learnt.
            size = data.sizes[split] + (data.sizes.get("second", 0) if split == "dev" else 0)
            count = len(cache.read_part(folder, split))
            result.expect(count == size, f"{split} has {count:,} samples, the study recorded {size:,}")
        return result
