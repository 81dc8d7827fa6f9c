#!/usr/bin/env python3
"""A client of Hanmadi that knows one address, that of /api, and finds everything else by links.

It runs with Python 3.11 and ``requests``, from the command line as from other programs::

    with Hanmadi("https://hanmadi.example/api") as site:
        site.sign_in("bada", password)
        post = site.publish("겨울 산책 🌨")
        site.edit(post, lambda body: f"{body} #산책")
        site.like(next(site.search("겨울 산책")))
"""

import argparse
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from getpass import getpass
from itertools import islice
from textwrap import indent
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import AuthBase, HTTPBasicAuth

ATTEMPTS = 5
TIMEOUT = (5, 30)  # Seconds: to be connected, and to be answered.
PATIENCE = 300  # Seconds; who has to wait longer is told so instead.
LOST = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
HARMLESS_TWICE = {"GET", "PUT", "DELETE"}
KEY = "Idempotency-Key"

Body = dict[str, Any]


class Problem(Exception):
    """The site refuses a request, and says why (RFC 9457): its members are attributes of the same names."""

    def __init__(self, response: requests.Response) -> None:
        # What stands before the site, such as a proxy, refuses in words of its own.
        is_problem = response.headers.get("Content-Type", "").startswith("application/problem+json")
        told = response.json() if is_problem else {}
        self.status = response.status_code
        self.title: str = told.get("title", response.reason)
        self.detail: str = told.get("detail", "")
        self.errors: list[dict[str, str]] = told.get("errors", [])
        self.request_id: str = told.get("request_id", "")
        super().__init__(f"{self.status} {self.title}")

    def __str__(self) -> str:
        lines = [f"{self.status} {self.title}", self.detail]
        lines += [
            f"  {fault.get('pointer') or fault.get('parameter')}: {fault['detail']}" for fault in self.errors
        ]
        lines += [f"(request {self.request_id})"] if self.request_id else []
        return "\n".join(filter(None, lines))


class NotOffered(Exception):
    """A body has no such link: the reader may not do that, or has to sign in first."""


class Bearer(AuthBase):
    """Sends a token, and to nobody but the site that gave it."""

    def __init__(self, token: str, site: str) -> None:
        self._token, self._site = token, urlsplit(site)[:2]

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if urlsplit(str(request.url))[:2] == self._site:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Hanmadi:
    """A site; leaving its context ends the token.

    Args:
        entry: the address of its interface, the only one that has to be known.
        language: the language in which the site explains its refusals.
    """

    def __init__(self, entry: str, language: str = "en") -> None:
        self.entry = entry
        self._session = requests.Session()
        self._session.headers.update({"Accept": "application/json", "Accept-Language": language})
        self._seen: dict[str, requests.Response] = {}
        self._home: Body = {}
        self._token: Body = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with (
            self._session,
            suppress(Problem, requests.RequestException),
        ):  # It ends by itself within the hour.
            if self._token:
                self._send("DELETE", link(self._token, "delete"))

    def sign_in(self, name: str, password: str, scopes: tuple[str, ...] = ("read", "write")) -> None:
        """Exchanges a name and a password for a token, which the site then gets instead of them."""
        # In bytes, for requests would send Latin-1, and has no Korean.
        credentials = HTTPBasicAuth(name.encode(), password.encode())
        order = {"name": "hanmadi.py", "scopes": scopes}
        self._token = body_of(self._send("POST", self.link("tokens"), json=order, auth=credentials))
        self._session.auth = Bearer(self._token["token"], self.entry)
        self._home = {}  # A member is led further than a stranger.

    def link(self, name: str) -> str:
        """Returns where the entry leads, which is read once.

        Raises:
            NotOffered: it does not lead there.
        """
        self._home = self._home or self.get(self.entry)
        return link(self._home, name)

    def get(self, address: str) -> Body:
        """Reads a resource; what has not changed since it was last read is not sent again."""
        seen = self._seen.get(address)
        known = {"If-None-Match": seen.headers["ETag"]} if seen else {}
        response = self._send("GET", address, headers=known)
        if seen and response.status_code == requests.codes.not_modified:
            return body_of(seen)
        self._seen[address] = response
        return body_of(response)

    def items(self, address: str, **query: str | int) -> Iterator[Body]:
        """Yields everything that is in a list; a page is asked for when the one before it is used up."""
        page = self._send("GET", address, params=query)
        yield from body_of(page)["items"]
        while "next" in page.links:
            page = self._send("GET", urljoin(page.url, page.links["next"]["url"]))
            yield from body_of(page)["items"]

    def search(self, words: str, **query: str | int) -> Iterator[Body]:
        """Yields the posts that hold the words, as the search box understands them, the best first."""
        return self.items(self.link("search"), q=words, **query)

    def publish(self, text: str, parent: Body | None = None, key: str = "") -> Body:
        """Writes a post; once, however often the request has to be sent.

        Args:
            text: what it says.
            parent: the post that it answers, if any.
            key: the same for the same post, where the program itself may be started again; made up otherwise.
        """
        order = {"body": text}
        address = link(parent, "reply") if parent else self.link("posts")
        return body_of(self._send("POST", address, json=order, headers={KEY: key or str(uuid.uuid4())}))

    def edit(self, post: Body, rewrite: Callable[[str], str]) -> Body:
        """Changes what a post says, without undoing what was changed elsewhere meanwhile.

        Args:
            post: the post.
            rewrite: makes the new text of the present one, and is asked again where somebody was faster.
        """
        itself = link(post, "self")
        for _attempt in range(ATTEMPTS):
            change = {"body": rewrite(self.get(itself)["body"])}
            seen = {"If-Match": self._seen[itself].headers["ETag"]}
            try:
                return body_of(self._send("PATCH", link(post, "edit"), json=change, headers=seen))
            except Problem as problem:
                if problem.status != requests.codes.precondition_failed:
                    raise
                overtaken = problem
        raise overtaken

    def like(self, post: Body) -> Body:
        """Likes a post, and returns it as it is then."""
        return body_of(self._send("PUT", link(post, "like")))

    def _send(self, method: str, address: str, **options: Any) -> requests.Response:
        """Sends a request; again where the site asks to wait, or where the answer was lost and that does no harm."""
        may_repeat = method in HARMLESS_TWICE or KEY in options.get("headers", {})
        for left in reversed(range(ATTEMPTS)):
            try:
                response = self._session.request(method, address, timeout=TIMEOUT, **options)
            except LOST:
                if not (may_repeat and left):
                    raise
                wait: float | None = 2 / left  # Half a second, then ever longer.
            else:
                wait = seconds_to_wait(response) if left else None
            if wait is None:
                break
            time.sleep(wait)
        if not response.ok:
            raise Problem(response)
        return response


