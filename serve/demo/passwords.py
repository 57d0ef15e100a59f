"""Who can sign in to the demo, and how. Everybody may know these: for the demo only."""

MEMBERS = {
    "owner": "demo-owner-door",
    "manager": "demo-manager-door",
    "accountant": "demo-accountant-door",
    "box_office": "demo-box-office-door",
}
"""By role; the same at every reseller."""
CUSTOMER = "demo-customer-door"
ADMIN = "demo-admin-door"

ADMIN_EMAIL = "admin@ticket-to-serve.example"
ADMIN_NAME = "Ada Lindqvist"
ADMIN_ROLE = "operator"
