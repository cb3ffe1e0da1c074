"""What somebody says of themselves before they see the task."""

from __future__ import annotations

import streamlit as st

from dashboard import messages
from dashboard.contest import desk, joining
from tuners.contest.record import Background, Education, Person

EDUCATION = {
    Education.HIGH_SCHOOL: "High school",
    Education.BACHELOR: "Bachelor's degree",
    Education.MASTER_ENROLLED: "Studying for a master's degree",
    Education.MASTER: "Master's degree",
    Education.DOCTORATE: "Doctorate",
    Education.UNSAID: "I prefer not to say",
}

RATINGS = {
    1: "1 · I have never tuned a network",
    2: "2 · I have tried it",
    3: "3 · I do it now and then",
    4: "4 · I do it often",
    5: "5 · I am an expert",
}


def show(person: Person) -> None:
    """Step 4: what the analysis compares people by."""
    joining.steps(3)
    st.header("About you", anchor=False)
    known = person.background
    with st.form("part-background", border=False):
        months = st.number_input(
            "Months of experience with deep learning",
            min_value=0,
            max_value=1200,
            step=1,
            value=known.months if known else None,
            placeholder="0 for none",
            help="A whole number; work, studies and hobby together",
            width=320,
        )
        education = st.selectbox(
            "Education: the highest that you have",
            list(EDUCATION),
            index=list(EDUCATION).index(known.education) if known else None,
            format_func=EDUCATION.__getitem__,
            placeholder="Choose one",
            width=420,
        )
        rating = st.radio(
            "How well can you tune networks?",
            list(RATINGS),
            index=list(RATINGS).index(known.rating) if known else None,
            format_func=RATINGS.__getitem__,
        )
        st.caption("If you like:")
        others = [
            st.number_input(
                label,
                min_value=0,
                max_value=1200,
                step=1,
                value=value,
                placeholder="you may leave it out",
                width=320,
            )
            for label, value in (
                ("Months with other machine learning", known.ml_months if known else None),
                ("Months of programming", known.programming_months if known else None),
            )
        ]
        sent = st.form_submit_button("Go on", type="primary", icon=":material/arrow_forward:")
    if not sent:
        return
    missing = [
        name
        for name, value in (("the months", months), ("the education", education), ("the rating", rating))
        if value is None
    ]
    if months is None or education is None or rating is None:
        st.error(f"Still missing: {', '.join(missing)}.", icon=":material/error:")
        return
    said = Background(int(months), education, int(rating), *(None if n is None else int(n) for n in others))
    trouble = desk.attempt(lambda book: book.tell_background(person.contest, person.id, said))
    if trouble:
        st.error(messages.escaped(trouble), icon=":material/error:")
    else:
        st.rerun()
