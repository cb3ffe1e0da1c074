"""The command as a user runs it: output, exit codes, one plain message for an error."""

from __future__ import annotations

import json

import pytest

from tuners.cli import main
from tuners.store import Store

HEAVY = ("torch", "tensorflow", "keras", "keras_tuner", "sklearn", "pandas")
RUN = ("--dataset", "10", "--tuner", "keras-random")

#: What is asked for, the exit code, and words of the answer.
MISTAKES = {
    "tuner": (("--dataset", "10", "--tuner", "keras-randm"), 2, ("no tuner", "Did you mean keras-random?")),
    "dataset": (("--dataset", "11x", "--tuner", "keras-random"), 2, ("11x", "10")),
    "no dataset": (("--tuner", "keras-random"), 2, ("--dataset is missing", "--dataset 10")),
    "baseline": (("--dataset", "10", "--baselines", "mlp-m3"), 2, ("no baseline", "Did you mean mlp-m")),
    "model": ((*RUN, "--model", "mlp-a9"), 2, ("no model", "Did you mean mlp-a")),
    "preset": (("--preset", "postr"), 2, ("no preset", "Did you mean poster?")),
    "engine": ((*RUN, "--engine", "locl"), 2, ("no engine", "Did you mean local?")),
    "study": (("--resume", "nobody"), 2, ("no study 'nobody'", "is empty")),
    "study name": ((*RUN, "--study", "a/b"), 2, ("letters, digits", "'a/b' is not")),
    "option": ((*RUN, "--max-trial", "3"), 2, ("--max-trial", "--help")),
    "trials": ((*RUN, "--max-trials", "0"), 2, ("--max-trials", "must be 1 or more")),
    "trials in words": ((*RUN, "--max-trials", "many"), 2, ("'many' is not a whole number",)),
    "epochs": ((*RUN, "--max-epochs", "-1"), 2, ("--max-epochs",)),
    "seconds": ((*RUN, "--max-seconds", "nan"), 2, ("number of seconds above 0", "'nan' is none")),
    "seed": ((*RUN, "--seed", "-1"), 2, ("--seed", "must be 0 to")),
    "large seed": ((*RUN, "--seed", "4294967296"), 2, ("--seed", "must be 0 to")),
    "train limit": ((*RUN, "--train-limit", "1"), 2, ("at least",)),
    "nothing": (("--dataset", "10"), 2, ("nothing to run", "--preset poster", "--list")),
    "model alone": (("--dataset", "10", "--baselines", "--model", "mlp-a1"), 2, ("needs a --tuner",)),
    "twice": ((*RUN, "keras-random"), 2, ("asked for twice",)),
    "preset and model": (("--preset", "demo", "--baselines"), 2, ("leave out --baselines",)),
    "resume and seed": (("--resume", "x", "--seed", "0"), 2, ("--resume", "--seed cannot be given")),
    "resume and baselines": (("--resume", "x", "--baselines"), 2, ("--baselines cannot be given",)),
    "resume and guard": (("--resume", "x", "--no-guard"), 2, ("--no-guard cannot be given",)),
    "resume and more": (("--resume", "x", *RUN), 2, ("--dataset, --tuner cannot be given",)),
    "data root": ((*RUN, "--data-root", "{tmp}/none"), 3, ("{tmp}/none",)),
    "bad csv": (("--dataset", "{tmp}/bad", "--baselines", "knn"), 3, ("train.csv", "line 2")),
    "missing csv": (("--dataset", "{tmp}/half", "--baselines", "knn"), 3, ("dev.csv", "no such file")),
    "store is a folder": ((*RUN, "--store", "{tmp}"), 2, ("is a folder",)),
    "store is a text": ((*RUN, "--store", "{tmp}/half/train.csv"), 3, ("not a Handtune store",)),
    "store url": ((*RUN, "--store", "nonsense://me:secret@host/db"), 2, ("SQLAlchemy URL", "me:***@")),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_ends_with_its_code_and_the_way_out_in_plain_words(name, tmp_path, monkeypatch, capfd):
    """From inside: the start of thirty processes would prove no more than that of the first, below."""
    for folder, rows in (("bad", "0,0.1,0.2\n1,zero,0.3\n"), ("half", "0,0.1,0.2\n1,0.3,0.4\n" * 200)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "train.csv").write_text(rows)
    for part in ("dev", "eval"):
        (tmp_path / "bad" / f"{part}.csv").write_text("0,0.1,0.2\n1,0.3,0.4\n")
    for variable in ("HANDTUNE_STORE", "HANDTUNE_DATA"):
        monkeypatch.delenv(variable, raising=False)
    asked, code, words = MISTAKES[name]
    asked = [word.format(tmp=tmp_path) for word in asked]
    if "--store" not in asked:
        asked += ["--store", str(tmp_path / "s.sqlite")]
    returned = main(asked)
    said = capfd.readouterr()
    assert returned == code, said.err
    assert said.out == ""
    assert "secret" not in said.err
    errors = [line for line in said.err.splitlines() if not line.startswith("loading data set")]
    assert 1 <= len(errors) <= 2 and errors[0].startswith("error: ")
    for word in words:
        assert word.format(tmp=tmp_path) in said.err


def test_a_mistake_is_the_exit_code_of_the_process(command, tmp_path):
    result = command("--dataset", "10", "--tuner", "keras-randm", "--store", str(tmp_path / "s.sqlite"))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ") and "Traceback" not in result.stderr


def test_help_and_list_import_no_heavy_library(command):
    code = f"""
import sys
from tuners.cli import main
for words in (["--list"], ["--list", "--json"], ["--help"]):
    try:
        main(words)
    except SystemExit as end:
        assert not end.code
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    result = command(program=("-c", code))
    assert result.returncode == 0, result.stderr
    assert result.stderr.strip() == "[]"
    for word in ("--resume", "examples:", "exit codes:", "keras-hyperband", "mlp-a2"):
        assert word in result.stdout


def test_what_is_not_named_follows_the_kind_of_the_data(tmp_path):
    from tuners.cli_parser import parser
    from tuners.cli_spec import study_spec

    def labels(*words):
        spec = study_spec(parser().parse_args(words))
        assert spec.guard == ("--no-guard" not in words)
        return [system.label for system in spec.systems]

    points = labels("--dataset", "10", "--baselines", "--tuner", "keras-random")
    by_hand = [
        "Euclidean",
        "K-means",
        "KNN",
        "LDA",
        "MLP-M1",
        "MLP-M2",
        "Naive Bayes",
        "PCA",
        "QDA",
        "RNF",
        "SVM",
    ]
    assert points == [*by_hand, "MLP-A1 (keras-random)"]
    patches = labels("--dataset", "11", "--baselines", "--tuner", "keras-random", "--no-guard")
    assert patches == ["CNN-M", "CNN-M2", "CNN-A (keras-random)"]
    eeg = labels("--dataset", "12", "--baselines", "--tuner", "keras-grid")
    assert eeg == ["CNN-LSTM-M", "CNN-LSTM-M2", "LSTM-A (keras-grid)"]


def test_the_module_and_the_file_are_one_command(command):
    file, module = (
        command("--list", "--json", program=program) for program in (("tuners/run.py",), ("-m", "tuners.run"))
    )
    assert file.returncode == module.returncode == 0
    assert file.stdout == module.stdout
    rows = json.loads(file.stdout)
    assert {"data sets", "tuners", "models", "baselines", "engines", "presets"} == set(rows)
    assert all(set(row) == {"name", "title", "missing"} for group in rows.values() for row in group)
    names = [row["name"] for row in rows["baselines"]]
    assert {"knn", "mlp-m1", "mlp-m2", "rnf", "cnn-m", "cnn-lstm-m"} <= set(names)
    assert {row["name"] for row in rows["presets"]} == {"poster", "demo", "random-320", "thirty-one"}
    names = {row["name"] for row in rows["tuners"]}
    assert {"keras-random", "optuna-tpe", "ray-asha", "vizier-gp-bandit", "nni-tpe", "pso", "hand"} <= names


@pytest.fixture(scope="module")
def study(own_data, command, tmp_path_factory):
    """A small study with a baseline, a network by hand, an autotuner on TensorFlow and two repeats."""
    address = str(tmp_path_factory.mktemp("study") / "s.sqlite")
    result = command(
        *("--dataset", str(own_data), "--tuner", "keras-random", "--baselines", "knn", "mlp-m2"),
        *("--max-trials", "2", "--max-epochs", "2", "--repeats", "2", "--seed", "0", "--workers", "1"),
        *("--store", address, "--study", "s", "--json"),
    )
    assert result.returncode == 0, result.stderr
    return address, result


@pytest.mark.slow
def test_json_is_one_document_with_the_promised_keys(study, own_data):
    _, result = study
    document = json.loads(result.stdout)
    assert {"study", "dataset", "provenance", "systems"} <= set(document)
    assert (document["study"], document["dataset"], document["provenance"]) == ("s", str(own_data), "real")
    assert [row["system"] for row in document["systems"]] == ["KNN", "MLP-M2", "MLP-A1 (keras-random)"]
    for row in document["systems"]:
        assert set(row) >= {
            *("system", "tuner", "train_error", "dev_error", "eval_error", "trials", "failed_trials"),
            *("pruned_trials", "degenerate_trials", "epochs", "seconds", "config", "repeats"),
        }
        assert all(0 <= row[f"{part}_error"] <= 100 for part in ("train", "dev", "eval"))
        assert all(
            row[f"{part}_error"] == round(row[f"{part}_error"], 2) for part in ("train", "dev", "eval")
        )
        assert row["config"] and row["failed_trials"] == row["pruned_trials"] == 0
    knn, _, tuned = document["systems"]
    assert (knn["tuner"], knn["trials"], len(knn["repeats"])) == ("hand", 9, 1)  # repeats would only repeat
    assert (tuned["tuner"], tuned["trials"], tuned["epochs"]) == ("keras-random", 4, 8)
    assert len({repeat["seed"] for repeat in tuned["repeats"]}) == 2


@pytest.mark.slow
def test_progress_goes_to_standard_error(study):
    _, result = study
    for text in (
        "KNN: trial 9/9",
        "MLP-A1 (keras-random): trial 4/4",
        "scored",
        "streamlit run",
        "reports s",
    ):
        assert text in result.stderr
    assert "Traceback" not in result.stderr and "oneDNN" not in result.stderr


@pytest.mark.slow
def test_the_winner_is_the_trial_of_the_lowest_dev_error_and_eval_is_read_once(study):
    store = Store(study[0], readonly=True)
    for system in store.systems("s"):
        scores = {score.repeat: score for score in store.scores("s") if score.system == system.label}
        assert [search.repeat for search in system.searches] == list(scores)
        for search in system.searches:
            trials = [trial for trial in store.trials("s", system.label) if trial.repeat == search.repeat]
            best = min(trials, key=lambda t: (t.state == "degenerate", t.dev_error, t.number))
            assert search.selected == best.number
            assert dict(scores[search.repeat].config) == dict(best.config)
        scores = scores.values()
        assert all(score.weights is None or (store.folder / score.weights).is_file() for score in scores)
        assert all((store.folder / score.surface).is_file() for score in scores)


@pytest.mark.slow
def test_a_taken_name_is_refused_and_without_json_a_table_is_printed(study, own_data, command):
    address, _ = study
    words = ("--dataset", str(own_data), "--baselines", "knn", "--store", address, "--study", "s")
    again = command(*words)
    assert again.returncode == 2 and again.stdout == ""
    assert "continue it with --resume s" in again.stderr
    shown = command("--resume", "s", "--store", address)
    assert shown.returncode == 0
    for text in ("KNN", "MLP-A1 (keras-random)", "train", "eval", "*"):
        assert text in shown.stdout
    with pytest.raises(json.JSONDecodeError):
        json.loads(shown.stdout)


@pytest.mark.slow
def test_where_every_trial_fails_the_code_says_so(command, tmp_path):
    folder = tmp_path / "huge"
    folder.mkdir()
    for part in ("train", "dev", "eval"):
        # More than a forest's single precision holds.
        rows = "".join(f"{i % 2},{i % 7}e300,{i % 5}e300\n" for i in range(40))
        (folder / f"{part}.csv").write_text(rows)
    result = command(
        *("--dataset", str(folder), "--baselines", "rnf", "knn", "--workers", "1"),
        *("--store", str(tmp_path / "s.sqlite"), "--study", "s", "--json"),
    )
    assert "Traceback" not in result.stderr
    assert result.returncode == 4, result.stderr
    rows = json.loads(result.stdout)["systems"]
    assert rows[0]["failed_trials"] == rows[0]["trials"] == 6
    assert rows[0]["dev_error"] is None
    assert "error: every trial of RNF failed" in result.stderr
