"""A guided lesson over set 10: seven questions that a class answers before it sees the numbers."""
