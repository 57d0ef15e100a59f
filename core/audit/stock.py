"""Nothing is sold twice: counters, tickets and the lines of orders say the same."""

from core.audit.rule import Rule

RULES = (
    Rule(
        "what is sold and held fits the capacity",
        """
        SELECT reference AS ticket_type, sold, held, capacity FROM ticket_types
        WHERE sold < 0 OR held < 0 OR sold + held > capacity
        """,
        "More tickets are out than there are places: somebody may stand before a full house.",
    ),
    Rule(
        "what is sold and held is what the tickets say",
        """
        SELECT y.reference AS ticket_type, y.sold, coalesce(t.sold, 0) AS tickets_sold,
               y.held, coalesce(t.held, 0) AS tickets_held
        FROM ticket_types y LEFT JOIN (
            SELECT ticket_type_id,
                   count(*) FILTER (WHERE state IN ('valid', 'used')) AS sold,
                   count(*) FILTER (WHERE state = 'held') AS held
            FROM tickets GROUP BY ticket_type_id) t ON t.ticket_type_id = y.id
        WHERE y.sold <> coalesce(t.sold, 0) OR y.held <> coalesce(t.held, 0)
        """,
        "The box office counts wrongly: it may sell what is gone, or keep back what is free.",
    ),
    Rule(
        "every line has its tickets, and no ticket is beside a line",
        """
        SELECT o.reference AS "order", coalesce(l.id, t.line_id) AS line_id,
               coalesce(l.quantity, 0) AS bought, coalesce(t.written, 0) AS written
        FROM order_lines l FULL JOIN (
            SELECT line_id, order_id, ticket_type_id, count(*) AS written
            FROM tickets GROUP BY line_id, order_id, ticket_type_id) t
            ON t.line_id = l.id AND t.order_id = l.order_id
               AND t.ticket_type_id = l.ticket_type_id
        LEFT JOIN orders o ON o.id = coalesce(l.order_id, t.order_id)
        WHERE coalesce(l.quantity, 0) <> coalesce(t.written, 0)
        """,
        "Somebody has fewer tickets than were bought, or more.",
    ),
    Rule(
        "a ticket has one owner",
        """
        SELECT reference AS ticket, count(*) AS owners, min(order_id) AS an_order_id,
               max(order_id) AS another_order_id
        FROM tickets WHERE state <> 'void' GROUP BY reference HAVING count(*) > 1
        """,
        "The same code lets in two people: the second to come is turned away.",
    ),
    Rule(
        "tickets live as their order does",
        """
        SELECT o.reference AS "order", o.state, t.reference AS ticket, t.state AS ticket_is
        FROM tickets t JOIN orders o ON o.id = t.order_id
        WHERE CASE o.state
              WHEN 'held' THEN t.state <> 'held'
              WHEN 'paid' THEN t.state NOT IN ('valid', 'used', 'void')
              ELSE t.state <> 'void' END
        """,
        "A ticket opens the gate without being paid for, or does not although it is.",
    ),
    Rule(
        "a ticket that a paid order lost was refunded",
        """
        SELECT o.reference AS "order", lost.worth_minor,
               coalesce(back.asked_minor, 0) AS asked_minor
        FROM (SELECT t.order_id, sum(l.unit_price_minor) AS worth_minor
              FROM tickets t JOIN orders o ON o.id = t.order_id AND o.state = 'paid'
              JOIN order_lines l ON l.id = t.line_id
              WHERE t.state = 'void' GROUP BY t.order_id) lost
        JOIN orders o ON o.id = lost.order_id
        LEFT JOIN (SELECT r.order_id, sum(r.amount_minor) AS asked_minor
                   FROM refunds r JOIN payments p ON p.id = r.payment_id AND p.is_applied
                   WHERE r.state <> 'replaced' GROUP BY r.order_id) back
            ON back.order_id = lost.order_id
        WHERE lost.worth_minor > coalesce(back.asked_minor, 0)
        """,
        "Somebody paid for a ticket that opens no gate, and has not got the money back.",
    ),
    Rule(
        "who came in has a used ticket, and a used ticket came in",
        """
        SELECT reference AS ticket, state, checked_in_at FROM tickets
        WHERE (state = 'used' AND checked_in_at IS NULL)
           OR (checked_in_at IS NOT NULL AND state NOT IN ('used', 'void'))
        """,
        "The gate may let the same ticket in again, or turn away who has not been in.",
    ),
)
