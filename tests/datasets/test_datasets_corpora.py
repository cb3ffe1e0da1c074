"""The commands for corpora, as users run them: make a stand-in, prepare it, look into it, misuse them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import datasets
from datasets import cache
from datasets.__main__ import main


def test_what_belongs_to_corpora_is_refused_elsewhere(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def refused(code: int, words: str, *expected: str) -> None:
        assert main(words.split()) == code
        errors = capsys.readouterr().err
        assert len(errors.strip().splitlines()) <= 2
        for word in expected:
            assert word in errors

    refused(2, "prepare 10 --sizes 4 4 4", "for eeg and pathology")
    refused(2, "prepare eeg --train-limit 5", "--sizes")
    refused(2, "prepare eeg --sizes 4 4 4", "--data-root", "make-standin")
    refused(3, "prepare eeg --data-root absent", "--data-root")
    refused(3, "prepare eeg --data-root .", "TUSZ")
    refused(3, "prepare 11 --data-root .", "TUDP", "--layout")
    refused(2, "prepare 11 --data-root . --decimation naive", "for eeg")
    refused(2, "prepare 12 --data-root . --layout bach", "for pathology")
    refused(2, "prepare 11 --data-root . --layout back", "Did you mean bach?")
    refused(2, "prepare 11 --data-root . --layout folders", "--patient-pattern")
    refused(2, "prepare 11 --data-root . --patient-pattern (x)", "--layout folders")
    refused(2, "prepare 11 --data-root . --most-bad 7", "from 0 to 1")
    refused(2, "make-standin 10 --out x", "pathology and eeg")
    refused(2, "make-standin eeg --out x --patients 2", "6")
    refused(2, "make-standin eeg --out x --difficulty 3", "difficulty")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("mine")
    refused(2, "make-standin eeg --out full", "full")


@pytest.mark.slow
def test_a_stand_in_is_made_prepared_and_loaded(command, answer, tmp_path):
    made = command("datasets", "make-standin", "eeg", "--out", "corpus", "--patients", "6", "--seed", "3")
    assert made.returncode == 0, made.stderr
    assert "made up" in made.stdout
    for edf in list((tmp_path / "corpus").rglob("*.edf"))[:1]:
        edf.write_bytes(edf.read_bytes()[:5000])
    options = ("--data-root", "corpus", "--out", "cache", "--sizes", "16", "8", "8", "--workers", "2")
    prepared = command("datasets", "prepare", "eeg", *options, "--most-bad", "0.2")
    assert prepared.returncode == 0, prepared.stderr
    assert "extracting samples" in prepared.stderr
    assert "1 skipped" in prepared.stdout and "train 16, dev 8, eval 8" in prepared.stdout
    again = answer("datasets", "prepare", "eeg", *options, "--most-bad", "0.2")
    assert again.stdout == prepared.stdout and "extracting" not in again.stderr
    folder = next(path.parent for path in (tmp_path / "cache").glob("*/meta.json"))
    found = json.loads(answer("datasets", "info", str(folder), "--json").stdout)
    assert (found["provenance"], found["dataset"], found["input_shape"]) == ("stand-in", "12", [100, 20, 15])
    assert [part["class_counts"] for part in found["splits"].values()] == [[8, 8], [4, 4], [4, 4]]
    dataset = datasets.load(str(folder))
    assert dataset.split.train.x.shape == (16, 100, 20, 15) and dataset.split.train.x.dtype == np.float32
    assert dataset.provenance.content_hash == cache.stored_hash(folder)
    limited = datasets.load(str(folder), train_limit=6)
    assert cache.write(limited, tmp_path / "limited") != folder
    assert np.array_equal(
        cache.read_part(cache.write(limited, tmp_path / "limited"), "train").x, limited.split.train.x
    )


@pytest.mark.slow
def test_an_interrupted_preparation_says_so_and_goes_on(command, small_corpus, tmp_path):
    words = ["prepare", "eeg", "--data-root", str(small_corpus("12")), "--out", "cache", "--workers", "2"]
    process = subprocess.Popen(
        [sys.executable, "-m", "datasets", *words], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None and not list((tmp_path / "cache").glob(".preparing-*/shards/*.npy")):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors and "goes on" in errors
    done = command("datasets", *words)
    assert done.returncode == 0, done.stderr
    assert not list((tmp_path / "cache").glob(".preparing-*"))
