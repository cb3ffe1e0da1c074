"""Take part in a contest: one page that leads from the join code to the closing words.

Where somebody stands is in the store, so a reload, another tab or another device goes on at the same step.
"""

import time

import streamlit as st

from dashboard import deep_links, messages
from dashboard.contest import about_you, desk, identity, joining, practice, tuning, waiting
from tuners.contest import clock
from tuners.contest.record import Contest, ContestState, Person, Source

TITLE = "Take part"
ICON = ":material/groups:"
SECTION = "Contest"
POSITION = 60


def arrive() -> None:
    """Somebody whom this browser does not know."""
    joining.say_whose()
    contest = joining.choose_contest()
    if contest is None:
        joining.come_back()
        return
    joining.consent(contest)
    practice.offer(contest)
    joining.come_back()


def other_contest(person: Person, mine: Contest) -> bool:
    """Whether an address leads this participant to another contest, which they are asked about."""
    code = deep_links.followed(joining.CODE)
    other = desk.book().by_code(code) if code else None
    if other is None or other.id == mine.id:
        deep_links.forget(joining.CODE)
        return False
    st.warning(
        f"This browser takes part in **{messages.escaped(mine.title)}** as {messages.escaped(person.alias)}, and the link "
        f"leads to **{messages.escaped(other.title)}**. To join that one, keep your personal code: it is the only way back.",
        icon=":material/alt_route:",
    )
    with st.container(horizontal=True):
        st.button(f"Stay in {messages.escaped(mine.title)}", on_click=deep_links.forget, args=(joining.CODE,))
        st.button(f"Join {messages.escaped(other.title)}", on_click=identity.forget, args=(identity.PERSON,))
    return True


def take_part(person: Person, contest: Contest) -> None:
    code = st.session_state.get(joining.SHOWN)
    over = contest.state in (ContestState.ENDED, ContestState.SCORED)
    if code is not None:
        joining.personal_code(person, code)
    elif over or person.finished is not None:
        waiting.closing(contest, person)
    elif person.background is None:
        about_you.show(person)
        joining.another_code()
    elif contest.state == ContestState.LOBBY:
        waiting.lobby(contest, person)
        joining.another_code()
    elif clock.left(contest, person, time.time()) == 0:
        waiting.closing(contest, person)
    elif person.started is None:
        waiting.first_look(contest, person)
    else:
        tuning.show(contest, person)


st.title(TITLE, anchor=False)
joining.say()
person = desk.person()
contest = desk.contest(person.contest) if person is not None else None
practised = practice.wanted()
if person is not None and contest is not None:
    if person.source == Source.SIMULATED:
        st.warning("This is a simulated participant.", icon=":material/smart_toy:")
    if not other_contest(person, contest):
        if practised is not None and practised.id == contest.id and contest.state == ContestState.LOBBY:
            practice.show(practised)
            waiting.look(contest, waiting.LOBBY)
        else:
            take_part(person, contest)
elif practised is not None:
    practice.show(practised)
else:
    arrive()
