"""What a contest records of people, why, who sees it, and how to take it back."""

import streamlit as st

from dashboard import messages
from dashboard.contest import desk, identity, joining, waiting
from tuners.contest.anonymity import K
from tuners.contest.record import Contest, Person, Source

TITLE = "Your data"
ICON = ":material/shield:"
SECTION = "Contest"
POSITION = 62

#: In the session: a code that was just made anew; whose this browser was when somebody was deleted.
NEW, GONE = "data-new-code", "data-gone"

RECORDED = """
| What | Why | Who sees it |
| :--- | :--- | :--- |
| Your agreement: version of the text, time, whether results may be passed on | it must be provable | the instructor |
| A drawn name, such as “Nimble Otter” | so that results have a name and you have none | everybody in the contest |
| Months of experience, education, self-rating | how experience and results hang together | the instructor; others in groups only |
| Settings, reasons and comments of every try | how people tune, and why | the instructor |
| What you have filled in and not submitted yet | so that a reload or another device goes on with it; deleted with the try that it becomes, and with your part | you |
| Losses, dev accuracy, times of every try | how people and autotuners compare | the instructor; your best one is on the leaderboard |
| Your final settings and their score | the result of the contest | everybody in the contest |
"""

NOT_RECORDED = (
    "**Not recorded:** name, e-mail, age, gender, the address of your device, or which browser you have. Of the token in "
    "your browser and of your personal code the store keeps a hash, from which neither can be worked out. Practice belongs "
    "to nobody and is deleted within minutes."
)


def show_mine(person: Person, contest: Contest) -> None:
    """Whose this browser is, and a new code for somebody who lost theirs."""
    simulated = " (a simulated participant)" if person.source == Source.SIMULATED else ""
    st.markdown(
        f"In **{messages.escaped(contest.title)}** you are **{messages.escaped(person.alias)}**{simulated}. You agreed to "
        f"version {messages.escaped(person.consent_version)} of the text; your results "
        f"{'may' if person.reuse else 'may not'} be passed on. You can withdraw {waiting.until(contest)}."
    )
    code = st.session_state.get(NEW)
    if code is not None:
        joining.show_code(person, code)
        st.button("I have kept it", on_click=st.session_state.pop, args=(NEW, None), key="data-kept")
        return
    with st.popover("I lost my personal code …", icon=":material/key:"):
        st.markdown("You get another one, shown once. The one before it ends.")
        st.button("Give me another code", on_click=renew, key="data-renew")


def renew() -> None:
    """For whom this browser is now: a click comes before the page looks, and somebody may have come back elsewhere."""
    person = desk.person()
    if person is None:
        return
    made: list[str] = []
    st.session_state[joining.SAID] = desk.attempt(
        lambda book: made.append(book.new_code(person.contest, person.id))
    )
    if made:
        st.session_state[NEW] = made[0]


def withdraw(mine: Person | None) -> None:
    """The form that deletes, with a tick so that no slip of the hand does."""
    st.header("Withdraw", anchor=False)
    st.markdown(
        "Everything that is stored of you is deleted at once and for good: tries, curves, reasons, comments, scores. It works "
        "until the date that the text of the contest names; after that the results are fixed."
    )
    # Here, as on a phone the top is out of sight; and kept, as the page runs again once the browser has forgotten them.
    if GONE in st.session_state and st.session_state[GONE] == (mine and mine.id):
        st.success("Everything of this participant is deleted.", icon=":material/check:")
    with st.form("data-withdraw", border=False, clear_on_submit=True):
        code = st.text_input(
            "Personal code", placeholder="five groups of four", autocomplete="off", width=420
        )
        sure = st.checkbox("Delete everything of me. It cannot be brought back.")
        sent = st.form_submit_button("Withdraw", icon=":material/delete_forever:")
    if not sent:
        return
    st.session_state.pop(GONE, None)
    if not code.strip() or not sure:
        st.error(
            "Give your personal code, and tick that everything is to be deleted.", icon=":material/error:"
        )
        return
    trouble = desk.attempt(lambda book: book.withdraw(code))
    if trouble:
        st.error(messages.escaped(trouble[:1].upper() + trouble[1:]), icon=":material/error:")
        return
    if mine is not None and desk.person() is None:  # it was the code of whom this browser is
        identity.forget(identity.PERSON)
    for key in (NEW, joining.SHOWN):
        st.session_state.pop(key, None)
    left = desk.person()  # where the code was somebody else's
    st.session_state[GONE] = left and left.id
    st.rerun()


st.title(TITLE, anchor=False)
joining.say()
person = desk.person()
contest = desk.contest(person.contest) if person is not None else None
if person is not None and contest is not None:
    show_mine(person, contest)
else:
    st.markdown(
        "In a contest, people tune networks by hand beside autotuners. This is what it stores of them."
    )
st.header("What is recorded", anchor=False)
st.markdown(RECORDED)
st.markdown(NOT_RECORDED)
st.header("What an export contains", anchor=False)
st.markdown(
    "An instructor can export a contest for research. In it are only people who agreed to that, with fresh identities, times "
    f"relative to the start, and experience in bands; what fewer than {K} people share is left out. Comments in your own "
    "words are left out unless the instructor asks for them. Simulated participants are labelled everywhere and never "
    "exported."
)
withdraw(person)
if person is None:
    st.header("Come back on another device", anchor=False)
    st.caption("With the personal code this browser goes on where you were; the other one is logged out.")
    joining.come_back()
    if not desk.contests():
        st.caption("There is no contest here yet, so nothing is stored of anybody.")
