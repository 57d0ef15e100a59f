"""Every rule, in the order in which a broken one matters."""

from core.audit import lives, log, money, rooms, sales, stock
from core.audit.rule import Rule

RULES: tuple[Rule, ...] = (
    *stock.RULES,
    *money.RULES,
    *sales.RULES,
    *rooms.RULES,
    *lives.RULES,
    *log.RULES,
)
