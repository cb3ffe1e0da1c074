"""What exists here and what is missing: the answer to `--list`. Imports no heavy library."""

from __future__ import annotations

import json
from typing import Any

from datasets.drawings import saved
from datasets.plugins import Plugin, scan
from datasets.source import CATALOG, Source
from manual import MODELS, Baseline
from tuners.engine import ENGINES, EnginePlugin
from tuners.presets import PRESETS
from tuners.searcher import SEARCH, SearcherPlugin
from tuners.tunable import HYPERMODELS, Tunable


def listing() -> dict[str, list[dict[str, Any]]]:
    """Rows (name, title, missing) per kind of plug-in, drawings among the data sets; missing is None where it is ready."""
    kinds: dict[str, dict[str, Any]] = {
        "data sets": dict(scan(CATALOG, Source)),
        "tuners": dict(scan(SEARCH, SearcherPlugin)),
        "models": dict(scan(HYPERMODELS, Tunable)),
        "baselines": dict(scan(MODELS, Baseline)),
        "engines": dict(scan(ENGINES, EnginePlugin)),
    }
    rows = {kind: [_row(plugin) for plugin in plugins.values()] for kind, plugins in kinds.items()}
    rows["data sets"] += [{"name": one.name, "title": one.title, "missing": one.problem} for one in saved()]
    rows["presets"] = [{"name": p.name, "title": p.title, "missing": None} for p in PRESETS.values()]
    return rows


def print_listing(as_json: bool) -> None:
    """Prints the listing, as a document or as text with what is missing and how to get it."""
    rows = listing()
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    width = max(len(row["name"]) for group in rows.values() for row in group)
    for kind, group in rows.items():
        print(kind)
        for row in group:
            print(f"  {row['name']:<{width}}  {row['title']}")
            if row["missing"]:
                print(f"  {'':<{width}}  not available here, {row['missing']}")


def _row(plugin: Plugin) -> dict[str, Any]:
    return {"name": plugin.name, "title": plugin.title, "missing": plugin.missing()}
