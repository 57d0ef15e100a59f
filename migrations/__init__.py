"""Alembic for the platform's schema and for every reseller's; see running.py."""
