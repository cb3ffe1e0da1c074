"""NNI's tuners as its dispatcher drives them; runs in NNI's own environment (see isolated_direct.py).

A line with "start" begins a search and a line with "error" tells the result of the last point; each is answered
with the next point.
"""

import json
import os
import sys

import numpy as np
from nni.algorithms.hpo.hyperopt_tuner import HyperoptTuner  # type: ignore[import-not-found]
from nni.algorithms.hpo.tpe_tuner import TpeTuner  # type: ignore[import-not-found]

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what the library prints is no answer
number, point = 0, {}

for line in sys.stdin:
    message = json.loads(line)
    if "start" in message:
        seed, number = message["seed"], 0
        if message["start"] == "tpe":
            tuner = TpeTuner("minimize", seed=seed, tpe_args={"n_startup_jobs": 10})
        else:
            tuner = HyperoptTuner("anneal", "minimize")
        bounds = [message["low"], message["high"]]
        tuner.update_search_space({name: {"_type": "uniform", "_value": bounds} for name in message["names"]})
        if message["start"] == "anneal":
            tuner.rval.rstate = np.random.RandomState(seed)
    else:
        tuner.receive_trial_result(number, point, message["error"])
        tuner.trial_end(number, True)
    number += 1
    point = tuner.generate_parameters(number)
    print(json.dumps({name: float(value) for name, value in point.items()}), file=answers, flush=True)
