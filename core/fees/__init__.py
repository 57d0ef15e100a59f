"""What the platform takes: fee plans by version, and the fee on a line."""

from core.fees.models import FeePlan
from core.fees.platform_fee import Fees, Plan, fees_on_line
from core.fees.queries import plan_of

__all__ = ["FeePlan", "Fees", "Plan", "fees_on_line", "plan_of"]
