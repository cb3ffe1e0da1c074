"""One file a step; `dashboard.lesson.step` says what a step has."""
