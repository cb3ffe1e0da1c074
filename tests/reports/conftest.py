"""A small store with fixed records."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode leaves a test's own folder off the path

from report_records import build_store

from tuners.store import Store


@pytest.fixture(scope="session")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_store(tmp_path_factory.mktemp("store"))


@pytest.fixture
def store(store_path: Path) -> Iterator[Store]:
    opened = Store(str(store_path), readonly=True)
    yield opened
    opened.close()
