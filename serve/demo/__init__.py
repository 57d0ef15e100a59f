"""`python -m serve.demo`: a world to look at, made once. Three sellers, a dozen shows, past orders.

Read world/*.toml (what there is), seeding.py (in which order it is made), past/ (the sales of the
last weeks, written set-wise), buying.py (the real orders, paid at the sandbox) and describing.py
(demo.json, written at every start).

Its dates are reckoned from the moment it is made; a fresh DATA_DIR gives a fresh world.
"""
