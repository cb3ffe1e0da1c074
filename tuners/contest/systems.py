"""The machines of a contest as an ordinary study: its tuners, all defaults, the published configurations."""

from __future__ import annotations

from tuners.contest.charges import budget_of
from tuners.contest.form import defaults
from tuners.contest.published import published
from tuners.contest.record import Contest, Terms
from tuners.contest.task import task
from tuners.record import HAND, StudySpec, SystemSpec

DEFAULTS, PUBLISHED = "defaults", "published"


def study_name(contest: Contest) -> str:
    """The name in the store of the study of a contest's tuners."""
    return f"contest-{contest.id}"


def label(terms: Terms, name: str) -> str:
    """A system of the study, such as "Digits-CNN-15 (optuna-tpe)"."""
    return f"{task(terms.task).tunable.system} ({name})"


def study_spec(terms: Terms) -> StudySpec:
    """Every search has the budget of a person, and its trials have the seed of people's tries. Winners are not scored: the
    contest does that when it has ended."""
    about = task(terms.task)
    systems = [SystemSpec(label(terms, tuner), about.model, tuner) for tuner in terms.tuners]
    systems.append(SystemSpec(label(terms, DEFAULTS), about.model, HAND, (dict(defaults(about)),), repeats=1))
    if terms.published:
        configs = tuple(dict(one.config) for one in published(about))
        systems.append(
            SystemSpec(
                label(terms, PUBLISHED), about.model, HAND, configs, epochs=about.max_epochs, repeats=1
            )
        )
    return StudySpec(
        dataset=about.dataset,
        systems=tuple(systems),
        budget=budget_of(terms, about.max_epochs),
        seed=terms.seed,
        repeats=terms.searches,
        scored=False,
        one_seed=True,
    )


def numbered(terms: Terms, tuner: str, repeat: int) -> str:
    """A run of a tuner, with its number where there are several."""
    return f"{tuner} {repeat + 1}" if terms.searches > 1 else tuner
