"""One file per autotuner; see `tuners.searcher`."""
