"""The application factory: the one place where everything meets."""

from pathlib import Path

from flask import Flask, request
from werkzeug.routing import IntegerConverter

import config
from app import drawing, extensions, files, i18n, logs, preconditions, security, transaction, wiring
from app.exceptions import NotFound
from app.models import SEARCHED, Post
from app.models.columns import LAST_ID


class RowConverter(IntegerConverter):
    """A row's id in a path; ``refuse_impossible_ids`` answers what is larger than any."""

    regex = r"0|[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """Returns the number; to refuse it here would leave other methods of the path, and answer 405."""
        return min(int(value), LAST_ID)


def refuse_impossible_ids() -> None:
    """Refuses paths with an id that is larger than any row's, whatever the view makes of one that is not there.

    Raises:
        NotFound: there is such an id.
    """
    if LAST_ID in (request.view_args or {}).values():
        raise NotFound


def create_app(settings: config.Config | None = None) -> Flask:
    """Returns the application.

    Args:
        settings: a configuration; by default the one that APP_ENV names.

    Raises:
        config.SettingError: a setting is missing or wrong.
    """
    app = Flask(__name__)
    app.config.from_object(settings or config.chosen())
    app.url_map.converters["row"] = RowConverter
    app.url_map.merge_slashes = (
        False  # It would lead to another spelling, on whichever host a request has named.
    )
    logs.init_app(app)
    transaction.init_app(app)
    security.init_app(app)
    app.before_request(refuse_impossible_ids)
    preconditions.init_app(app)
    extensions.init_app(app)
    extensions.search.init_app(app, [model.__tablename__ for model in SEARCHED], [Post.__tablename__])
    i18n.init_app(app)
    drawing.init_app(app)
    wiring.init_app(app)
    register_blueprints(app)
    if not app.testing:
        keep_private(app)
    return app


def keep_private(app: Flask) -> None:
    """Lets no other account of the machine read what the site keeps.

    Raises:
        config.SettingError: the data folder cannot be made.
    """
    data: Path = app.config["DATA_DIR"]
    elsewhere = [Path(app.config["SEARCH_PATH"])] if app.config["SEARCH_PATH"] else []
    kind, _, database = app.config["SQLALCHEMY_DATABASE_URI"].partition(":///")
    if kind == "sqlite" and database:
        path = Path(app.instance_path, database.partition("?")[0])
        elsewhere += [path.with_name(path.name + end) for end in ("", "-wal", "-shm", "-writers")]
    try:
        open_still = files.keep_private(data, elsewhere)
    except OSError as error:
        raise config.SettingError(
            f"The data folder {data} cannot be written ({error.strerror}). "
            "Mend its permissions or set DATA_DIR to another folder, and start again."
        ) from None
    if open_still:
        app.logger.warning(
            "Other accounts of this machine may read %s: give it to the account of the site, with mode 0700",
            ", ".join(map(str, open_still[:3])),
        )


def register_blueprints(app: Flask) -> None:
    """Binds the surfaces; they are imported here, because they use what the factory has just bound."""
    from app import api, auth, cli, errors, main
    from app.main import mailbox

    app.register_blueprint(auth.bp, url_prefix="/auth")
    app.register_blueprint(main.bp)
    api.init_app(app)
    app.register_blueprint(
        errors.bp
    )  # After the others, so that its refusals are compressed and shared like all answers.
    if app.config["ENVIRONMENT"] != "production":
        app.register_blueprint(mailbox.bp)
    cli.init_app(app)
