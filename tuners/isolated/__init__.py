"""Programs that run inside environments of their own (`tuners.environments`).

They are started by path with another interpreter, so they import the standard library and the library
they stand for, and nothing of Handtune. `server.py` speaks; each `*_side.py` translates for one library.
"""
