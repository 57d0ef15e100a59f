"""The dashboard: where a reseller's people see their shows, orders and money."""

from pathlib import Path

from flask import Flask

from core.web import make_door
from dashboard import guard, orders, overview, refunds, shows, sign_ins, waiting_rooms

PAGES = (
    overview.bp,
    shows.bp,
    waiting_rooms.bp,
    orders.bp,
    refunds.bp,
    sign_ins.bp,
    sign_ins.out,
)


def create_door() -> Flask:
    door = make_door("dashboard", PAGES, folder=Path(__file__).parent, visitors="member")
    guard.stand(door)
    return door
