"""The page "Draw data": the canvas, what is on it, and what may be done with it."""
