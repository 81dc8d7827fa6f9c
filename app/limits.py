"""How often a thing may be done, and who is counted."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from flask import g, request
from flask_limiter import RouteLimit
from flask_login import current_user
from limits import parse_many
from werkzeug.exceptions import TooManyRequests

from app.exceptions import WrongPassword
from app.extensions import limiter, network
from app.rates import Hit, Window

SIGN_IN = (
    "5 per minute; 10 per 15 minutes"  # Wrong passwords for one account from one network: the wait grows.
)
SIGN_IN_ANYWHERE = "100 per 15 minutes"  # Wrong passwords from one network, whatever the account.
SIGN_UP = "20 per hour"
MAILED_TO_ADDRESS = "5 per hour"
MAILED_FROM_NETWORK = "30 per hour"
CODES = "10 per 10 minutes"
CHECKED_PASSWORDS = "10 per 15 minutes"  # Wrong ones of a member who is signed in, from all networks.
POSTS = "300 per 3 hours"
FOLLOWS = "400 per day"
LIKES = "1000 per hour"
MESSAGES = "300 per hour"
BLOCKS = "1000 per hour"  # Mutes count too. Whoever is hounded by a crowd has many to do at once.
PROGRAMS = "300 per 5 minutes"  # All that is asked for with one token, or without one from a network.
PROGRAMS_OF_MEMBER = (
    "600 per 5 minutes"  # With all tokens of a member, so that a new one does not start anew.
)
TRANSLATIONS = "100 per hour"  # Each may cost the site something.
CONNECTIONS = (
    "120 per minute"  # Every page that is opened opens one, and so does every return of the network.
)
SEARCHES = "600 per 5 minutes"  # Pages of the search; programs have ``PROGRAMS``.
SUGGESTIONS = "600 per minute"  # One for each key that is pressed, by a whole office behind one address.


def by_network() -> str:
    """Counts the network that a request comes from."""
    return network(request.remote_addr or "")


def by_member() -> str:
    """Counts a member, or a stranger's network."""
    return f"member:{current_user.id}" if current_user.is_authenticated else by_network()


def by_token() -> str:
    """Counts the token of a program, or a stranger's network."""
    return f"token:{g.access_token.id}" if current_user.is_authenticated else by_network()


class Budget:
    """A limit whose key only the view knows, so that no decorator can count it.

    Args:
        limits: how often, as Flask-Limiter writes it.
        scope: its name; views that use the same one share the counts.
    """

    def __init__(self, limits: str, scope: str) -> None:
        self.limits = parse_many(limits)
        self.scope = scope

    def count(self, key: str) -> None:
        """Counts a request.

        Raises:
            TooManyRequests: the limit is reached.
        """
        _take([(self, key)])


sign_ins = Budget(SIGN_IN, "sign-ins")
sign_ins_anywhere = Budget(SIGN_IN_ANYWHERE, "sign-ins anywhere")
checked_passwords = Budget(CHECKED_PASSWORDS, "passwords")
mailed_to_address = Budget(MAILED_TO_ADDRESS, "mailed")
programs = Budget(PROGRAMS, "programs")
programs_of_member = Budget(PROGRAMS_OF_MEMBER, "programs of a member")


def count_program() -> None:
    """Counts a request to the API, for its token and for the member whose token it is.

    Raises:
        TooManyRequests: either limit is reached.
    """
    if request.method == "OPTIONS":
        return  # A browser asks so before each request, without the token.
    programs.count(by_token())
    if current_user.is_authenticated:
        programs_of_member.count(by_member())


def count_letter(mailbox: str) -> None:
    """Counts a letter that a request causes.

    Args:
        mailbox: the key that all spellings of the address share.

    Raises:
        TooManyRequests: enough letters went there.
    """
    mailed_to_address.count(_hidden(mailbox))


@contextmanager
def guess(account: str) -> Iterator[None]:
    """Counts an attempt at a password before the password is checked; only a wrong one stays counted.

    Args:
        account: the key of the account that is meant, however it was typed.

    Raises:
        TooManyRequests: too many wrong passwords for this account, or at all, came from this network.
    """
    with _attempt([(sign_ins, f"{_hidden(account)}:{by_network()}"), (sign_ins_anywhere, by_network())]):
        yield


@contextmanager
def confirmation(account: str) -> Iterator[None]:
    """Counts an attempt at the password of the member who is signed in, like ``guess``, in the same budget."""
    with guess(account), _attempt([(checked_passwords, by_member())]):
        yield


def note(window: Window) -> None:
    """Adds a limit that a service holds to those of which ``nearest`` tells."""
    g.setdefault("windows", []).append(window)


def nearest() -> Window | None:
    """Returns the limit of this request with the fewest requests left, and of several the one that ends last."""
    hits: list[Hit] = g.get("hits", [])
    fewest = min((hit.left for hit in hits), default=0)
    windows = [limiter.window(hit) for hit in hits if hit.left == fewest]
    windows += [*limiter.decorated(), *g.get("windows", [])]
    return min(windows, key=lambda window: (max(window.left, -1), -window.reset_at), default=None)


def wait() -> int:
    """Returns after how many seconds the limit that is nearest lets more through."""
    limit = nearest()
    return limit.wait if limit else 1


@contextmanager
def _attempt(budgets: Sequence[tuple[Budget, str]]) -> Iterator[None]:
    hits = _take(budgets)
    try:
        yield
    except WrongPassword:
        raise
    except BaseException:
        _give_back(hits)
        raise
    _give_back(hits)


def _take(budgets: Sequence[tuple[Budget, str]]) -> list[Hit]:
    """Counts a request in several budgets, or in none when one of them is spent.

    Raises:
        TooManyRequests: one is.
    """
    taken: list[Hit] = []
    if not limiter.enabled:
        return taken
    for budget, key in budgets:
        for limit in budget.limits:
            taken.append(limiter.take(limit, key, budget.scope))
            if taken[-1].left < 0:
                for hit in taken:
                    limiter.give_back(hit)
                g.setdefault("hits", []).append(taken[-1])
                raise TooManyRequests
    g.setdefault("hits", []).extend(taken)
    return taken


def _give_back(hits: Sequence[Hit]) -> None:
    kept = [hit for hit in g.get("hits", []) if hit not in hits]
    g.hits = [*kept, *map(limiter.give_back, hits)]


def _hidden(text: str) -> str:
    """Returns a key that stands for a text, which the store need not hold."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _shared(limits: str, scope: str, key: Callable[[], str], *methods: str) -> RouteLimit:
    return limiter.shared_limit(limits, scope, key_func=key, methods=list(methods) or None)


members_posts = _shared(POSTS, "posts", by_member, "POST")
members_follows = _shared(FOLLOWS, "follows", by_member)
members_likes = _shared(LIKES, "likes", by_member)
members_messages = _shared(MESSAGES, "messages", by_member, "POST")
members_blocks = _shared(BLOCKS, "blocks", by_member, "POST", "PUT", "DELETE")
members_translations = _shared(TRANSLATIONS, "translations", by_member)
codes = _shared(CODES, "codes", by_member, "POST")
signing_up = _shared(SIGN_UP, "sign-ups", by_network, "POST")
connections = _shared(CONNECTIONS, "connections", by_member)
searches = _shared(SEARCHES, "searches", by_member)
suggestions = _shared(SUGGESTIONS, "suggestions", by_member)
mailed_from_network = _shared(MAILED_FROM_NETWORK, "mails", by_network, "POST")
