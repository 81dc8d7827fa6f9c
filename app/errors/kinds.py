"""The kinds of problems (RFC 9457) that programs are told of: stable names, and what each means."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Kind:
    """A kind of problem.

    Attributes:
        status: the HTTP status that comes with it.
        title: what it is, in a few words.
        meaning: when it happens.
        remedy: what a client does then.
    """

    status: int
    title: Any
    meaning: Any
    remedy: Any


KINDS = {
    "bad-request": Kind(
        400,
        _l("Bad request"),
        _l("The request cannot be read, or it says something that cannot be."),
        _l("Correct it as detail says. The description of the interface tells what every operation takes."),
    ),
    "unreadable-body": Kind(
        400,
        _l("Unreadable body"),
        _l("The body is empty, is not UTF-8, is not JSON, or has a field twice in one object."),
        _l("Send one JSON value (RFC 8259) in UTF-8. detail says where the fault is."),
    ),
    "invalid-parameters": Kind(
        400,
        _l("Invalid parameters"),
        _l("A parameter of the query is unknown, repeated, or has a value that is not allowed."),
        _l("errors names each parameter, and says what is allowed."),
    ),
    "invalid-cursor": Kind(
        400,
        _l("Invalid cursor"),
        _l("The cursor belongs to another list, to other words or another sort, or was changed."),
        _l("Follow the links of a list as they are. Begin again with its first page."),
    ),
    "unauthenticated": Kind(
        401,
        _l("Unauthenticated"),
        _l("A token, or the name and password, is missing, has ended, or is wrong."),
        _l("Make a token with POST /api/tokens, and send it as “Authorization: Bearer …”."),
    ),
    "forbidden": Kind(
        403,
        _l("Forbidden"),
        _l("The member, or the token, may not do this."),
        _l("detail says what is missing: a scope of the token, or a confirmed address."),
    ),
    "not-found": Kind(
        404,
        _l("Not found"),
        _l("There is nothing at this address that the reader may see."),
        _l("Follow the links from /api instead of making up addresses."),
    ),
    "method-not-allowed": Kind(
        405,
        _l("Method not allowed"),
        _l("The address is there, and does not know the method."),
        _l("The Allow header lists the methods that it knows."),
    ),
    "conflict": Kind(
        409,
        _l("Conflict"),
        _l("The state of the resource does not allow this now."),
        _l("Read the resource again. detail says what stands in the way."),
    ),
    "in-progress": Kind(
        409,
        _l("In progress"),
        _l("A request with the same Idempotency-Key is being done at this moment."),
        _l("Send it again after the seconds that Retry-After says."),
    ),
    "gone": Kind(
        410,
        _l("Gone"),
        _l("It was kept for a while, and that is over."),
        _l("Make a new one."),
    ),
    "precondition-failed": Kind(
        412,
        _l("Precondition failed"),
        _l(
            "If-Match or If-None-Match does not fit the state of the resource. Weak tags never match in If-Match."
        ),
        _l("Read the resource again, then send the change with its new ETag."),
    ),
    "too-large": Kind(
        413,
        _l("Too large"),
        _l("The body is larger than the site takes."),
        _l("Send less in one request."),
    ),
    "address-too-long": Kind(
        414,
        _l("Address too long"),
        _l("The address is longer than the site takes."),
        _l("Send fewer or shorter parameters."),
    ),
    "unsupported-body": Kind(
        415,
        _l("Unsupported body"),
        _l("The body is not announced as JSON, or it is compressed or in another encoding than UTF-8."),
        _l("Send “Content-Type: application/json”, and no Content-Encoding."),
    ),
    "range-not-satisfiable": Kind(
        416,
        _l("Range not satisfiable"),
        _l("The file does not have the bytes that Range asks for."),
        _l("Content-Range says how long the file is."),
    ),
    "invalid-body": Kind(
        422,
        _l("Invalid body"),
        _l("The body is JSON, and a value in it is missing, unknown, or not allowed."),
        _l("errors points at each fault with a JSON pointer. more_errors says how many are left out."),
    ),
    "idempotency-key-reused": Kind(
        422,
        _l("Idempotency key reused"),
        _l("The Idempotency-Key belongs to another request of the last 24 hours."),
        _l("Make up a new key for every request that is not a repetition."),
    ),
    "precondition-required": Kind(
        428,
        _l("Precondition required"),
        _l("An edit has to say which state of the resource it has seen."),
        _l("Send If-Match with the ETag of what was read."),
    ),
    "too-many-requests": Kind(
        429,
        _l("Too many requests"),
        _l("A limit is used up. RateLimit and RateLimit-Policy say which one."),
        _l("Wait as many seconds as Retry-After says."),
    ),
    "headers-too-large": Kind(
        431,
        _l("Headers too large"),
        _l("A header of the request is longer than the site takes."),
        _l("Send shorter headers."),
    ),
    "internal-error": Kind(
        500,
        _l("Internal error"),
        _l("Something broke on the site. It was noted."),
        _l("Try again later. request_id tells the people who run the site which request it was."),
    ),
    "unavailable": Kind(
        503,
        _l("Unavailable"),
        _l("The site, or a part of it, does not answer at this moment."),
        _l("Send the request again after the seconds that Retry-After says."),
    ),
}
OF_STATUS: dict[int, str] = {}
for _name, _kind in KINDS.items():
    OF_STATUS.setdefault(_kind.status, _name)


def name_of(status: int) -> str:
    """Returns the kind of a refusal of which nothing is known but its status."""
    return OF_STATUS.get(status, "internal-error" if status >= 500 else "bad-request")
