"""The waiting room: one fair line for a show that more people want than can be served at once.

Who gathers before the sale is drawn at its opening (drawing), who comes later stands behind. Places
are numbers that never change; everybody looks at one shared document to see how far the line is.
Who is called claims a pass and may place one order with it. PostgreSQL keeps the switch, the draw
and where the line stood a second ago; Redis is an index that can be lost (restoring).
"""

from core.waitingroom.calling import Why
from core.waitingroom.claiming import claim, come_in_until, find_place
from core.waitingroom.drawing import Draw, published
from core.waitingroom.drawn import draw_places, drawn_numbers, find_draw
from core.waitingroom.identifying import Holder, is_held_by, new_identity
from core.waitingroom.index import LineAway
from core.waitingroom.joining import RoomClosed, TooEarly, TooManyPlaces, join, look
from core.waitingroom.limits import CLAIM_SECONDS, PASS_SECONDS
from core.waitingroom.live import Act, Live, find_live, version_of
from core.waitingroom.models import Suspects
from core.waitingroom.passes import (
    PassExpired,
    PassInvalid,
    PassNotYours,
    admit,
    check_name,
    has_pass,
    spend,
)
from core.waitingroom.places import Place, PlaceState
from core.waitingroom.rooms import (
    Room,
    RoomPhase,
    find_room,
    forget_rooms,
    fresh_rooms,
    rooms,
)
from core.waitingroom.serving import forget_lines, now_serving
from core.waitingroom.standing import Left, NowServing, poll_after_seconds
from core.waitingroom.states import LIFE, RoomState
from core.waitingroom.switching import (
    NotNow,
    change,
    close_now,
    mark,
    open_now,
    pause,
    resume,
    unmark,
)
from core.waitingroom.tending import tend
from core.waitingroom.tokens import Pass, read_identity, read_pass, write_identity
from core.waitingroom.watching import note_visit, visits_by_show

__all__ = [
    "CLAIM_SECONDS",
    "LIFE",
    "PASS_SECONDS",
    "Act",
    "Draw",
    "Holder",
    "Left",
    "LineAway",
    "Live",
    "NotNow",
    "NowServing",
    "Pass",
    "PassExpired",
    "PassInvalid",
    "PassNotYours",
    "Place",
    "PlaceState",
    "Room",
    "RoomClosed",
    "RoomPhase",
    "RoomState",
    "Suspects",
    "TooEarly",
    "TooManyPlaces",
    "Why",
    "admit",
    "change",
    "check_name",
    "claim",
    "close_now",
    "come_in_until",
    "draw_places",
    "drawn_numbers",
    "find_draw",
    "find_live",
    "find_place",
    "find_room",
    "forget_lines",
    "forget_rooms",
    "fresh_rooms",
    "has_pass",
    "is_held_by",
    "join",
    "look",
    "mark",
    "new_identity",
    "note_visit",
    "now_serving",
    "open_now",
    "pause",
    "poll_after_seconds",
    "published",
    "read_identity",
    "read_pass",
    "resume",
    "rooms",
    "spend",
    "tend",
    "unmark",
    "version_of",
    "visits_by_show",
    "write_identity",
]
