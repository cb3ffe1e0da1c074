"""Pages are found by a folder scan, and their addresses are what the command line prints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from study_records import TUNED, add_study

from dashboard.navigation import declaration, declarations
from tuners.store import Store

Open = Callable[..., AppTest]

GOOD = 'TITLE = "Extra"\nICON = ":material/add:"\nSECTION = "More"\nPOSITION = 9\n'


MENU = {
    "Watch": ["overview", "live"],
    "Analyse": [
        *("errors", "comparison", "bayes", "surfaces", "replay", "insight", "trials", "people"),
        *("eeg", "patches"),
    ],
    "Do": ["start", "draw", "lesson"],
    "Contest": ["join", "leaderboard", "your_data", "contest"],
    "Reports": ["report"],
}


def test_menu_in_its_order(repo_root: Path) -> None:
    pages = declarations(repo_root / "dashboard" / "views")
    found = [(page.section, page.url_path) for page in pages]
    there = {page.url_path for page in pages}
    assert found == [(section, name) for section, names in MENU.items() for name in names if name in there]
    assert [page.title for page in pages[:2]] == ["Home", "Live race"]


def test_adding_a_page_is_adding_a_file(tmp_path: Path) -> None:
    (tmp_path / "extra.py").write_text(GOOD + "raise RuntimeError('a page is not run to be listed')\n")
    (tmp_path / "_helper.py").write_text("")
    (page,) = declarations(tmp_path)
    assert (page.title, page.icon, page.section, page.position) == ("Extra", ":material/add:", "More", 9)


@pytest.mark.parametrize("broken", ["POSITION = 9\n", "TITLE = 3\n" + GOOD.split("\n", 1)[1]])
def test_page_without_its_declaration_is_named(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "extra.py"
    file.write_text(broken)
    with pytest.raises(TypeError, match=r"extra\.py must say TITLE"):
        declaration(file)


def test_no_folder_that_streamlit_takes_for_its_own(repo_root: Path) -> None:
    """A folder `pages` beside the entry makes a fresh server run deep links without the entry file."""
    assert not (repo_root / "dashboard" / "pages").exists()


def test_values_of_the_address_are_taken_over(finished: Store, open_page: Open) -> None:
    app = open_page(
        "surfaces", study="demo", systems=["RNF", TUNED[1]], split="train", mode="class", columns="1"
    )
    assert app.multiselect(key="systems").value == ["RNF", TUNED[1]]
    assert app.segmented_control(key="split").value == "train"
    assert app.segmented_control(key="mode").value == "class"
    assert app.segmented_control(key="columns").value == "1"


def test_changes_are_written_into_the_address(finished: Store, open_page: Open) -> None:
    app = open_page("live", study="demo")
    assert _in_address(app, "against") == "trials"
    app.segmented_control(key="against").select("seconds").run()
    assert _in_address(app, "against") == "seconds"
    assert _in_address(app, "study") == "demo"


def test_values_that_do_not_exist_fall_back(finished: Store, open_page: Open) -> None:
    app = open_page("surfaces", study="demo", systems=["Nobody"], split="test", mode="3d")
    assert app.segmented_control(key="split").value == "eval"
    assert app.segmented_control(key="mode").value == "probability"
    assert len(app.multiselect(key="systems").value) == 2
    assert not app.exception


def test_study_is_kept_from_page_to_page(finished: Store, open_page: Open) -> None:
    add_study(finished, "older", created="2024-01-01T00:00:00Z")
    app = open_page("errors")
    assert app.selectbox(key="study").value == "demo"
    app.selectbox(key="study").select("older").run()
    for key in list(app.query_params):  # as the browser does when the menu is used
        del app.query_params[key]
    app.switch_page("views/surfaces.py").run()
    assert app.selectbox(key="study").value == "older"


def test_emptied_choice_of_systems_is_respected(finished: Store, open_page: Open) -> None:
    app = open_page("surfaces", study="demo")
    app.multiselect(key="systems").set_value([]).run()
    assert app.multiselect(key="systems").value == []
    assert "Choose at least one system" in app.info[0].value


def _in_address(app: AppTest, key: str) -> str:
    value = app.query_params[key]
    return value[0] if isinstance(value, list) else value
