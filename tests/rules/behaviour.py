"""Who does what: one place commits, surfaces ask services, and work is started by what happened."""

import ast
from collections.abc import Iterator

from tests.rules.rule import Source, rule

SURFACES = tuple(f"app/{name}/**/*.py" for name in ("main", "auth", "api", "admin", "errors"))
RULES_AND_ROWS = (
    "app/services/**/*.py",
    "app/models/**/*.py",
    "app/policy.py",
    "app/events.py",
    "app/transaction.py",
)
A_VISIT = frozenset(
    "request session g url_for redirect abort flash render_template make_response jsonify".split()
)


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yields each import's line, and the dotted name of what it brings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module or ''}.{alias.name}") for alias in node.names)


@rule(
    "app/**/*.py",
    "!app/text.py",
    instead="Normalising is quadratic on combining marks: use nfc, nfd, nfkc or is_nfkc of app/text.py, which are not.",
    breaks={
        "app/a.py#module": 'import unicodedata\nunicodedata.normalize("NFC", text)\n',
        "app/a.py#name": "from unicodedata import normalize\n",
        "app/a.py#asks": 'unicodedata.is_normalized("NFC", text)\n',
    },
    keeps={"app/a.py": "unicodedata.decimal(digit)\n", "app/text.py": 'unicodedata.normalize("NFC", text)\n'},
)
def only_the_text_module_normalises(source: Source) -> Iterator[int]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in ("normalize", "is_normalized"):
            yield node.lineno
    yield from (line for line, name in imported(source.tree) if name.startswith("unicodedata.norm"))


@rule(
    "app/**/*.py",
    "!app/mailboxes.py",
    instead="Addresses are read in app/mailboxes.py, which limits their length first and returns their normal form.",
    breaks={
        "app/a.py#library": "from email_validator import validate_email\n",
        "app/a.py#wtforms": "from wtforms.validators import Email\n",
    },
    keeps={"app/mailboxes.py": "from email_validator import validate_email\n"},
)
def only_the_mailboxes_module_reads_addresses(source: Source) -> Iterator[int]:
    for line, name in imported(source.tree):
        if name.startswith("email_validator") or name == "wtforms.validators.Email":
            yield line


@rule(
    "app/**/*.py",
    "worker.py",
    "microblog.py",
    "!app/transaction.py",
    "!app/search/embedded/index.py",  # What it commits is tantivy's; search knows no database.
    instead="Only app/transaction.py commits, so that services compose: use its transaction(), step(), savepoint().",
    breaks={
        "app/services/a.py#commit": "db.session.commit()\n",
        "app/services/a.py#rollback": "db.session.rollback()\n",
        "app/cli/a.py#begin": "with db.engine.begin() as connection: pass\n",
        "app/services/a.py#nested": "with db.session.begin_nested(): pass\n",
    },
    keeps={
        "app/services/a.py": "from app.transaction import step\nstep()\n",
        "app/transaction.py": "s.commit()\n",
    },
)
def only_the_transaction_module_commits(source: Source) -> Iterator[int]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in ("commit", "rollback", "begin_nested"):
            yield node.lineno
        if isinstance(node, ast.With):
            calls = (item.context_expr for item in node.items)
            yield from (
                call.lineno
                for call in calls
                if isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr == "begin"
            )


@rule(
    *SURFACES,
    instead="A surface asks one service verb, which takes the viewer; move the query or the change into app/services.",
    breaks={
        "app/main/a.py#db": "from app.extensions import db\n",
        "app/main/a.py#through": "from app import extensions\nextensions.db.session\n",
        "app/api/a.py": "import sqlalchemy as sa\n",
        "app/auth/a.py": "from sqlalchemy.orm import joinedload\n",
        "app/errors/a.py": "from sqlalchemy import select\n",
        "app/api/a.py#commit": "from app.transaction import step\n",
        "app/main/a.py#engine": "from app.search.engine import Engine\n",
        "app/main/a.py#base": "from app.extensions import Base\n",
    },
    keeps={
        "app/main/a.py": "from app.extensions import limiter\nfrom app.services import posts\n",
        # Its handler has to name what it catches; that speaks to no database.
        "app/errors/a.py": "from sqlalchemy.exc import OperationalError\n",
    },
)
def surface_asks_services(source: Source) -> Iterator[int]:
    for line, name in imported(source.tree):
        if source.path.startswith("app/errors/") and name.startswith("sqlalchemy.exc."):
            continue
        if name.split(".")[0] in ("sqlalchemy", "flask_sqlalchemy") or name.startswith(
            ("app.transaction", "app.search")
        ):
            yield line
        if name in ("app.extensions.db", "app.extensions.Base"):
            yield line
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node).endswith("extensions.db"):
            yield node.lineno


@rule(
    *RULES_AND_ROWS,
    instead="A service, a model and the policy know no request: let the surface hand over what they need.",
    breaks={"app/services/a.py": "from flask import request\n", "app/policy.py": "from flask import g\n"},
    keeps={"app/services/a.py": "from flask import current_app\n"},
)
def rules_know_no_request(source: Source) -> Iterator[int]:
    for line, name in imported(source.tree):
        package, _, what = name.rpartition(".")
        if (package == "flask" and what in A_VISIT) or name == "flask_login.current_user":
            yield line


@rule(
    "app/**/*.py",
    "!app/events.py",
    "!app/wiring.py",
    "!app/queue/**",
    "!app/tasks/**",
    instead="Record an event and give it its task in app/wiring.py; it is told after the commit that made it true.",
    breaks={
        "app/services/a.py": "queue.enqueue(mail.welcome, user_id=1)\n",
        "app/main/a.py": "extensions.queue.enqueue_once('x', 1, task)\n",
    },
    keeps={"app/services/a.py": "record(PostLiked(1, 2))\n", "app/tasks/a.py": "queue.enqueue(run, id=1)\n"},
)
def work_is_started_by_what_happened(source: Source) -> Iterator[int]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("enqueue"):
            yield node.lineno


@rule(
    "app/services/**/*.py",
    instead="No service sends mail: record an event, and let a task mail the letter.",
    breaks={"app/services/a.py": "from app import email\n", "app/services/b.py": "import smtplib\n"},
    keeps={"app/services/a.py": "from app.events import PasswordForgotten\n"},
)
def service_sends_no_mail(source: Source) -> Iterator[int]:
    for line, name in imported(source.tree):
        if name.startswith("app.email") or name == "smtplib":
            yield line
