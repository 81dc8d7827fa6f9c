"""How often a thing may be done, and who is counted."""

import hashlib
import time

from flask import Response, g, request
from flask_login import current_user

from app.extensions import limiter, network

SIGN_IN = "5 per minute; 10 per 15 minutes"  # Failures for one account from one network: the wait grows.
SIGN_IN_ANYWHERE = "100 per 15 minutes"  # Failures from one network, whatever the account.
SIGN_UP = "20 per hour"
MAILED_TO_ADDRESS = "5 per hour"
MAILED_FROM_NETWORK = "30 per hour"
CODES = "10 per 10 minutes"
CHECKED_PASSWORDS = "10 per 15 minutes"
POSTS = "300 per 3 hours"
FOLLOWS = "400 per day"
LIKES = "1000 per hour"
MESSAGES = "300 per hour"
BLOCKS = "1000 per hour"  # Mutes count too. Whoever is hounded by a crowd has many to do at once.
PROGRAMS = "300 per 5 minutes"  # All that is asked for with one token, or without one from a network.
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


def by_address() -> str:
    """Counts the e-mail address in a form or in a program's request, without keeping it."""
    try:
        sent = request.get_json(silent=True) if request.is_json else request.form
    except RecursionError:  # So deep that nobody reads it; the view refuses it.
        sent = None
    return _hidden(str(sent.get("email", "")) if isinstance(sent, dict) else "")


def by_name_and_network() -> str:
    """Counts an account's name in a form together with the network, so that strangers cannot lock its owner out."""
    return f"{_hidden(request.form.get('name', ''))}:{by_network()}"


def _hidden(text: str) -> str:
    return hashlib.sha256(text.strip().casefold().encode()).hexdigest()[:24]


def by_credentials_and_network() -> str:
    """Counts the account that Basic credentials name together with the network."""
    given = request.authorization
    return f"{_hidden((given.username if given else None) or '')}:{by_network()}"


def by_token() -> str:
    """Counts the token of a program, or a stranger's network."""
    return f"token:{g.access_token.id}" if current_user.is_authenticated else by_network()


def wait() -> int:
    """Returns after how many seconds the limit that is nearest lets more through."""
    limit = limiter.current_limit
    # reset_at is the whole second behind the window.
    return max(1, int(limit.reset_at - time.time())) if limit else 1


def unauthorized(response: Response) -> bool:
    """Whether a request has failed for want of the right credentials."""
    return response.status_code == 401


members_posts = limiter.shared_limit(POSTS, scope="posts", key_func=by_member, methods=["POST"])
members_follows = limiter.shared_limit(FOLLOWS, scope="follows", key_func=by_member)
members_likes = limiter.shared_limit(LIKES, scope="likes", key_func=by_member)
members_messages = limiter.shared_limit(MESSAGES, scope="messages", key_func=by_member, methods=["POST"])
members_blocks = limiter.shared_limit(
    BLOCKS, scope="blocks", key_func=by_member, methods=["POST", "PUT", "DELETE"]
)
members_translations = limiter.shared_limit(TRANSLATIONS, scope="translations", key_func=by_member)
codes = limiter.shared_limit(CODES, scope="codes", key_func=by_member, methods=["POST"])
signing_up = limiter.shared_limit(SIGN_UP, scope="sign-ups", key_func=by_network, methods=["POST"])
connections = limiter.shared_limit(CONNECTIONS, scope="connections", key_func=by_member)
searches = limiter.shared_limit(SEARCHES, scope="searches", key_func=by_member)
suggestions = limiter.shared_limit(SUGGESTIONS, scope="suggestions", key_func=by_member)
checked_passwords = limiter.shared_limit(
    CHECKED_PASSWORDS, scope="passwords", key_func=by_member, methods=["POST"]
)
mailed_to_address = limiter.shared_limit(
    MAILED_TO_ADDRESS, scope="mailed", key_func=by_address, methods=["POST"]
)
mailed_from_network = limiter.shared_limit(
    MAILED_FROM_NETWORK, scope="mails", key_func=by_network, methods=["POST"]
)
programs = limiter.shared_limit(PROGRAMS, scope="programs", key_func=by_token)
