"""Searches that somebody asks for on a page: a queue in the store, and one process that runs it in turn."""
