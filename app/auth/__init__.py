"""Signing up, in and out, and proving an address."""

from flask import Blueprint

bp = Blueprint("auth", __name__)

from app.auth import confirm, loader, reset, sign_in, sign_up  # noqa: E402, F401
