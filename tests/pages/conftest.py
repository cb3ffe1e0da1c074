"""Stores for the tests of the pages."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.manifest_scanner import scan_component_manifests
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode leaves a test's own folder off the path

from corpus_records import write_prepared
from study_records import add_study

from datasets.types import Dataset
from tuners.store import Store

ROOT = Path(__file__).resolve().parents[2]
Open = Callable[..., AppTest]


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the dashboard looks for its store, for prepared sets and for drawings; nothing is there yet."""
    path = str(tmp_path / "runs" / "handtune.sqlite")
    monkeypatch.setenv("HANDTUNE_STORE", path)
    monkeypatch.setenv("HANDTUNE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HANDTUNE_DRAWINGS", str(tmp_path / "drawings"))
    st.cache_data.clear()
    st.cache_resource.clear()
    return path


@pytest.fixture
def store(address: str) -> Store:
    """A store to write to."""
    return Store(address)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with one finished study called demo; read only."""
    store = Store(str(tmp_path_factory.mktemp("demo") / "runs" / "handtune.sqlite"))
    add_study(store, "demo")
    store.close()
    return store.folder


@pytest.fixture
def finished(demo: Path, address: str) -> Store:
    """A store with one finished study called demo, to write to: a copy, as writing it takes longer than most pages."""
    shutil.copytree(demo, Path(address).parent)
    store = Store(address)
    data = store.study("demo").data
    folder = store.folder / Path(data.folder).relative_to(demo)
    store.update_study("demo", data=asdict(replace(data, folder=str(folder))))
    return store


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Dataset]:
    """A small prepared set of each kind that has a page; read only."""
    root = tmp_path_factory.mktemp("prepared")
    return {kind: write_prepared(kind, root / kind, root / "cache") for kind in ("eeg", "patches")}


@pytest.fixture
def cached(prepared: dict[str, Dataset], address: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Dataset]:
    """The same, where the dashboard looks for prepared sets."""
    monkeypatch.setenv("HANDTUNE_CACHE", str(Path(str(prepared["eeg"].folder)).parent))
    return prepared


@pytest.fixture(scope="session", autouse=True)
def installed_components() -> Iterator[None]:
    """A server looks once for installed components; AppTest would at every page, which costs more than the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def no_sessions_of_keras() -> Iterator[None]:
    """Where another test has imported Keras, Streamlit would end its session after each run of a page, none of which
    has one: half a second each, as all objects of TensorFlow or PyTorch are looked through for garbage."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(script_runner, "_clean_problem_modules", lambda: None)
        yield


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """Streamlit's AppTest makes the page the main module and leaves it so; processes started later would import it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True)
def browser(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The cookies of a browser on this machine: none. AppTest has mocks in their place, which look like cookies."""
    cookies: dict[str, str] = {}
    for name, value in (("cookies", cookies), ("headers", {}), ("ip_address", None)):
        monkeypatch.setattr(type(st.context), name, value)
    return cookies


@pytest.fixture
def open_page(address: str) -> Open:
    """Opens a page as an address would: `open_page("errors", study="demo")`."""

    def open_page(name: str, /, **parameters: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=240)
        for key, value in parameters.items():
            app.query_params[key] = value
        return app.switch_page(f"views/{name}.py").run()

    return open_page


@pytest.fixture
def words() -> Callable[[AppTest], str]:
    """All text that a page shows, in one string."""
    return _words


def _words(app: AppTest) -> str:
    kinds = (
        "title",
        "header",
        "subheader",
        "markdown",
        "caption",
        "info",
        "warning",
        "error",
        "success",
        "code",
    )
    texts = [str(element.value) for kind in kinds for element in app.get(kind)]
    texts += [str(element.proto.body) for element in app.get("html")]
    texts += [str(metric.value) for metric in app.metric]
    return "\n".join(texts)
