"""The pages."""

from flask import Blueprint

bp = Blueprint("main", __name__)

from app.main import context, health, likes, people, posts, search, settings, timelines  # noqa: E402, F401
