"""What the pages of a contest share: who looks at them, and the contest's book."""
