"""The tasks of contests, one file each."""
