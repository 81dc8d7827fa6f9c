"""What scripts of other sites may ask (the CORS protocol of the Fetch standard), and the answer to OPTIONS."""

from flask import Response, current_app, json, request, url_for
from werkzeug.exceptions import HTTPException

from app.api import bp
from app.programs import is_program

EXPOSED = (
    "Content-Range",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "WWW-Authenticate",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "X-Request-ID",
)
ALLOWED = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "If-Range",
    "Range",
    "X-Request-ID",
)
A_DAY = 86400


@bp.after_request
def list_methods(response: Response) -> Response:
    """Answers OPTIONS in JSON, as everything else."""
    if request.method == "OPTIONS" and response.status_code == 200:
        links = {"self": request.path, "describedby": url_for("api-docs.openapi_json")}
        response.set_data(json.dumps({"methods": sorted(response.allow), "_links": links}) + "\n")
        response.mimetype = "application/json"
    return response


def share(response: Response) -> Response:
    """Lets scripts of any site read an answer, except where a password is sent or chosen (decision 16)."""
    if not is_program():
        return response
    asked = request.headers.get("Access-Control-Request-Method", "")
    is_preflight = request.method == "OPTIONS" and bool(asked)
    if not _is_open(asked if is_preflight else request.method):
        return response
    response.headers["Access-Control-Allow-Origin"] = "*"
    if is_preflight:
        methods = sorted(method for method in response.allow if _is_open(method))
        response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
        response.headers["Access-Control-Allow-Headers"] = ", ".join(ALLOWED)
        response.headers["Access-Control-Max-Age"] = str(A_DAY)
    else:
        response.headers["Access-Control-Expose-Headers"] = ", ".join(EXPOSED)
    return response


def _is_open(method: str) -> bool:
    """Tells whether the operation at the address takes no password; a refusal of what is not there is open as well."""
    try:
        route, _values = current_app.create_url_adapter(request).match(method=method)  # type: ignore[union-attr]
    except HTTPException:
        return True
    return str(route).rpartition(".")[2] not in bp.closed
