"""A corpus becomes a data set: balanced, by patient, whatever is killed, damaged or asked for again."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from toy_corpus import ToyExtractor, write_corpus

from datasets import DataError, UsageError, cache
from datasets.preparation import Request, SourceFile, prepare
from datasets.preparation.extractor import Candidate
from datasets.preparation.selection import Scanned, choose
from datasets.types import SPLIT_NAMES, content_hash

PATIENTS = {"train": ["p1", "p2", "p3", "p4"], "dev": ["p5", "p6"], "eval": ["p7", "p8"]}
SIZES = {"train": 24, "dev": 8, "eval": 8}
REQUEST = Request("toy", SIZES, seed=3)


@pytest.fixture
def corpus(tmp_path) -> Path:
    write_corpus(tmp_path / "corpus", PATIENTS)
    return tmp_path / "corpus"


def sources_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "index.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_split_has_its_size_balanced_and_its_own_patients(corpus, tmp_path):
    dataset = prepare(ToyExtractor(corpus), REQUEST, tmp_path / "out")
    seen: dict[str, str] = {}
    for name in SPLIT_NAMES:
        part = dataset.split.part(name)
        assert part.x.shape == (SIZES[name], 3) and part.x.dtype == np.float32
        assert np.bincount(part.y).tolist() == [SIZES[name] // 2] * 2
        for patient in np.unique(part.patients):
            assert seen.setdefault(dataset.patients[patient], name) == name
    assert sorted(seen) == [f"p{number}" for number in range(1, 9)]
    assert dataset.provenance.kind == "stand-in"
    assert dataset.provenance.content_hash == content_hash(dataset.split)
    assert dataset.folder is not None and isinstance(dataset.split.train.x, np.memmap)


def test_the_index_tells_where_every_sample_came_from(corpus, tmp_path):
    dataset = prepare(ToyExtractor(corpus), REQUEST, tmp_path / "out")
    rows = sources_of(dataset.folder)
    assert len(rows) == sum(SIZES.values())
    for row in rows:
        part, number = dataset.split.part(row["split"]), int(row["row"])
        line = (corpus / row["file"]).read_text().splitlines()[int(row["position"])]
        label, value = line.split()
        assert part.x[number].tolist() == [float(value)] * 3
        assert part.y[number] == int(label) == int(row["label"])
        assert dataset.patients[part.patients[number]] == row["patient"] == row["file"].split("/")[1]


def test_no_patient_dominates(corpus, tmp_path):
    write_corpus(corpus, {"train": ["giant"]}, samples=50)
    dataset = prepare(ToyExtractor(corpus), REQUEST, tmp_path / "out")
    counts = Counter(row["patient"] for row in sources_of(dataset.folder) if row["split"] == "train")
    assert max(counts.values()) - min(counts.values()) <= 2


@pytest.mark.slow
def test_two_workers_give_what_one_gives(corpus, tmp_path):
    one = prepare(ToyExtractor(corpus), REQUEST, tmp_path / "one")
    two = prepare(ToyExtractor(corpus), REQUEST, tmp_path / "two", workers=2)
    assert one.provenance == two.provenance
    assert (one.folder / "index.csv").read_bytes() == (two.folder / "index.csv").read_bytes()


def test_the_seed_chooses(corpus, tmp_path):
    request = Request("toy", {name: 4 for name in SPLIT_NAMES}, seed=1)
    first = prepare(ToyExtractor(corpus), request, tmp_path / "out")
    other = prepare(ToyExtractor(corpus), Request("toy", request.sizes, seed=2), tmp_path / "out")
    assert first.folder != other.folder


def test_a_finished_set_is_used_again_until_the_corpus_changes(corpus, tmp_path):
    log = tmp_path / "log"
    extractor = ToyExtractor(corpus, log=str(log))
    folder = prepare(extractor, REQUEST, tmp_path / "out").folder
    extracted = log.read_text()
    assert prepare(extractor, REQUEST, tmp_path / "out").folder == folder
    assert log.read_text() == extracted
    (corpus / "train" / "p1" / "0.txt").write_text("0 1000\n1 1001\n")
    assert prepare(extractor, REQUEST, tmp_path / "out").folder != folder


def test_a_patient_in_two_splits_is_an_error(corpus, tmp_path):
    write_corpus(corpus, {"eval": ["p1"]})
    with pytest.raises(DataError, match=r"patient p1 has files in train and in eval"):
        prepare(ToyExtractor(corpus), REQUEST, tmp_path / "out")


@pytest.mark.parametrize(
    "given",
    [
        {"open": [f"p{n}" for n in range(9)]},
        {"train": [f"p{n}" for n in range(9)]},
        {"open": ["p0", "p1", "p2", "p3"], "eval": ["p7"]},
        {"train": ["p0", "p1", "p2"], "dev": ["p3"]},
    ],
)
def test_a_split_that_the_corpus_lacks_gets_whole_patients(tmp_path, given):
    write_corpus(tmp_path / "corpus", given)
    sizes = {"train": 8, "dev": 4, "eval": 4}
    dataset = prepare(ToyExtractor(tmp_path / "corpus"), Request("toy", sizes), tmp_path / "out")
    owners = [set(np.unique(dataset.split.part(name).patients)) for name in SPLIT_NAMES]
    assert all(owners) and sum(map(len, owners)) == len(set.union(*owners))
    assert [len(dataset.split.part(name)) for name in SPLIT_NAMES] == [8, 4, 4]


def test_the_rarest_class_sets_the_size():
    files = [SourceFile(f"{name}", name, name) for name in SPLIT_NAMES]
    scanned = [Scanned(file, (*(Candidate(0, (n,)) for n in range(9)), Candidate(1, (9,)))) for file in files]
    chosen = choose(scanned, dict.fromkeys(SPLIT_NAMES, 6), ("a", "b"), 0)
    assert [sorted(one.candidate.label for one in part) for part in chosen.values()] == [[0, 1]] * 3


def test_a_split_without_a_class_is_an_error(corpus, tmp_path):
    for path in (corpus / "dev").rglob("*.txt"):
        path.write_text("0 1\n0 2\n")
    with pytest.raises(DataError, match="no sample of class b is left for dev"):
        prepare(ToyExtractor(corpus), REQUEST, tmp_path / "out")


def test_bad_files_are_counted_listed_and_replaced(corpus, tmp_path):
    (corpus / "train" / "p1" / "0.txt").write_text("bad")
    with (corpus / "dev" / "p5" / "1.txt").open("a") as file:
        file.write("broken body\n")
    request = Request("toy", {"train": 24, "dev": 8, "eval": 8}, most_bad=0.2)
    dataset = prepare(ToyExtractor(corpus), request, tmp_path / "out")
    with (dataset.folder / "skipped.csv").open(newline="") as file:
        skipped = {row["file"]: row["reason"] for row in csv.DictReader(file)}
    assert skipped == {
        "dev/p5/1.txt": "the body is cut off",
        "train/p1/0.txt": "the file says that it is bad",
    }
    meta = json.loads((dataset.folder / "meta.json").read_text())
    assert meta["corpus"] == {"files": 16, "skipped": dict.fromkeys(skipped.values(), 1)}
    assert [len(dataset.split.part(name)) for name in SPLIT_NAMES] == [24, 8, 8]
    assert not {row["file"] for row in sources_of(dataset.folder)} & set(skipped)


def test_too_many_bad_files_are_an_error(corpus, tmp_path):
    for path in (corpus / "train" / "p1").iterdir():
        path.write_text("bad")
    with pytest.raises(DataError, match=r"2 of 16 files cannot be used, more than the 10 %.*--most-bad"):
        prepare(ToyExtractor(corpus), REQUEST, tmp_path / "out")
    allowed = prepare(ToyExtractor(corpus), Request("toy", SIZES, 3, most_bad=0.5), tmp_path / "out")
    assert "p1" not in allowed.patients


@pytest.mark.slow
def test_a_reader_that_crashes_costs_one_file(corpus, tmp_path):
    with (corpus / "train" / "p2" / "0.txt").open("a") as file:
        file.write("crash\n")
    request = Request("toy", SIZES, 3, most_bad=0.2)
    dataset = prepare(ToyExtractor(corpus), request, tmp_path / "out", workers=2)
    assert "train/p2/0.txt,p2,its reader crashed" in (dataset.folder / "skipped.csv").read_text()


def test_a_main_module_that_workers_cannot_import_is_said(corpus, tmp_path):
    script = tmp_path / "unguarded.py"
    values = {"corpus": str(corpus), "log": "", "sizes": SIZES, "out": str(tmp_path / "out")}
    text = RUN.format(tests=str(Path(__file__).parent), **values)
    script.write_text(text.replace('if __name__ == "__main__"', "if True").replace("/out')", "/out'), 2"))
    result = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert "UsageError: worker processes cannot start here" in result.stderr


def test_previews_show_both_classes_and_name_their_rows(corpus, tmp_path):
    dataset = prepare(ToyExtractor(corpus), REQUEST, tmp_path / "out")
    previews = cache.read_meta(dataset.folder)["previews"]
    assert {preview["split"] for preview in previews} == set(SPLIT_NAMES)
    for preview in previews:
        part = dataset.split.part(preview["split"])
        with np.load(dataset.folder / "previews" / preview["arrays"]) as arrays:
            assert np.array_equal(part.x[arrays["rows"]], arrays["values"])
            assert set(part.y[arrays["rows"][:2]]) == {0, 1}
            owners = {dataset.patients[one] for one in part.patients[arrays["rows"]]}
        assert owners == {preview["patient"]}


def test_a_folder_that_cannot_be_written_is_named(corpus, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        prepare(ToyExtractor(corpus), REQUEST, tmp_path / "file" / "out")


RUN = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from toy_corpus import ToyExtractor
from datasets.preparation import Request, prepare
if __name__ == "__main__":
    extractor = ToyExtractor(Path({corpus!r}), log={log!r}, pause=0.3)
    prepare(extractor, Request("toy", {sizes!r}, 3), Path({out!r}))
"""


