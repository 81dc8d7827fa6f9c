"""What is shown when something goes wrong."""

from flask import Blueprint

bp = Blueprint("errors", __name__)

from app.errors import handlers, problems  # noqa: E402, F401
