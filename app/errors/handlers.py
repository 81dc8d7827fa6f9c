"""From exceptions to answers: a page, a line for our scripts, or JSON, in the reader's language."""

import time
from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, g, make_response, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app import limits, preconditions
from app.database import DatabaseDown
from app.errors import bp, kinds, refused_form
from app.exceptions import Busy, Invalid, Malformed, Overloaded, Refused, Renamed, TooOften
from app.i18n import current_language
from app.programs import is_program
from app.rates import Window

SAID = {401, 412, 428}
"""Codes whose exceptions speak in the reader's words where ours raise them."""
DATABASE_FAILURES = (DatabaseDown, PoolTimeout, OperationalError)
KEPT = ("Allow", "Content-Range", "WWW-Authenticate")
TITLES = {
    400: (_l("That request makes no sense to us"), _l("Go back, reload the page and try again.")),
    401: (_l("Sign in first"), _l("This is for members. Sign in, and it opens.")),
    403: (_l("You may not do this"), _l("This is somebody else's to decide.")),
    404: (
        _l("There is nothing here"),
        _l("The post may be deleted, or the address may have changed. Check the address once more."),
    ),
    405: (_l("That does not work this way"), _l("Go back and use the buttons on the page.")),
    410: (_l("It is not kept any longer"), _l("It was kept for a while, and that is over. Make a new one.")),
    413: (_l("That is too much at once"), _l("Make it smaller and try again.")),
    416: (_l("The file has no such part"), _l("Content-Range says how long it is.")),
    415: (_l("That cannot be read"), _l("Send JSON, and say so: Content-Type: application/json")),
    412: (_l("This has changed meanwhile"), _l("Read it again, then change it.")),
    428: (_l("Say which state you have seen"), _l("Send If-Match with the ETag of what you have read.")),
    422: (_l("Something is not right yet"), _l("Go back, correct it and try again.")),
    429: (
        _l("A little slower, please"),
        _l("You did this very often in a short time. Wait a moment and try again."),
    ),
    500: (
        _l("Something broke on our side"),
        _l("It was noted, and we will look at it. Try again in a moment."),
    ),
    503: (_l("The site is resting for a moment"), _l("Try again in a minute. Nothing you wrote is lost.")),
}
TITLES |= dict.fromkeys((414, 431), TITLES[413])


TO_PROGRAMS = {
    400: _l("Correct the request as /api/openapi.json describes it, and send it again."),
    404: _l("Follow the links from /api instead of making up an address."),
    405: _l("The Allow header says which methods this address knows."),
    422: _l("Correct what errors points at, and send it again."),
}
"""What to do, where the words for people speak of pages and buttons."""


@bp.app_errorhandler(Refused)
def refused(error: Refused) -> Any:
    """Answers what a service does not allow, with its own words."""
    return answer(error.status, str(error.message) if error.message else None, kind=error.kind)


@bp.app_errorhandler(Busy)
def busy(error: Busy) -> Any:
    """Answers what is being done already, and when to ask again."""
    return answer(error.status, str(error.message), {"Retry-After": "1"}, kind=error.kind)


@bp.app_errorhandler(TooOften)
def too_often(error: TooOften) -> Any:
    """Answers what was done often enough for today, and when to ask again."""
    limits.note(Window(error.most, error.seconds, -1, time.time() + error.wait))
    return answer(error.status, str(error.message), {"Retry-After": str(error.wait)})


@bp.app_errorhandler(Overloaded)
def overloaded(error: Overloaded) -> Any:
    """Answers what the site cannot do now, and when to ask again."""
    return answer(error.status, str(error.message), {"Retry-After": str(error.wait)})


@bp.app_errorhandler(Invalid)
def invalid(error: Invalid) -> Any:
    """Answers a value that breaks a rule, and says to a program which one it is."""
    faults = [{"detail": str(error.message), "pointer": f"#/{error.field}"}]
    return answer(error.status, str(error.message), faults=faults)


@bp.app_errorhandler(Malformed)
def malformed(error: Malformed) -> Any:
    """Answers a program whose request is not as the interface describes it, with everything that is wrong."""
    return answer(
        error.status, faults=[fault.told() for fault in error.faults], untold=error.untold, kind=error.kind
    )


@bp.app_errorhandler(CSRFError)
def forged(error: CSRFError) -> Any:
    """Answers a form whose CSRF token is old, or belongs to another sign-in; the page keeps what was written."""
    return kept_answer(400, refused_form.is_other_sign_in(error))


def kept_answer(code: int, other_sign_in: bool) -> Any:
    """Returns the page that keeps a refused form; scripts get one line, and keep the text themselves."""
    if wants_piece() or wants_json():
        return answer(code, refused_form.sentence(other_sign_in))
    return refused_page(refused_form.page(other_sign_in), code)


