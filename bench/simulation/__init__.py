"""A whole sale on a clock of its own: the line is real, the people are not.

`crowd` says who comes and how they behave, `checkout` what is beyond the line (stock, box office,
payment provider, cards), `line` drives the real one, `sale` lets it all happen in order of time and
keeps `records`, `promises` watches what must never be otherwise, `findings` and `chart` tell what
it amounted to. Moments are ms since the sale began; those before it are negative.
"""
