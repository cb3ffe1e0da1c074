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
    SEARCH: (SearcherPlugin, {"hand", "keras-random", "keras-bayesian", "keras-hyperband", "keras-grid"}),
    HYPERMODELS: (Tunable, {"mlp-a1", "mlp-a2"}),
    MODELS: (Baseline, {"knn", "rnf", "mlp-m1", "mlp-m2"}),
    ENGINES: (EnginePlugin, {"local"}),
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
for folder, base in ((SEARCH, SearcherPlugin), (HYPERMODELS, Tunable), (MODELS, Baseline), (ENGINES, EnginePlugin)):
    for plugin in scan(folder, base).values():
        plugin.missing()
        space = getattr(plugin, "space", None)
        if space is not None:
            space.describe()
            plugin.architecture(space.defaults(), (2,), 2)
        if base is Baseline:
            [plugin.architecture(config, (2,), 2) for config in plugin.configurations()]
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
    assert len({baseline.architecture(config, (2,), 2) for config in configs}) == len(configs)
    assert baseline.epochs() >= 1
    assert baseline.system and "points2d" in baseline.kinds


@pytest.mark.parametrize("name", scan(HYPERMODELS, Tunable))
def test_a_model_says_its_architecture_in_one_line(name):
    model = scan(HYPERMODELS, Tunable)[name]
    line = model.architecture(model.space.defaults(), (2,), 3)
    assert line == "2-64-64-3, relu"
    assert model.system and "points2d" in model.kinds
