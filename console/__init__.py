"""The console: where we look after resellers, and mend what got stuck."""

from pathlib import Path

from flask import Flask

from console import guard, operations, resellers, retries, sign_ins, waiting_rooms
from core.web import make_door

PAGES = (
    resellers.bp,
    waiting_rooms.bp,
    operations.bp,
    retries.bp,
    sign_ins.bp,
    sign_ins.out,
)


def create_door() -> Flask:
    door = make_door("console", PAGES, folder=Path(__file__).parent, visitors="admin")
    guard.stand(door)
    return door
