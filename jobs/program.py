"""What the programs beside the web need before they begin."""

from flask import Flask

from core import documents, mail, payments, settings
from core.database import db
from core.web import logging
from jobs import reactions

WITH_TABLES = (documents, mail, payments)


def begin() -> None:
    """Read the settings, set up the log, know all reactions. Raises SettingsError."""
    settings.load()
    logging.set_up()
    reactions.listen()


def application() -> Flask:
    """A Flask application without a door: Flask-SQLAlchemy wants one around its sessions."""
    app = Flask("jobs")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.load().database_url
    db.init_app(app)
    return app
