"""Where a client begins."""

from typing import Any

from flask import current_app, url_for

from app.api import bp


@bp.get("")
def entry() -> Any:
    """Names the site, and links to what the interface offers."""
    return {"name": current_app.config["SITE_NAME"], "_links": {"self": url_for("api.entry")}}
