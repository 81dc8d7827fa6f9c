"""Every setting of the site, read once from the environment."""

import hashlib
import os
import re
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import load_dotenv

ROOT = Path(__file__).resolve().parent
load_dotenv(ROOT / ".env")


class SettingError(SystemExit):
    """A setting that is missing or wrong: the start ends with one sentence that says what to do."""


def setting(name: str, default: str = "") -> str:
    """Returns the setting's text; an empty value counts as not set."""
    return os.environ.get(name, "").strip() or default


def number(name: str, default: int) -> int:
    """Returns a whole-number setting.

    Raises:
        SettingError: the value is not a whole number.
    """
    text = setting(name, str(default))
    try:
        return int(text)
    except ValueError:
        raise SettingError(
            f"{name} must be a whole number, but it is {text!r}. Correct it and start again."
        ) from None


def switch(name: str, default: bool) -> bool:
    """Returns an on/off setting: 1, true, yes, on mean on; 0, false, no, off mean off.

    Raises:
        SettingError: the value is none of these words.
    """
    text = setting(name, "1" if default else "0").lower()
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off"):
        return False
    raise SettingError(f"{name} must be 1 or 0, but it is {text!r}. Correct it and start again.")


def database_url(url: str) -> str:
    """Names the driver we ship: hosts give ``postgres://`` or ``postgresql://``, both mean psycopg 3 here."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


TRANSLATORS: dict[str, tuple[str, ...]] = {
    "": (),
    "papago": ("TRANSLATOR_KEY_ID", "TRANSLATOR_KEY"),
    "microsoft": ("TRANSLATOR_KEY",),
    "libretranslate": ("TRANSLATOR_URL",),
}
"""The services that can translate posts, and the settings without which each is of no use."""


def translator() -> str:
    """Returns which service translates posts; "" where none does.

    Raises:
        SettingError: there is no such service, or one of its settings is missing or wrong.
    """
    name = setting("TRANSLATOR").lower()
    if name not in TRANSLATORS:
        known = ", ".join(filter(None, TRANSLATORS))
        raise SettingError(f"TRANSLATOR must be one of {known}, or empty, but it is {name!r}.")
    for needed in TRANSLATORS[name]:
        if not setting(needed):
            raise SettingError(f"TRANSLATOR={name} needs {needed}. Set it, or take TRANSLATOR out.")
    url = setting("TRANSLATOR_URL")
    if url and not re.fullmatch(r"https?://(\[[\da-fA-F:.]+]|[^\s/?#@:]+)(:\d+)?(/[^\s?#]*)?", url):
        raise SettingError(
            f"TRANSLATOR_URL must be an address such as https://example.org, but it is {url!r}."
        )
    for sent in ("TRANSLATOR_KEY", "TRANSLATOR_KEY_ID", "TRANSLATOR_REGION"):
        if not re.fullmatch("[!-~]*", setting(sent)):
            raise SettingError(f"{sent} holds a letter that no key has. Copy it once more and start again.")
    return name


LIVE = ("here", "apart", "off")
"""Where pages' connections are held: by the processes that serve pages, by others, or nowhere."""


def live() -> str:
    """Returns where pages' connections are held; "only", which boot.sh sets, means here, and nothing else is done.

    Raises:
        SettingError: the value is none of the words.
    """
    where = setting("LIVE", "here").lower()
    if where not in (*LIVE, "only"):
        raise SettingError(
            f"LIVE must be one of {', '.join(LIVE)}, but it is {where!r}. Correct it and start again."
        )
    return where


def socket_path(data: Path) -> Path:
    """Returns where the embedded store listens: in the data folder, or in the temporary folder when the path is
    longer than a Unix socket's name may be (108 bytes on Linux, 104 on macOS), or no plain part of an address.
    """
    path = data / "store.sock"
    if len(os.fsencode(path)) < 100 and not set("%?#") & set(str(path)):
        return path
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"hanmadi-{name}.sock"


