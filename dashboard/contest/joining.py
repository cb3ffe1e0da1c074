"""The way into a contest: its code, the consent, the personal code."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import deep_links, messages
from dashboard.contest import desk, doors, identity
from tuners.contest.book import Joined
from tuners.contest.book_people import JOINABLE
from tuners.contest.record import Consent, Contest, Person

#: In the address: the code of a contest, as links and QR codes have it.
CODE = "code"

#: In the session: the personal code until somebody says that they kept it; what went wrong.
SHOWN, SAID = "part-personal-code", "part-said"

#: Days for which a browser knows whose it is.
DAYS = 60

STEPS = ("Join", "Consent", "Your code", "About you", "Tuning")


def steps(now: int) -> None:
    """The way in one line. now: counted from 0."""
    marks = ["class='done'"] * now + ["class='now' aria-current='step'"] + [""] * (len(STEPS) - now - 1)
    items = "".join(
        f"<li {mark}><b>{place}</b> <span>{escape(name)}</span></li>"
        for place, (mark, name) in enumerate(zip(marks, STEPS, strict=True), 1)
    )
    st.html(f"<ol class='way' aria-label='Steps'>{items}</ol>")


def say() -> None:
    """What went wrong with the last click, once."""
    trouble = st.session_state.pop(SAID, "")
    if trouble:
        st.error(messages.escaped(trouble[:1].upper() + trouble[1:]), icon=":material/error:")


def say_whose() -> None:
    """To a browser whose token is nobody's any more: joining again would make another participant of the same person."""
    if identity.read(identity.PERSON) is not None:
        st.warning(
            "This browser took part and does not any more: its personal code was used on another device since, or its data "
            "were deleted. To go on where you were, come back with your personal code; whoever joins anew begins anew.",
            icon=":material/key:",
        )


def choose_contest() -> Contest | None:
    """Step 1: the contest of a code; None, with the reason on the page, where there is none to join yet."""
    contests = desk.contests()
    if not contests:
        no_contest()
        return None
    st.markdown("Tune a neural network by hand, and see how you do beside others and beside autotuners.")
    typed = deep_links.text(
        "Join code",
        key=CODE,
        placeholder="for example KXQWP",
        help="Five letters, from the instructor or on the screen in front; capitals or not",
        width=260,
    )
    if not typed.strip():
        st.button(
            "Go on", icon=":material/arrow_forward:", key="part-code-typed"
        )  # typing ends with the click
        return None
    contest = desk.book().by_code(typed)
    if contest is None:
        st.error(
            f"No contest has the join code **{messages.escaped(typed.strip())}**. It has five letters: compare it with what "
            "the instructor shows, letter by letter.",
            icon=":material/error:",
        )
    elif contest.state not in JOINABLE:
        st.warning(
            f"**{messages.escaped(contest.title)}** has ended, and nobody can join any more.",
            icon=":material/flag:",
        )
        leaderboard(contest)
        return None
    return contest


def no_contest() -> None:
    """What to do where nobody ever created a contest."""
    if doors.shut():
        st.info(
            "There is no contest yet. Its instructor creates one; come back then.", icon=":material/inbox:"
        )
        return
    st.info(f"There is no contest in the store `{messages.address()}` yet.", icon=":material/inbox:")
    st.markdown("An instructor creates one on the page **Contest**, or in a terminal:")
    st.code(f"python -m tuners.contest create --help{messages.store_option()}", language="bash")
    st.caption("It has a join code then, and that code opens this page.")


def leaderboard(contest: Contest) -> None:
    st.page_link(
        "views/leaderboard.py",
        label="Leaderboard",
        icon=":material/social_leaderboard:",
        query_params={"contest": contest.id},
    )


