"""The catalogue: every file here holds one data set (a `datasets.source.Source`)."""
