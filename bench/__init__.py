"""How fast it is on this machine, each figure beside a floor measured in the same run.

`python -m bench` runs all benchmarks (see README.md here). `bench.stage` starts what they need, for
tests of faults too: a stack with a database of its own, which one may cut off and kill.
"""
