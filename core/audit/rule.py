"""A rule of the auditor."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """Something that is true of a reseller's schema at every moment."""

    name: str
    """The rule, as a sentence."""
    breaks: str
    """A SELECT whose rows break it, with columns that say which. `:late_after_seconds` is given."""
    meaning: str
    """What a broken one means, for whoever reads the log at 3 a.m."""
