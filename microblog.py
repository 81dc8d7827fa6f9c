"""The WSGI application, and what ``flask shell`` finds at hand."""

from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm as so

from app import create_app, models
from app.extensions import db, queue

app = create_app()


@app.shell_context_processor
def shell_context() -> dict[str, Any]:
    """Returns the tables, the database and the queue under their short names."""
    tables = {name: getattr(models, name) for name in models.__all__}
    return {"sa": sa, "so": so, "db": db, "queue": queue, **tables}
