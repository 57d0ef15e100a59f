"""Every address of the API, and who may use it."""

from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.routing import Map, Rule

from sandbox.stripe import (
    accounts,
    charging,
    disputes,
    payment_intents,
    payment_methods,
    records,
    refunds,
    transfers,
)
from sandbox.stripe.store import Json


@dataclass(frozen=True)
class Endpoint:
    answer: Callable[..., Json]
    browsers_may: bool = False


SERVERS = (
    ("POST", "/v1/payment_intents", payment_intents.create),
    ("GET", "/v1/payment_intents", payment_intents.page),
    ("POST", "/v1/payment_intents/<intent>", payment_intents.update),
    ("POST", "/v1/payment_intents/<intent>/cancel", payment_intents.cancel),
    ("POST", "/v1/payment_methods", payment_methods.create),
    ("GET", "/v1/payment_methods/<method>", payment_methods.retrieve),
    ("GET", "/v1/charges", charging.page),
    ("GET", "/v1/charges/<charge>", charging.retrieve),
    ("POST", "/v1/charges/<charge>", charging.update),
    ("GET", "/v1/charges/<charge>/refunds", refunds.page_of_charge),
    ("POST", "/v1/refunds", refunds.create),
    ("GET", "/v1/refunds", refunds.page),
    ("GET", "/v1/refunds/<refund>", refunds.retrieve),
    ("POST", "/v1/refunds/<refund>", refunds.update),
    ("GET", "/v1/disputes", disputes.page),
    ("GET", "/v1/disputes/<dispute>", disputes.retrieve),
    ("POST", "/v1/disputes/<dispute>", disputes.update),
    ("POST", "/v1/disputes/<dispute>/close", disputes.close),
    ("GET", "/v1/radar/early_fraud_warnings", disputes.page_of_warnings),
    ("GET", "/v1/radar/early_fraud_warnings/<warning>", disputes.retrieve_warning),
    ("GET", "/v1/account", accounts.retrieve_own),
    ("POST", "/v1/accounts", accounts.create),
    ("GET", "/v1/accounts", accounts.page),
    ("GET", "/v1/accounts/<account>", accounts.retrieve),
    ("POST", "/v1/accounts/<account>", accounts.update),
    ("POST", "/v1/account_links", accounts.create_link),
    ("POST", "/v1/customers", accounts.create_customer),
    ("GET", "/v1/customers", accounts.page_of_customers),
    ("GET", "/v1/customers/<customer>", accounts.retrieve_customer),
    ("POST", "/v1/transfers", transfers.create),
    ("GET", "/v1/transfers", transfers.page),
    ("GET", "/v1/transfers/<transfer>", transfers.retrieve),
    ("GET", "/v1/balance", records.retrieve_balance),
    ("GET", "/v1/balance_transactions", records.page_of_balance_transactions),
    ("GET", "/v1/balance_transactions/<transaction>", records.retrieve_balance_transaction),
    ("GET", "/v1/events", records.page_of_events),
    ("GET", "/v1/events/<event>", records.retrieve_event),
)
BROWSERS = (
    ("GET", "/v1/payment_intents/<intent>", payment_intents.retrieve),
    ("POST", "/v1/payment_intents/<intent>/confirm", payment_intents.confirm),
)
MAP = Map(
    [
        Rule(path, methods=[method], endpoint=Endpoint(answer, browsers_may=browsers_may))
        for table, browsers_may in ((SERVERS, False), (BROWSERS, True))
        for method, path, answer in table
    ],
    strict_slashes=False,
)
