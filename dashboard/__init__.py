"""The dashboard: where a reseller's people run their shows, orders and money."""

from pathlib import Path

from flask import Flask

from core.web import make_door


def create_door() -> Flask:
    return make_door("dashboard", (), folder=Path(__file__).parent, visitors="member")
