"""The dashboard's entry: `streamlit run dashboard/app.py`. Finds the pages and runs the chosen one."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

# Streamlit puts the folder of this file on the path, not the project that it belongs to.
ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from dashboard import keyboard, projector  # noqa: E402
from dashboard.contest import doors, identity, login  # noqa: E402
from dashboard.messages import plain_words  # noqa: E402
from dashboard.navigation import declarations, navigation  # noqa: E402

VIEWS = ROOT / "dashboard" / "views"

# Before the menu, and an emoji: for every other icon the browser would ask a server on the internet.
st.set_page_config(page_title="Handtune", page_icon="🎛️", layout="wide")
projector.settle()
pages = declarations(VIEWS)
allowed = doors.open_to_viewer(pages)
page, declared = navigation(pages, allowed, "hidden" if projector.on() else "sidebar")
doors.enter(declared)
st.set_page_config(page_title=f"{page.title} · Handtune")
st.html(ROOT / "dashboard" / "look.css")
projector.show(allowed, page)
keyboard.help_out()
identity.deliver()
with plain_words():
    if declared in allowed:
        page.run()
    else:
        login.show(f"{page.title} is for the instructor")
