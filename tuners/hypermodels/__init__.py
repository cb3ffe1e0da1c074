"""Keras networks whose space is searched: one file each."""
