"""What every tuner, model, baseline and engine must do that a folder scan finds, before it is started."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from datasets.errors import MissingLibraryError
from datasets.plugins import all_plugins_required, find, scan
from manual import MODELS, Baseline
from tuners.engine import ENGINES, EnginePlugin
from tuners.searcher import SEARCH, SearcherPlugin
from tuners.tunable import HYPERMODELS, Tunable

KINDS = {
    SEARCH: (
        SearcherPlugin,
        {"hand", "keras-random", "keras-bayesian", "keras-hyperband", "keras-grid"}
        | {"optuna-tpe", "optuna-gp", "optuna-cmaes", "optuna-grid", "optuna-hyperband", "optuna-median"}
        | {"ray-asha", "ray-pbt", "vizier-gp-bandit", "nni-tpe", "nni-anneal", "bohb"}
        | {"pso", "evolution", "smac"},
    ),
    HYPERMODELS: (
        Tunable,
        {
            "mlp-a1",
            "mlp-a2",
            "cnn-a",
            "cnn-a2",
            "lstm-a",
            "cnn-lstm-a",
            "lenet5",
            "lenet5-grid",
            "digits-cnn",
            "by-hand-digits",
            "by-hand-mlp",
            "by-hand-lenet5",
            "by-hand-squeezenet",
        },
    ),
    MODELS: (
        Baseline,
        {
            "knn",
            "rnf",
            "mlp-m1",
            "mlp-m2",
            "cnn-m",
            "cnn-m2",
            "cnn-lstm-m",
            "cnn-lstm-m2",
            "lenet5-m",
            "squeezenet-m",
        }
        | {"euclidean", "lda", "qda", "naive-bayes", "svm", "kmeans", "pca"},
    ),
    ENGINES: (EnginePlugin, {"local", "ray"}),
}
#: What networks see of a sample, by kind.
SHAPES = {
    "points2d": (2,),
    "eeg": (100, 20, 15),
    "patches": (128, 128, 3),
    "images": (32, 32, 3),
    "small-images": (8, 8, 1),
    "large-images": (160, 160, 3),
}
PLUGINS = [(folder, plugin) for folder, (base, _) in KINDS.items() for plugin in scan(folder, base).values()]
every = pytest.mark.parametrize(("folder", "plugin"), PLUGINS, ids=[plugin.name for _, plugin in PLUGINS])

HEAVY = ("torch", "tensorflow", "keras", "keras_tuner", "sklearn", "ray", "optuna")


@pytest.mark.parametrize("folder", KINDS)
def test_the_folders_hold_what_the_project_promises(folder):
    base, names = KINDS[folder]
    assert names <= set(scan(folder, base))


@every
def test_a_plugin_says_what_it_is(folder, plugin):
    assert plugin.name == plugin.name.lower().strip() and " " not in plugin.name
    assert plugin.title and "\n" not in plugin.title
    assert plugin.install


@every
def test_a_plugin_is_here_or_says_what_it_needs(folder, plugin):
    reason = plugin.missing()
    if reason and all_plugins_required():
        pytest.fail(f"{plugin.name} {reason}")
    if reason:
        pytest.skip(f"{plugin.name} {reason}")
    assert find(folder, KINDS[folder][0], plugin.name, "plug-in") is plugin


@every
def test_a_plugin_without_its_library_is_listed_with_the_way_to_get_it(folder, plugin, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    if not plugin.requires:
        assert plugin.missing() is None
        return
    reason = plugin.missing()
    assert all(module in reason for module in plugin.requires)
    assert plugin.install in reason
    with pytest.raises(MissingLibraryError, match=f"tool {plugin.name} cannot run here: it needs") as caught:
        find(folder, KINDS[folder][0], plugin.name, "tool")
    assert caught.value.exit_code == 2


def test_listing_what_exists_imports_no_heavy_library(repo_root):
    code = f"""
import sys
from datasets.plugins import scan
from manual import MODELS, Baseline
from tuners.engine import ENGINES, EnginePlugin
from tuners.searcher import SEARCH, SearcherPlugin
from tuners.tunable import HYPERMODELS, Tunable
shapes = {SHAPES!r}
for folder, base in ((SEARCH, SearcherPlugin), (HYPERMODELS, Tunable), (MODELS, Baseline), (ENGINES, EnginePlugin)):
    for plugin in scan(folder, base).values():
        plugin.missing()
        space = getattr(plugin, "space", None)
        if space is not None:
            space.describe()
            space.rules()
            plugin.architecture(space.defaults(), shapes[min(plugin.kinds)], 2)
        if base is Baseline:
            shape = shapes[min(plugin.kinds)]
            [plugin.architecture(config, shape, 2) for config in plugin.configurations()]
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repo_root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", scan(MODELS, Baseline))
def test_a_baseline_has_configurations_and_one_line_for_each(name):
    baseline = scan(MODELS, Baseline)[name]
    configs = baseline.configurations()
    assert configs and len({repr(config) for config in configs}) == len(configs)
    assert baseline.kinds and baseline.kinds <= set(SHAPES)
    for kind in baseline.kinds:
        lines = [baseline.architecture(config, SHAPES[kind], 2) for config in configs]
        assert all(line and "\n" not in line for line in lines)
    assert baseline.epochs() >= 1
    assert baseline.system


LINES = {
    ("mlp-a1", "points2d"): "2-64-64-3, relu",
    ("mlp-a2", "points2d"): "2-64-64-3, relu",
    ("cnn-a", "patches"): "128x128x3, 8@3x3 pool 3, 8@3x3 pool 3, 32-3, relu, dropout 0.25",
    (
        "cnn-a2",
        "patches",
    ): "128x128x3, 16@5x5 pool 2, 32@5x5 pool 2, 64@5x5 pool 2, 128-3, relu, dropout 0.25",
    ("lstm-a", "eeg"): "100 frames of 300, LSTM 64, 3, dropout 0.20",
    ("cnn-lstm-a", "eeg"): "100 frames of 20x15, 16@3x3 pool 2, 32@3x3 pool 2, LSTM 64-64, 3, relu",
}


@pytest.mark.parametrize("name", scan(HYPERMODELS, Tunable))
def test_a_model_says_its_architecture_in_one_line(name):
    model = scan(HYPERMODELS, Tunable)[name]
    assert model.system and model.kinds and model.kinds <= set(SHAPES)
    for kind in model.kinds:
        line = model.architecture(model.space.defaults(), SHAPES[kind], 3)
        assert line and "\n" not in line
        assert line == LINES.get((name, kind), line)
        rules = (model.space_for(SHAPES[kind]).rules(), model.space.rules())
        assert len({tuple(rule["constraint"] for rule in own) for own in rules}) == 1
