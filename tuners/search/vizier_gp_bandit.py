"""vizier-gp-bandit: Google Vizier's Gaussian-process bandit.

Its designer refuses conditional spaces, so it searches the flat one: every parameter has a value in its
points, inactive ones are left out of the configuration, and stand at their defaults in what it is told.
Bounds, log scales, steps and categories arrive as they are.

Song, Zhang, Lee, Fertig, Huang, Belenki, Kochanski, Ariafar, Vasudevan, Perel, Golovin (2024). The Vizier
Gaussian Process Bandit Algorithm. arXiv:2408.11527.
"""

from __future__ import annotations

from tuners.isolated_search import IsolatedPlugin


class VizierGPBandit(IsolatedPlugin):
    name = "vizier-gp-bandit"
    title = "Google Vizier GP bandit: upper confidence bounds of a Gaussian process in a trust region"
    environment = "vizier"
    algorithm = "gp-bandit"

    # A suggestion follows from the results alone, and costs about half a second: the first ones show
    # whether another version is at work, the others are taken from the record.
    recheck = 3

    # For the same reason it is not asked a hundred times for a point that can be built.
    most_refused = 10