def consent(contest: Contest) -> None:
    """Step 2: the text, and what somebody agrees to."""
    steps(1)
    said = contest.consent
    st.header(messages.escaped(contest.title), anchor=False)
    st.markdown(paragraphs(said.text))
    st.caption(" · ".join(facts(said)))
    st.page_link("views/your_data.py", label="What is recorded, and who sees it", icon=":material/shield:")
    agreed = st.checkbox(
        "I have read this, I am 18 or older (or have the permission that the institution asks for), and I take part of "
        "my own free will.",
        key="part-agreed",
    )
    reuse = st.checkbox(
        "My results may be passed on for research, without anything that names me. (You may leave this out.)",
        key="part-reuse",
    )
    st.button(
        "I agree: take part",
        type="primary",
        icon=":material/check:",
        disabled=not agreed,
        on_click=_join,
        args=(contest, reuse),
        key="part-join",
    )


def facts(said: Consent) -> list[str]:
    """Version, institution, contact and the time to withdraw, as markdown."""
    found = [f"Version {messages.escaped(said.version)} of this text"]
    if said.institution:
        found.append(messages.escaped(said.institution))
    if said.contact:
        found.append(f"Contact: {messages.escaped(said.contact)}")
    return [*found, f"You can withdraw until {said.freeze_days:g} days after the end"]


def paragraphs(text: str) -> str:
    """Plain text as markdown that shows just this text, with its paragraphs and its lists. What a paragraph is about, if
    it begins with a few words and a colon, is bold."""
    return "\n".join(_line(line.strip()) for line in text.strip().splitlines())


def _line(line: str) -> str:
    item = "- " if line.startswith(("- ", "* ")) else ""
    head, colon, rest = line[len(item) :].partition(": ")
    if not colon or len(head) > 30:
        return item + messages.escaped(line[len(item) :])
    return f"{item}**{messages.escaped(head)}:** {messages.escaped(rest)}"


def _join(contest: Contest, reuse: bool) -> None:
    if desk.person() is not None:  # the second of two quick clicks; the first one's participant would be lost
        return
    joined: list[Joined] = []
    st.session_state[SAID] = desk.attempt(
        lambda book: joined.append(
            book.join(contest.id, consent_version=contest.consent.version, reuse=reuse)
        )
    )
    if joined:
        enter(joined[0].token)
        st.session_state[SHOWN] = joined[0].code


def enter(token: str) -> None:
    """This browser is now that participant's."""
    identity.remember(identity.PERSON, token, 86_400 * DAYS)
    deep_links.forget(CODE)


def come_back() -> None:
    """The way back for somebody whom this browser does not know."""
    if not desk.contests():
        return
    with st.expander("I have joined already, on another device", icon=":material/key:"):
        with st.form("part-back", border=False):
            code = st.text_input(
                "Personal code", placeholder="five groups of four", autocomplete="off", width=420
            )
            sent = st.form_submit_button("Come back")
        if sent and code.strip():
            found: list[str] = []
            trouble = desk.attempt(lambda book: found.append(book.come_back(code)[1]))
            if trouble:
                st.error(messages.escaped(trouble[:1].upper() + trouble[1:]), icon=":material/error:")
            else:
                enter(found[0])
                st.rerun()


def personal_code(person: Person, code: str) -> None:
    """Step 3: what brings somebody back, shown once."""
    steps(2)
    st.header("Keep your personal code", anchor=False)
    show_code(person, code)
    kept = st.checkbox("I have kept it.", key="part-kept")
    st.button(
        "Go on",
        type="primary",
        icon=":material/arrow_forward:",
        disabled=not kept,
        on_click=_kept,
        key="part-go-on",
    )


def show_code(person: Person, code: str) -> None:
    """The code itself, to copy and to save."""
    st.markdown(
        f"In this contest you are **{messages.escaped(person.alias)}**. This code is shown **once**. With it you come back "
        "on another device, and with it you delete everything that is stored of you."
    )
    with st.container(key="part-code"):
        st.code(code, language=None)
    st.download_button(
        "Save it as a file",
        f"{person.alias}\n{code}\n",
        "personal-code.txt",
        "text/plain",
        icon=":material/download:",
        on_click="ignore",
        key="part-code-file",
    )


def another_code() -> None:
    """The way out for somebody whose page was loaded anew before they had kept the code, as it is shown once."""
    st.page_link("views/your_data.py", label="I have not kept my personal code", icon=":material/key:")


def _kept() -> None:
    st.session_state.pop(SHOWN, None)
