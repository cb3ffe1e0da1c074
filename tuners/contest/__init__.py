"""People who tune by hand against autotuners: a contest, its clock, its queue of trainings, its final scoring."""
