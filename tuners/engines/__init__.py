"""One file per place where trials can run."""
