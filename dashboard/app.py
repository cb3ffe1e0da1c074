"""The dashboard's entry: `streamlit run dashboard/app.py`. Finds the pages and runs the chosen one."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

# Streamlit puts the folder of this file on the path, not the project that it belongs to.
ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from dashboard import projector  # noqa: E402
from dashboard.contest import identity  # noqa: E402
from dashboard.messages import plain_words  # noqa: E402
from dashboard.navigation import declarations, navigation  # noqa: E402

VIEWS = ROOT / "dashboard" / "views"

# Before the menu, and an emoji: for every other icon the browser would ask a server on the internet.
st.set_page_config(page_title="Handtune", page_icon="🎛️", layout="wide")
projector.settle()
page = navigation(VIEWS, "hidden" if projector.on() else "sidebar")
st.set_page_config(page_title=f"{page.title} · Handtune")
st.html(ROOT / "dashboard" / "look.css")
projector.show(declarations(VIEWS), page)
identity.deliver()
with plain_words():
    page.run()
