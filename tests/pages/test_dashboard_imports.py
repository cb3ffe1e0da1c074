"""The dashboard stays light, and it writes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from study_records import add_study

from datasets.types import Dataset
from tuners.record import StudyState
from tuners.store import Store

HEAVY = ("torch", "tensorflow", "keras", "keras_tuner", "sklearn", "ray", "optuna")
HEAVY += ("openslide", "tifffile", "imagecodecs", "edfio", "mne", "scipy.signal")

RUN_ALL_PAGES = """
import sys
from functools import cache
from pathlib import Path
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

# A server looks once for installed components; AppTest would at every page.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
app = AppTest.from_file(str(Path("dashboard/app.py").resolve()), default_timeout=60)
app.query_params["study"] = "demo"
app.run()
shown, plots = [], {}
for page in sorted(Path("dashboard/views").glob("*.py")):
    app.query_params["study"] = "demo"
    app.switch_page(f"views/{page.name}").run()
    assert not app.exception, (page, app.exception)
    assert not app.error, (page, app.error[0].value)
    shown.append(app.title[0].value)
    plots[page.stem] = len(app.get("plotly_chart"))
heavy = [name for name in %r if name in sys.modules]
print("SHOWN", *shown, sep="|")
print("PLOTS", plots["eeg"], plots["patches"], sep="|")
print("HEAVY", *heavy, sep="|")
"""


@pytest.mark.slow
def test_no_page_imports_a_library_that_trains_or_reads_a_corpus(
    finished: Store, repo_root: Path, cached: dict[str, Dataset]
) -> None:
    # Beats on for as long as a loaded machine may take, so that it does not count as interrupted meanwhile.
    add_study(finished, "now", state=StudyState.RUNNING, scored=False, heartbeat=time.time() + 600)
    before = _contents(finished)
    answer = subprocess.run(
        [sys.executable, "-c", RUN_ALL_PAGES % (HEAVY,)],
        cwd=repo_root,
        env=os.environ | {"HANDTUNE_STORE": finished.address, "PYTHONPATH": str(repo_root)},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    shown, heavy = (line for line in answer.stdout.splitlines() if line.startswith(("SHOWN", "HEAVY")))
    assert shown.split("|")[1:] == [
        "Bayes error",
        "Comparison",
        "Contest",
        "Draw data",
        "EEG segments",
        "Errors",
        "Hyperparameters",
        "Take part",
        "Leaderboard",
        "1 · One data set, three pictures",
        "Live race",
        "Handtune",
        "Tissue patches",
        "People and tuners",
        "Replay",
        "Report",
        "Start a search",
        "Decision surfaces",
        "Trials",
        "Your data",
    ]
    assert "PLOTS|3|1" in answer.stdout  # the pages had samples to show: they did not stop at an empty cache
    assert heavy == "HEAVY", f"imported: {heavy}"
    assert _contents(finished) == before


def _contents(store: Store) -> list[object]:
    """All that the store holds."""
    names = [study.name for study in store.studies()]
    return [
        [store.studies()],
        *([store.systems(n), store.trials(n), store.scores(n), store.epochs(n)] for n in names),
        sorted(str(file) for file in store.folder.rglob("*") if not file.name.endswith(("-wal", "-shm"))),
    ]