@pytest.mark.slow
def test_a_killed_preparation_goes_on_where_it_was(corpus, tmp_path):
    log, script = tmp_path / "log", tmp_path / "run.py"
    values = {"corpus": str(corpus), "log": str(log), "sizes": SIZES, "out": str(tmp_path / "out")}
    script.write_text(RUN.format(tests=str(Path(__file__).parent), **values))
    process = subprocess.Popen([sys.executable, str(script)])
    while process.poll() is None and not (log.exists() and len(log.read_text().splitlines()) >= 4):
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = log.read_text().splitlines()
    assert 4 <= len(before) < 16
    dataset = prepare(ToyExtractor(corpus, log=str(log), pause=0.0), REQUEST, tmp_path / "out")
    again = Counter(log.read_text().splitlines()[len(before) :])
    shown = {preview["file"] for preview in cache.read_meta(dataset.folder)["previews"]}
    for path in before[:-1]:  # the last one was cut off; a preview reads its file once more
        assert again[path] == (path in shown)
    straight = prepare(ToyExtractor(corpus), REQUEST, tmp_path / "straight")
    assert dataset.provenance == straight.provenance
    assert not list((tmp_path / "out").glob(".preparing-*"))


MEMORY = """
import resource, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from toy_corpus import ToyExtractor
from datasets.preparation import Request, prepare
if __name__ == "__main__":
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sizes = {{"train": 960, "dev": 320, "eval": 320}}
    prepare(ToyExtractor(Path({corpus!r}), width=80_000), Request("toy", sizes), Path({out!r}))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_corpus(tmp_path):
    write_corpus(tmp_path / "corpus", PATIENTS, samples=100)
    script = tmp_path / "run.py"
    values = {"corpus": str(tmp_path / "corpus"), "out": str(tmp_path / "out")}
    script.write_text(MEMORY.format(tests=str(Path(__file__).parent), **values))
    result = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    whole = 1600 * 80_000 * 4 / 1024  # KiB of samples: 500 MB
    assert int(result.stdout) < 0.6 * whole
