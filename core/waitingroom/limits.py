"""How long things may take and how many there may be, each with its unit; what a member may change
is a column of the room (models)."""

PASS_SECONDS = 480
"""How long a pass is good for: to choose and to place the order, whose own hold follows."""
CLAIM_SECONDS = 120
"""How long a seat at the checkout is kept for somebody who has been called."""
LATE_SECONDS = 30
"""How long a seat that gets free is offered first to one who came late, since it last asked."""
LINGER_SECONDS = 3
"""How long a pass that has bought is counted, until its order is (held orders are counted
once a second)."""
CHOOSING_AGAIN_SECONDS = 120
"""How long after an order a seat is kept for its pass if the order came to nothing: it is still
good then. Many never come back, so not for as long as it is good."""

JOINS_OF_ADDRESS = 300
"""New places from one address in ADDRESS_SECONDS: a campus, or a mobile network behind one."""
ADDRESS_SECONDS = 600
MOST_TRIES = 10
"""The room may have to be found again, or numbers reserved, before somebody is answered."""
BLOCK = 20_000
"""Numbers reserved at once."""
LOW = 5_000
"""Fewer left of what is reserved, and more are."""
MOST_GAPS = 20

RETURN_SECONDS = 30
"""How long those who gathered have to show their places again before they are drawn, if Redis lost
them; pages do it within 20 s of seeing the epoch change."""
DRAW_MS = 15_000
"""How long others leave it to whoever began to draw."""
LATE_DRAW_SECONDS = 5
"""How late a draw is before a web process holds it, which the relay should have."""
TEND_EVERY_MS = 800
"""How often a room is tended, by whoever gets to it first."""
ABSENT_SECONDS = 300
"""How long after a line was closed whoever stood in it is thought to have gone."""
QUIET_SECONDS = 60
"""How long nobody waits before an open room closes."""
MARKED_QUIET_SECONDS = 900
"""The same for a show that is marked: more may come when the news goes round."""
OVER_SECONDS = 600
"""How long everything is sold before an open room closes although people wait."""
