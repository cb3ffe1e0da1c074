"""Vizier's designer as its manual shows it, suggest and update in turn; runs in Vizier's own environment.

The lines are those of nni_by_itself.py.
"""

import json
import os
import sys

import jax  # type: ignore[import-not-found,unused-ignore]
from vizier import algorithms as vza  # type: ignore[import-not-found]
from vizier import pyvizier as vz
from vizier._src.algorithms.designers import gp_bandit  # type: ignore[import-not-found]

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what the library prints is no answer
number, trial = 0, vz.Trial()

for line in sys.stdin:
    message = json.loads(line)
    if "start" in message:
        problem = vz.ProblemStatement()
        for name in message["names"]:
            problem.search_space.root.add_float_param(name, message["low"], message["high"])
        problem.metric_information.append(vz.MetricInformation("error", goal=vz.ObjectiveMetricGoal.MINIMIZE))
        designer = gp_bandit.VizierGPBandit(problem, rng=jax.random.PRNGKey(message["seed"]))
        number = 0
    else:
        trial.complete(vz.Measurement({"error": message["error"]}))
        designer.update(vza.CompletedTrials([trial]), vza.ActiveTrials([]))
    number += 1
    trial = designer.suggest(1)[0].to_trial(number)
    point = {name: float(trial.parameters.get_value(name)) for name in trial.parameters}
    print(json.dumps(point), file=answers, flush=True)
