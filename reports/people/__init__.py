"""Parts of the analysis of a contest, one file each."""
