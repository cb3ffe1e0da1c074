"""The dev error of a trial against its learning curve."""

from __future__ import annotations

from reports.check import TOLERANCE, Check, Result
from reports.tables import error
from tuners.store import Store

#: Samples that may be answered otherwise when dev is predicted again after training: in batches of another size,
#: sums of float32 differ in their last digit, and a sample may lie that near to a border.
SAMPLES = 2


class Epochs(Check):
    name = "epochs"
    title = f"the dev error of a trial is that of the epoch it kept, but for {SAMPLES} samples at most"

    def run(self, store: Store, study: str) -> Result:
        result = Result()
        margin = SAMPLES / store.study(study).data.sizes["dev"] + TOLERANCE
        curves: dict[tuple[str, int, int], list[float]] = {}
        for epoch in store.epochs(study):
            curves.setdefault((epoch.system, epoch.repeat, epoch.trial), []).append(epoch.dev_error)
        for trial in store.trials(study):
            curve = curves.get((trial.system, trial.repeat, trial.number), [])
            who = f"{trial.system}, trial {trial.title}"
            if trial.repeat_of is None and trial.dev_error is not None:
                result.expect(
                    len(curve) == trial.epochs,
                    f"{who}: {len(curve)} epochs are recorded, and it is said to have trained {trial.epochs}",
                )
                if curve:
                    # The best epoch is kept, but by networks of contests, which keep the last, best or not.
                    last = trial.best_epoch == trial.first_epoch + len(curve)
                    which, kept = ("last", curve[-1]) if last else ("lowest", min(curve))
                    result.expect(
                        abs(trial.dev_error - kept) <= margin,
                        f"{who}: its dev error is {error(trial.dev_error)} %, the {which} of its epochs {error(kept)} %",
                    )
        return result
