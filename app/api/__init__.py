"""The JSON interface."""

from flask import Blueprint

bp = Blueprint("api", __name__)

from app.api import entry  # noqa: E402, F401
