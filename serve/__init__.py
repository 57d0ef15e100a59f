"""`python -m serve`: everything on one machine, started, watched and stopped as one.

Read preflight.py (what is checked first), starting.py (in which order things start), processes.py
(what runs), watching.py (what happens when something dies) and stopping.py.
"""
