"""The order of final trainings, and what can be compared while they go on."""

from __future__ import annotations

from collections.abc import Sequence

from tuners.contest.closing import to_train
from tuners.contest.record import (
    Consent,
    Contest,
    ContestState,
    Entrant,
    EntrantKind,
    Final,
    FinalState,
    Source,
    Terms,
)
from tuners.contest.rounds import whole_rounds
from tuners.contest.scoring import ranking, scoring

PLANNED = 4


def entrant(key: str, rate: float | None = None) -> Entrant:
    """A person where the key begins with p, else a tuner; without a rate it has no configuration."""
    kind = EntrantKind.PERSON if key.startswith("p") else EntrantKind.TUNER
    config = None if rate is None else {"learning_rate": rate}
    return Entrant("c", key, kind, key, Source.PERSON, config)


def finals(key: str, errors: Sequence[float | None], planned: int = PLANNED) -> list[Final]:
    """The first trainings are over, with these errors; None: lost, which gives none."""
    found = []
    for place in range(planned):
        over = place < len(errors)
        error = errors[place] if over else None
        state = FinalState.WAITING if not over else FinalState.FAILED if error is None else FinalState.DONE
        found.append(Final("c", key, place, 100 + place, state, error))
    return found


def test_everybody_has_one_training_before_anybody_has_two_and_people_come_first() -> None:
    entrants = [entrant("defaults", 0.1), entrant("p2", 0.2), entrant("p1", 0.3), entrant("p3")]
    booked = [one for key in ("defaults", "p2", "p1") for one in finals(key, [], planned=2)]
    turns = [rows[0].entrant for rows in to_train(entrants, booked).values()]
    assert turns == ["p1", "p2", "defaults"] * 2
    assert [seed for _, seed in to_train(entrants, booked[::-1])] == [100] * 3 + [101] * 3


def test_a_configuration_that_a_person_shares_has_the_persons_turn() -> None:
    entrants = [entrant("defaults", 0.1), entrant("p1", 0.2), entrant("p2", 0.1)]
    booked = [one for key in ("defaults", "p1", "p2") for one in finals(key, [], planned=1)]
    assert [[row.entrant for row in rows] for rows in to_train(entrants, booked).values()] == [
        ["p1"],
        ["p2", "defaults"],
    ]


def test_a_round_counts_once_it_is_over_for_everybody() -> None:
    everybody = [entrant("p1", 0.1), entrant("p2", 0.2), entrant("p3")]
    assert whole_rounds(everybody, finals("p1", [0.5]) + finals("p2", [])).errors == {}
    found = whole_rounds(everybody, finals("p1", [0.5, 0.6, 0.7]) + finals("p2", [0.4, 0.3]))
    assert found.whole == 2
    assert found.errors == {"p1": {0: 0.5, 1: 0.6}, "p2": {0: 0.4, 1: 0.3}}, "the same seeds for both"


def test_a_training_that_was_lost_is_over_and_has_no_error() -> None:
    found = whole_rounds(
        [entrant("p1", 0.1), entrant("p2", 0.2)], finals("p1", [0.5, 0.6]) + finals("p2", [None, 0.2])
    )
    assert found.whole == 2 and found.errors == {"p1": {0: 0.5, 1: 0.6}, "p2": {1: 0.2}}
    only = whole_rounds([entrant("p1", 0.1)], finals("p1", [None, None]))
    assert only.whole == 2 and only.errors == {}


def test_who_came_later_is_compared_once_they_have_caught_up() -> None:
    everybody = [entrant("p1", 0.1), entrant("tpe", 0.2)]
    early = finals("p1", [0.5, 0.4, 0.3])

    def seen(errors: Sequence[float]) -> tuple[int, list[str]]:
        found = whole_rounds(everybody, early + finals("tpe", errors))
        return found.whole, list(found.errors)

    assert seen([]) == seen([0.2]) == (3, ["p1"])
    assert seen([0.2, 0.2]) == (2, ["p1", "tpe"])
    assert seen([0.2, 0.2, 0.2]) == (3, ["p1", "tpe"])
    first = whole_rounds(everybody, finals("p1", [0.5]) + finals("tpe", []))
    assert first.whole == 1 and list(first.errors) == ["p1"], "a round of nobody is none"


def test_nothing_is_scored_of_nobody() -> None:
    assert whole_rounds([], []).whole == 0 and whole_rounds([entrant("p1")], []).errors == {}


def test_the_ranking_takes_whole_rounds_and_keeps_who_has_none() -> None:
    everybody = [entrant("p1", 0.1), entrant("p2", 0.2), entrant("p3"), entrant("p4", 0.4)]
    booked = finals("p1", [0.5, 0.0]) + finals("p2", [0.2]) + finals("p4", [0.200001])
    assert [(row.entrant.key, row.place, row.eval_error) for row in ranking(everybody, booked)] == [
        ("p2", 1, 0.2),
        ("p4", 1, 0.200001),
        ("p1", 3, 0.5),
        ("p3", None, None),
    ]


def test_the_scoring_comes_to_its_end_where_somebody_has_no_configuration() -> None:
    terms = Terms(tuners=(), final_seeds=PLANNED)
    made = Contest("c", "A class", "ABCDE", terms, Consent("1", "Text"), ContestState.ENDED, 0.0)
    everybody = [entrant("p1", 0.1), entrant("p2"), entrant("defaults", 0.2)]
    over = finals("p1", [0.5] * PLANNED) + finals("defaults", [0.5] * PLANNED)
    found = scoring(made, [], [], everybody, over, cores=2)
    assert (found.done, found.total, found.rounds) == (2 * PLANNED, 2 * PLANNED, PLANNED)
    begun = scoring(made, [], [], [], [], cores=2)
    assert (begun.done, begun.total, begun.rounds, begun.left) == (0, PLANNED, 0, None)