def kept_secret(path: Path) -> str:
    """Returns the secret kept in a file, making it at the first start; two processes starting at once agree.

    Raises:
        SettingError: the folder cannot be written.
    """
    made = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
            try:
                os.link(made, path)
            except FileExistsError:
                pass
            finally:
                made.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise SettingError(
            f"The data folder {path.parent} cannot be written ({error.strerror}). "
            "Mend its permissions or free some room, or set DATA_DIR to another folder, and start again."
        ) from None


DATA_DIR = Path(setting("DATA_DIR", str(ROOT / "instance"))).expanduser().resolve()


class Config:
    """What all environments share."""

    ENVIRONMENT = "development"
    SITE_NAME = setting("SITE_NAME", "한마디")
    DATA_DIR = DATA_DIR
    HOST = setting("HOST", "127.0.0.1")
    PORT = number("PORT", 5000)
    WEB_WORKERS = number("WEB_WORKERS", 3)
    LIVE = live()
    # A connection that is held here takes a thread for as long as its page is open.
    WEB_THREADS = number("WEB_THREADS", 64 if LIVE == "here" else 8)
    EXTERNAL_URL = setting("EXTERNAL_URL", f"http://localhost:{PORT}").rstrip("/")
    PROXIES = number("PROXIES", 0)
    SECRET_KEY = setting("SECRET_KEY")
    TOKEN_KEYS = setting("TOKEN_KEYS").split()

    SQLALCHEMY_DATABASE_URI = database_url(setting("DATABASE_URL", f"sqlite:///{DATA_DIR / 'hanmadi.db'}"))
    # Of PostgreSQL, in seconds: how long a request waits for one answer, a connection, a place in the pool; any lock.
    DATABASE_TIMEOUT = number("DATABASE_TIMEOUT", 2)
    DATABASE_CONNECT_TIMEOUT = number("DATABASE_CONNECT_TIMEOUT", 2)
    DATABASE_POOL_TIMEOUT = number("DATABASE_POOL_TIMEOUT", 1)
    DATABASE_LOCK_TIMEOUT = number("DATABASE_LOCK_TIMEOUT", 30)
    DATABASE_POOL_SIZE = number("DATABASE_POOL_SIZE", 15)
    REDIS_URL = setting("REDIS_URL", f"unix://{socket_path(DATA_DIR)}")

    ELASTICSEARCH_URL = setting("ELASTICSEARCH_URL")
    ELASTICSEARCH_USERNAME = setting("ELASTICSEARCH_USERNAME")
    ELASTICSEARCH_PASSWORD = setting("ELASTICSEARCH_PASSWORD")
    ELASTICSEARCH_API_KEY = setting("ELASTICSEARCH_API_KEY")
    ELASTICSEARCH_CA_FILE = setting("ELASTICSEARCH_CA_FILE")
    SEARCH_PREFIX = setting("SEARCH_PREFIX", "hanmadi")
    SEARCH_PATH: str | None = setting("SEARCH_PATH", str(DATA_DIR / "search"))
    SEARCH_DICTIONARY = setting("SEARCH_DICTIONARY")
    SEARCH_SYNONYMS = setting("SEARCH_SYNONYMS")

    MAIL_SERVER = setting("MAIL_SERVER")
    MAIL_TLS = switch("MAIL_TLS", False)
    MAIL_STARTTLS = switch("MAIL_STARTTLS", True)
    MAIL_PORT = number("MAIL_PORT", 465 if MAIL_TLS else 587 if MAIL_STARTTLS else 25)
    MAIL_CA_FILE = setting("MAIL_CA_FILE")
    MAIL_USERNAME = setting("MAIL_USERNAME")
    MAIL_PASSWORD = setting("MAIL_PASSWORD")
    MAIL_FROM = setting("MAIL_FROM", f"no-reply@{urlsplit(EXTERNAL_URL).hostname}")
    MAIL_FOLDER = DATA_DIR / "mail"
    ADMINS = setting("ADMINS").replace(",", " ").split()
    LOG_LEVEL = setting("LOG_LEVEL", "INFO").upper()

    TRANSLATOR = translator()
    TRANSLATOR_URL = setting("TRANSLATOR_URL").rstrip("/")
    TRANSLATOR_KEY = setting("TRANSLATOR_KEY")
    TRANSLATOR_KEY_ID = setting("TRANSLATOR_KEY_ID")
    TRANSLATOR_REGION = setting("TRANSLATOR_REGION")

    BABEL_DEFAULT_LOCALE = "ko"
    BABEL_DEFAULT_TIMEZONE = setting("TIMEZONE", "Asia/Seoul")
    BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "translations")
    BOOTSTRAP_SERVE_LOCAL = True

    HELD_NAME_DAYS = number("HELD_NAME_DAYS", 30)

    RATELIMIT_ENABLED = switch("RATELIMIT_ENABLED", True)
    MAX_CONTENT_LENGTH = 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 256 * 1024
    WTF_CSRF_TIME_LIMIT = None
    PERMANENT_SESSION_LIFETIME = timedelta(days=31)
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = EXTERNAL_URL.startswith("https:")
    SESSION_COOKIE_NAME = "__Host-hanmadi" if SESSION_COOKIE_SECURE else "hanmadi"
    SIGN_IN_COOKIE_NAME = "__Host-hanmadi-in" if SESSION_COOKIE_SECURE else "hanmadi-in"
    PREFERRED_URL_SCHEME = urlsplit(EXTERNAL_URL).scheme