@bp.app_errorhandler(Renamed)
def renamed(error: Renamed) -> Any:
    """Answers a form that acts on somebody whose username has changed since its page was rendered."""
    if wants_piece() or wants_json():
        return answer(error.status, refused_form.sentence_of(error))
    return refused_page(refused_form.renamed(error), error.status)


def refused_page(form: refused_form.Kept, code: int) -> Any:
    """Returns the page of a refused form; it holds a text, so no browser stores it."""
    response = make_response(refused_form.shown(form, code, g.request_id), code)
    response.cache_control.no_store = True
    return response


def wants_piece() -> bool:
    """Whether htmx, or a script of ours, asks for a fragment."""
    return "HX-Request" in request.headers


@bp.app_errorhandler(HTTPException)
def http(error: HTTPException) -> Any:
    """Answers everything that Flask and its extensions refuse."""
    failed = getattr(error, "original_exception", None)
    if isinstance(
        failed, DATABASE_FAILURES
    ):  # The commit failed, which comes after the request's own handlers.
        return current_app.handle_user_exception(failed)
    response = error.get_response()
    if error.code is None or error.code < 400:
        return response
    if error.code == 401 and refused_form.is_writing():
        return kept_answer(401, False)
    said = str(error.description) if error.code in SAID else None
    kept = {name: response.headers.get(name) for name in KEPT}
    if error.code == 429:
        kept["Retry-After"] = str(limits.wait())
    return answer(error.code, said, kept)


@bp.app_errorhandler(DatabaseDown)
@bp.app_errorhandler(PoolTimeout)
def database_waits(error: Exception) -> Any:
    """Answers at once while the database is silent, which was logged, or all its connections are in use."""
    if isinstance(error, PoolTimeout):
        current_app.logger.error("All connections to the database are in use: raise DATABASE_POOL_SIZE")
    return answer(503, headers={"Retry-After": "5"})


@bp.app_errorhandler(OperationalError)
def database_away(error: OperationalError) -> Any:
    """Answers while the database does not."""
    current_app.logger.error("The database is away", exc_info=error)
    return answer(503, headers={"Retry-After": "30"})


@bp.app_errorhandler(Exception)
def broken(error: Exception) -> Any:
    """Answers what nobody expected; Flask's own handler is not reached, so it is logged here."""
    current_app.logger.error("Uncaught exception on %s %s", request.method, request.path, exc_info=error)
    return answer(500)


@bp.after_app_request
def refuse_other_state(response: Response) -> Response:
    """Answers who wants to read a certain state of something that is in another one now, without sending that."""
    if not preconditions.is_refused(response):
        return response
    response.close()
    refusal: Response = answer(412)
    for name, value in response.headers.items():
        if name.startswith(("RateLimit", "X-RateLimit")):
            refusal.headers[name] = value
    return refusal


def answer(
    code: int,
    text: str | None = None,
    headers: dict[str, str | None] | None = None,
    faults: Sequence[dict[str, str]] = (),
    untold: int = 0,
    kind: str = "",
) -> Any:
    """Returns the answer in the shape that was asked for; a program gets a problem (RFC 9457).

    Args:
        code: the HTTP status.
        text: what to say instead of the usual words.
        headers: what to add; None values are left out.
        faults: what is wrong with which part of a program's request.
        untold: how many more faults there are.
        kind: which kind of problem it is, where the status alone does not say it.
    """
    if code >= 500:
        g._login_user = AnonymousUserMixin()  # The page must not ask a broken database who reads it.
    title, usual = TITLES.get(code, TITLES[500 if code >= 500 else 400])
    said = {"title": str(title), "text": text or str(usual)}
    if wants_piece() and not is_program():
        body = make_response(said["text"])
        body.mimetype = "text/plain"
    elif wants_json():
        kind = kind or kinds.name_of(code)
        problem: dict[str, Any] = {"type": url_for("errors.problem", kind=kind)}
        problem |= {"title": str(kinds.KINDS[kind].title), "status": code}
        problem |= {"detail": text or str(TO_PROGRAMS.get(code, usual)), "request_id": g.request_id}
        problem |= ({"errors": faults} if faults else {}) | ({"more_errors": untold} if untold else {})
        body = make_response(problem)
        body.mimetype = "application/problem+json"
        body.headers["Content-Language"] = current_language()
        body.vary.update(("Accept", "Accept-Language", "Authorization"))
    else:
        body = make_response(render_template("errors/error.html", code=code, request_id=g.request_id, **said))
    body.status_code = code
    for name, value in (headers or {}).items():
        if value:
            body.headers[name] = value
    return body


def wants_json() -> bool:
    """Whether the client asks for JSON, or uses the interface that speaks nothing else."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"] or is_program()
