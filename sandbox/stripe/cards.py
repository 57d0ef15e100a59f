"""Test cards and what they do, as Stripe publishes them (docs.stripe.com/testing).

A card's number is read once, turned into its behaviour and forgotten: no number is ever kept.
"""

from dataclasses import dataclass

from sandbox.stripe.refusing import Refusal


@dataclass(frozen=True)
class Refused:
    """Why a bank says no: what a program sees, and what a person reads."""

    code: str
    message: str
    decline_code: str | None = None
    param: str | None = None


GENERIC = Refused("card_declined", "Your card was declined.", "generic_decline")
INSUFFICIENT = Refused("card_declined", "Your card has insufficient funds.", "insufficient_funds")
LOST = Refused("card_declined", "Your card was declined.", "lost_card")
STOLEN = Refused("card_declined", "Your card was declined.", "stolen_card")
FRAUDULENT = Refused("card_declined", "Your card was declined.", "fraudulent")
EXPIRED = Refused("expired_card", "Your card has expired.", param="exp_month")
WRONG_CVC = Refused("incorrect_cvc", "Your card's security code is incorrect.", param="cvc")
PROCESSING = Refused(
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)
NOT_A_TEST_CARD = Refused(
    "card_declined",
    "Your card was declined. Your request was in test mode, but used a non test card.",
    "test_mode_live_card",
)


@dataclass(frozen=True)
class Card:
    """One test card: `later` and `refund_later` name what happens days afterwards."""

    number: str
    name: str
    does: str
    brand: str = "visa"
    declined: Refused | None = None
    authenticates: bool = False
    later: str | None = None
    reason: str = "fraudulent"
    refund_later: str | None = None

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def spaced(self) -> str:
        if self.brand == "amex":
            return f"{self.number[:4]} {self.number[4:10]} {self.number[10:]}"
        return " ".join(self.number[i : i + 4] for i in range(0, len(self.number), 4))


CARDS = (
    Card("4242424242424242", "pm_card_visa", "Pays"),
    Card("4000056655665556", "pm_card_visa_debit", "Pays, as a debit card"),
    Card("5555555555554444", "pm_card_mastercard", "Pays", "mastercard"),
    Card("378282246310005", "pm_card_amex", "Pays", "amex"),
    Card("4000000000000002", "pm_card_chargeDeclined", "Is declined", declined=GENERIC),
    Card("4000000000009995", "pm_card_chargeDeclinedInsufficientFunds",
         "Has insufficient funds", declined=INSUFFICIENT),
    Card("4000000000009987", "pm_card_chargeDeclinedLostCard", "Was lost", declined=LOST),
    Card("4000000000009979", "pm_card_chargeDeclinedStolenCard", "Was stolen", declined=STOLEN),
    Card("4000000000000069", "pm_card_chargeDeclinedExpiredCard", "Has expired", declined=EXPIRED),
    Card("4000000000000127", "pm_card_chargeDeclinedIncorrectCvc",
         "Has another security code", declined=WRONG_CVC),
    Card("4000000000000119", "pm_card_chargeDeclinedProcessingError",
         "Meets a processing error", declined=PROCESSING),
    Card("4100000000000019", "pm_card_radarBlock", "Is blocked as fraud", declined=FRAUDULENT),
    Card("4000000000003220", "pm_card_threeDSecure2Required",
         "Asks for 3-D Secure, then pays", authenticates=True),
    Card("4000002500003155", "pm_card_authenticationRequiredOnSetup",
         "Asks for 3-D Secure, then pays", authenticates=True),
    Card("4000002760003184", "pm_card_authenticationRequired",
         "Asks for 3-D Secure, then pays", authenticates=True),
    Card("4000008400001629", "pm_card_threeDSecureRequiredChargeDeclined",
         "Asks for 3-D Secure, then is declined", authenticates=True, declined=GENERIC),
    Card("4000008260003178", "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
         "Asks for 3-D Secure, then has insufficient funds",
         authenticates=True, declined=INSUFFICIENT),
    Card("4000000000000259", "pm_card_createDispute",
         "Pays; is disputed as fraudulent later", later="dispute"),
    Card("4000000000002685", "pm_card_createDisputeProductNotReceived",
         "Pays; is disputed as not received later", later="dispute",
         reason="product_not_received"),
    Card("4000000000005423", "pm_card_createIssuerFraudRecord",
         "Pays; an early fraud warning follows later", later="early_fraud_warning"),
    Card("4000000000007726", "pm_card_pendingRefund",
         "Pays; its refund is pending, succeeds later", refund_later="refund_arrives"),
    Card("4000000000005126", "pm_card_refundFail",
         "Pays; its refund fails later", refund_later="refund_fails"),
)  # fmt: skip
BY_NUMBER = {card.number: card for card in CARDS}
BY_NAME = {card.name: card for card in CARDS} | {
    "pm_card_visa_chargeDeclined": BY_NUMBER["4000000000000002"],
    "pm_card_visa_chargeDeclinedInsufficientFunds": BY_NUMBER["4000000000009995"],
    "pm_card_threeDSecureRequired": BY_NUMBER["4000000000003220"],
    "pm_card_threeDSecureOptional": BY_NUMBER["4242424242424242"],
    "tok_visa": BY_NUMBER["4242424242424242"],
    "tok_mastercard": BY_NUMBER["5555555555554444"],
    "tok_chargeDeclined": BY_NUMBER["4000000000000002"],
    "tok_createDispute": BY_NUMBER["4000000000000259"],
}
DIGITS_AT_LEAST, DIGITS_AT_MOST = 12, 19


def has_good_check_digit(number: str) -> bool:
    """The Luhn sum of ISO/IEC 7812."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def brand_of(number: str) -> str:
    if number.startswith("4"):
        return "visa"
    if number.startswith(("34", "37")):
        return "amex"
    return "mastercard" if number[:2] in {"51", "52", "53", "54", "55"} else "unknown"


def read(number: str) -> Card:
    """The card of this number. Raises Refusal where it cannot be one."""
    digits = number.replace(" ", "").replace("-", "")
    if (
        not digits.isascii()
        or not digits.isdigit()
        or not DIGITS_AT_LEAST <= len(digits) <= DIGITS_AT_MOST
        or not has_good_check_digit(digits)
    ):
        refusal = Refusal("Your card number is incorrect.", code="incorrect_number", param="number")
        refusal.status, refusal.kind = 402, "card_error"
        raise refusal
    known = BY_NUMBER.get(digits)
    if known is not None:
        return known
    return Card(
        f"{'0' * (len(digits) - 4)}{digits[-4:]}", "unknown", "Is no test card",
        brand_of(digits), declined=NOT_A_TEST_CARD,
    )  # fmt: skip
