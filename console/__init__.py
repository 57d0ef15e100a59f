"""The console: where we look after resellers and mend what got stuck."""

from pathlib import Path

from flask import Flask

from core.web import make_door


def create_door() -> Flask:
    return make_door("console", (), folder=Path(__file__).parent, visitors="admin")
