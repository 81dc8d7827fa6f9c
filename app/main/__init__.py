"""The pages."""

from flask import Blueprint

bp = Blueprint("main", __name__)

from app.main import context, health, likes, people, posts, settings, timelines  # noqa: E402, F401
