"""People and programs who may come in: members, admins, customers, API keys."""

from core.accounts.api_keys import Caller, find_key, forget_keys, make_key
from core.accounts.audit import AuditRow, write_audit
from core.accounts.models import Admin, ApiKey, Customer, Member
from core.accounts.passwords import check_password, hash_password
from core.accounts.queries import actors_of, members_of
from core.accounts.registering import add_admin, add_customer, add_member
from core.accounts.signing_in import (
    Visitor,
    WrongPassword,
    find_visitor,
    forget_ended_sign_ins,
    sign_in_admin,
    sign_in_customer,
    sign_in_member,
    sign_out,
)

__all__ = [
    "Admin",
    "ApiKey",
    "AuditRow",
    "Caller",
    "Customer",
    "Member",
    "Visitor",
    "WrongPassword",
    "actors_of",
    "add_admin",
    "add_customer",
    "add_member",
    "check_password",
    "find_key",
    "find_visitor",
    "forget_ended_sign_ins",
    "forget_keys",
    "hash_password",
    "make_key",
    "members_of",
    "sign_in_admin",
    "sign_in_customer",
    "sign_in_member",
    "sign_out",
    "write_audit",
]
