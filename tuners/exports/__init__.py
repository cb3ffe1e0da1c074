"""What studies can be written as: one file a format, found by a folder scan."""