def body_of(response: requests.Response) -> Body:
    """Returns the body of an answer, with links that are whole addresses."""

    def made_whole(part: Body) -> Body:
        links = part.get("_links", {})
        links.update({name: urljoin(response.url, target) for name, target in links.items() if target})
        return part

    body: Body = response.json(object_hook=made_whole)
    return body


def link(body: Body, name: str) -> str:
    """Returns where a body leads.

    Raises:
        NotOffered: it does not lead there.
    """
    address = body["_links"].get(name)
    if not address:
        raise NotOffered(f"The site offers no link “{name}” here: it may be for members, or for others.")
    return str(address)


def seconds_to_wait(response: requests.Response) -> float | None:
    """Returns after how long the same request may be sent again, or None where that would not help."""
    if response.status_code == requests.codes.conflict and KEY in response.request.headers:
        return 1  # The answer to the same request is being made at this moment.
    if response.status_code not in (requests.codes.too_many_requests, requests.codes.service_unavailable):
        return None
    said = response.headers.get("Retry-After", "1")
    wait = float(said) if said.isdecimal() else parsedate_to_datetime(said).timestamp() - time.time()
    return max(wait, 0) if wait <= PATIENCE else None


def told(post: Body) -> str:
    """Returns a post as a terminal shows it."""
    head = f"{post['author']['username']} · {post['created_at'][:16]} · {link(post, 'html')}"
    return f"{head}\n{indent(post['body'], '    ')}"


def arguments() -> argparse.Namespace:
    """Returns what the command line asks for."""
    parser = argparse.ArgumentParser(
        description="Write, read and search on a Hanmadi site.",
        epilog="HANMADI_SITE and HANMADI_USER stand in for --site and --user. The password is taken from "
        "HANMADI_PASSWORD, or asked for. Nobody has to sign in to read.",
    )
    here, me = os.environ.get("HANMADI_SITE", "http://localhost:5000/api"), os.environ.get("HANMADI_USER")
    parser.add_argument("--site", default=here, help="the address of its interface (%(default)s)")
    parser.add_argument("--user", default=me, help="the member to sign in as")
    parser.add_argument("--language", default="en", help="of the site's messages: en or ko (%(default)s)")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    post = commands.add_parser("post", help="write a post")
    post.add_argument("text", help="what it says, or - to read that from standard input")
    post.add_argument("--key", default="", help="what makes repetitions of this post known for 24 hours")
    paging = argparse.ArgumentParser(add_help=False)
    paging.add_argument("--limit", type=int, default=20, help="how many posts at most (%(default)s)")
    paging.add_argument("--per-page", type=int, default=20, help="how many to ask for at once (%(default)s)")
    timeline = commands.add_parser("timeline", parents=[paging], help="read the latest posts")
    timeline.add_argument("which", nargs="?", choices=("home", "explore"), default="explore")
    search = commands.add_parser("search", parents=[paging], help="find posts")
    search.add_argument("words", nargs="+", help="as in the search box of the site")
    return parser.parse_args()


def main() -> None:
    """Does what the command line asks for."""
    asked = arguments()
    with Hanmadi(asked.site, asked.language) as site:
        if asked.user:
            site.sign_in(asked.user, os.environ.get("HANMADI_PASSWORD") or getpass())
        if asked.command == "post":
            print(told(site.publish(sys.stdin.read() if asked.text == "-" else asked.text, key=asked.key)))
            return
        address = site.link(asked.which if asked.command == "timeline" else "search")
        words = {"q": " ".join(asked.words)} if asked.command == "search" else {}
        for post in islice(site.items(address, per_page=asked.per_page, **words), asked.limit):
            print(told(post))


if __name__ == "__main__":
    try:
        main()
    except (Problem, NotOffered) as refusal:
        sys.exit(str(refusal))
    except requests.RequestException as error:
        sys.exit(f"The site gives no answer that can be used: {error}")
