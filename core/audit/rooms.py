"""Nobody buys twice with one pass, and the draw is the one that was promised."""

from core.audit.rule import Rule

RULES = (
    Rule(
        "a place in a waiting room has one living order",
        """
        SELECT place, count(*) AS living, min(reference) AS "order", max(reference) AS another
        FROM orders WHERE place IS NOT NULL AND state IN ('held', 'paid')
        GROUP BY place HAVING count(*) > 1
        """,
        "Somebody bought twice with one pass, past those who stand in line.",
    ),
    Rule(
        "a show asks for a pass as long as its waiting room is not closed",
        """
        SELECT s.reference AS show, s.needs_pass, r.state AS room_is
        FROM shows s LEFT JOIN waiting_rooms r ON r.show_id = s.id
        WHERE s.needs_pass <> (coalesce(r.state, 'closed') <> 'closed')
        """,
        "People buy past the line, or are sent to a line that does not move.",
    ),
    Rule(
        "a draw is what was promised and what was published",
        """
        SELECT s.reference AS show, r.drawn_at, r.drawn_count
        FROM waiting_rooms r JOIN shows s ON s.id = r.show_id
        WHERE r.commitment <> encode(sha256(r.seed), 'hex')
           OR (r.drawn_at IS NULL) <> (r.drawn_places IS NULL)
           OR (r.drawn_at IS NULL) <> (r.places_digest IS NULL)
           OR r.drawn_count <> length(coalesce(r.drawn_places, ''))
              - length(replace(coalesce(r.drawn_places, ''), E'\\n', ''))
           OR r.drawn_count > r.last
        """,
        "Whoever checks the draw finds that it was not fair, or cannot check it.",
    ),
)