class Development(Config):
    """One machine, nothing prepared: what ``./boot.sh`` runs."""

    def __init__(self) -> None:
        self.SECRET_KEY = self.SECRET_KEY or kept_secret(self.DATA_DIR / "secret_key")


class Testing(Config):
    """The tests: no outside service unless a test starts one."""

    ENVIRONMENT = "testing"
    TESTING = True
    SECRET_KEY = "a key for tests only, which nobody needs to guess"
    EXTERNAL_URL = "http://localhost"
    REDIS_URL = "memory://"
    ELASTICSEARCH_URL = ""
    SEARCH_PATH = None  # The index lives in memory.
    SEARCH_DICTIONARY = SEARCH_SYNONYMS = ""
    MAIL_SERVER = ""
    ADMINS: list[str] = []
    TRANSLATOR = TRANSLATOR_URL = TRANSLATOR_KEY = TRANSLATOR_KEY_ID = TRANSLATOR_REGION = ""
    LIVE = "here"
    RATELIMIT_ENABLED = False
    WTF_CSRF_ENABLED = False  # The tests of forgery switch it on.
    PROPAGATE_EXCEPTIONS = False


class Production(Config):
    """A server that strangers reach."""

    ENVIRONMENT = "production"

    def __init__(self) -> None:
        if not self.SECRET_KEY:
            raise SettingError(
                "SECRET_KEY is missing. Set it to a long random text, for example the output of "
                "python -c 'import secrets; print(secrets.token_urlsafe(48))', and start again."
            )
        if not setting("EXTERNAL_URL"):
            raise SettingError(
                "EXTERNAL_URL is missing. Set it to the address people open, such as https://example.org."
            )


ENVIRONMENTS = {"development": Development, "testing": Testing, "production": Production}


def chosen() -> Config:
    """Returns the configuration that APP_ENV names.

    Raises:
        SettingError: APP_ENV names none, or a required setting is missing.
    """
    name = setting("APP_ENV", "development")
    if name not in ENVIRONMENTS:
        raise SettingError(f"APP_ENV must be one of {', '.join(ENVIRONMENTS)}, but it is {name!r}.")
    return ENVIRONMENTS[name]()
