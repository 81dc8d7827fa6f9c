"""Every setting of the site, read once from the environment."""

import hashlib
import os
import re
import secrets
import ssl
import tempfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import load_dotenv

ROOT = Path(__file__).resolve().parent
load_dotenv(ROOT / ".env")


class SettingError(SystemExit):
    """A setting that is missing or wrong: the start ends with one sentence that says what to do."""


def setting(name: str, default: str = "") -> str:
    """Returns the setting's text; an empty value counts as not set."""
    return os.environ.get(name, "").strip() or default


def number(name: str, default: int, least: int = 1, most: int = 100_000) -> int:
    """Returns a whole-number setting.

    Raises:
        SettingError: the value is not a whole number, or out of range.
    """
    text = setting(name, str(default))
    if not re.fullmatch("-?[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise SettingError(
            f"{name} must be a whole number from {least} to {most}, but it is {text!r}. "
            "Correct it and start again."
        )
    return int(text)


def matching(name: str, pattern: str, what: str, default: str = "", is_secret: bool = False) -> str:
    """Returns a text setting that matches a pattern, which ``what`` puts into words; a secret one is not shown.

    Raises:
        SettingError: the value has another form.
    """
    text = setting(name)
    if text and not re.fullmatch(pattern, text):
        shown = "another text" if is_secret else repr(text)
        raise SettingError(f"{name} must be {what}, but it is {shown}. Correct it and start again.")
    return text or default


def certificates(name: str) -> str:
    """Returns a setting that names a file with certificates of authorities, or raises a SettingError."""
    path = setting(name)
    try:
        if path:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError as error:  # ssl.SSLError is one.
        why = (
            "holds no certificate"
            if isinstance(error, ssl.SSLError)
            else f"cannot be read ({error.strerror})"
        )
        raise SettingError(f"{name} names {path}, which {why}. Correct it and start again.") from None
    return path


def time_zone(name: str, default: str) -> str:
    """Returns a setting that names a time zone, or raises a SettingError."""
    text = setting(name, default)
    try:
        return ZoneInfo(text).key
    except (LookupError, ValueError, OSError):
        raise SettingError(
            f"{name} must be a time zone such as Asia/Seoul, but it is {text!r}. Correct it and start again."
        ) from None


PORT_NUMBER = r"(:([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))?"
HOST_NAME = r"(\[[\da-fA-F:.]+]|[^\s/?#@:\[\]]+)"
SERVER = f"https?://{HOST_NAME}{PORT_NUMBER}/?"
MAIL_ADDRESS = r"[^\s@<>,;]+@[^\s@<>,;]+"
LOCAL_HOSTS = re.compile(r"localhost|.+\.localhost|127\.[0-9.]+|::1")
DATABASES = (
    r"sqlite://(/.+)?|(postgres|postgresql|postgresql\+psycopg)://([^\s/@]*@)?"
    rf"({HOST_NAME})?{PORT_NUMBER}/[^\s/?]+(\?\S*)?"
)
STORES = (
    r"memory://|unix://([^\s/@]*@)?/[^?#]+(\?db=\d+)?|"
    rf"rediss?://([^\s/@]*@)?{HOST_NAME}{PORT_NUMBER}(/\d*)?(\?(db=\d+|ssl_\w+=[^\s&]+)(&(db=\d+|ssl_\w+=[^\s&]+))*)?"
)
LEAST_KEY = 32  # Bytes of a secret that nobody guesses.
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


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
    SITE_NAME = matching(
        "SITE_NAME", r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,60}", "a name of one to 60 letters", "한마디"
    )
    DATA_DIR = DATA_DIR
    HOST = matching("HOST", r"[^\s/?#@\[\]]+", "an address of this machine, such as 127.0.0.1", "127.0.0.1")
    PORT = number("PORT", 5000, most=65535)
    WEB_WORKERS = number("WEB_WORKERS", 3, most=256)
    LIVE = live()
    # A connection that is held here takes a thread for as long as its page is open.
    WEB_THREADS = number("WEB_THREADS", 64 if LIVE == "here" else 8, most=900)
    EXTERNAL_URL = matching(
        "EXTERNAL_URL", SERVER, "an address such as https://example.org", f"http://localhost:{PORT}"
    ).rstrip("/")
    PROXIES = number("PROXIES", 0, least=0, most=16)
    SECRET_KEY = setting("SECRET_KEY")
    TOKEN_KEYS = setting("TOKEN_KEYS").split()

    SQLALCHEMY_DATABASE_URI = database_url(
        matching(
            "DATABASE_URL",
            DATABASES,
            "postgresql://user:password@host/name or sqlite:////folder/file",
            f"sqlite:///{DATA_DIR / 'hanmadi.db'}",
            is_secret=True,
        )
    )
    # Of PostgreSQL, in seconds: how long a request waits for one answer, a connection, a place in the pool; any lock.
    DATABASE_TIMEOUT = number("DATABASE_TIMEOUT", 2)
    DATABASE_CONNECT_TIMEOUT = number("DATABASE_CONNECT_TIMEOUT", 2)
    DATABASE_POOL_TIMEOUT = number("DATABASE_POOL_TIMEOUT", 1)
    DATABASE_LOCK_TIMEOUT = number("DATABASE_LOCK_TIMEOUT", 30)
    DATABASE_POOL_SIZE = number("DATABASE_POOL_SIZE", 15)
    REDIS_URL = matching(
        "REDIS_URL",
        STORES,
        "redis://host:6379/0, rediss://… or unix:///folder/socket",
        f"unix://{socket_path(DATA_DIR)}",
        is_secret=True,
    )

    ELASTICSEARCH_URL = matching(
        "ELASTICSEARCH_URL",
        rf"https?://([^\s/?#@]*@)?{HOST_NAME}{PORT_NUMBER[:-1]}(/[^\s?#]*)?",
        "an address such as https://host:9200",
        is_secret=True,
    )
    ELASTICSEARCH_USERNAME = setting("ELASTICSEARCH_USERNAME")
    ELASTICSEARCH_PASSWORD = setting("ELASTICSEARCH_PASSWORD")
    ELASTICSEARCH_API_KEY = setting("ELASTICSEARCH_API_KEY")
    ELASTICSEARCH_CA_FILE = certificates("ELASTICSEARCH_CA_FILE")
    SEARCH_PREFIX = matching(
        "SEARCH_PREFIX", "[a-z0-9][a-z0-9_-]{0,99}", "a name of small letters, digits, - and _", "hanmadi"
    )
    SEARCH_PATH: str | None = setting("SEARCH_PATH", str(DATA_DIR / "search"))
    SEARCH_DICTIONARY = setting("SEARCH_DICTIONARY")
    SEARCH_SYNONYMS = setting("SEARCH_SYNONYMS")

    MAIL_SERVER = matching("MAIL_SERVER", r"[^\s/?#@]+", "a server's name, such as mail.example.org")
    MAIL_TLS = switch("MAIL_TLS", False)
    MAIL_STARTTLS = switch("MAIL_STARTTLS", True)
    MAIL_PORT = number("MAIL_PORT", 465 if MAIL_TLS else 587 if MAIL_STARTTLS else 25, most=65535)
    MAIL_CA_FILE = certificates("MAIL_CA_FILE")
    MAIL_USERNAME = setting("MAIL_USERNAME")
    MAIL_PASSWORD = setting("MAIL_PASSWORD")
    MAIL_FROM = matching(
        "MAIL_FROM", MAIL_ADDRESS, "one mail address", f"no-reply@{urlsplit(EXTERNAL_URL).hostname}"
    )
    MAIL_FOLDER = DATA_DIR / "mail"
    ADMINS = (
        matching(
            "ADMINS",
            rf"{MAIL_ADDRESS}([\s,]+{MAIL_ADDRESS})*,?",
            "mail addresses, parted by blanks or commas",
        )
        .replace(",", " ")
        .split()
    )
    LOG_LEVEL = matching(
        "LOG_LEVEL", f"(?i:{'|'.join(LOG_LEVELS)})", f"one of {', '.join(LOG_LEVELS)}", "INFO"
    ).upper()

    TRANSLATOR = translator()
    TRANSLATOR_URL = setting("TRANSLATOR_URL").rstrip("/")
    TRANSLATOR_KEY = setting("TRANSLATOR_KEY")
    TRANSLATOR_KEY_ID = setting("TRANSLATOR_KEY_ID")
    TRANSLATOR_REGION = setting("TRANSLATOR_REGION")

    BABEL_DEFAULT_LOCALE = "ko"
    BABEL_DEFAULT_TIMEZONE = time_zone("TIMEZONE", "Asia/Seoul")
    BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "translations")
    BOOTSTRAP_SERVE_LOCAL = True

    HELD_NAME_DAYS = number("HELD_NAME_DAYS", 30, least=0)

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
    COOKIE_PREFIX = "__Host-" if SESSION_COOKIE_SECURE else ""
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
        for name, keys in (("SECRET_KEY", [self.SECRET_KEY]), ("TOKEN_KEYS", self.TOKEN_KEYS)):
            if any(len(key.encode()) < LEAST_KEY for key in keys):
                wrong = "is missing" if keys == [""] else f"has less than {LEAST_KEY} bytes"
                raise SettingError(
                    f"{name} {wrong}. Set it to a long random text, for example the output of "
                    "python -c 'import secrets; print(secrets.token_urlsafe(48))', and start again."
                )
        if not setting("EXTERNAL_URL"):
            raise SettingError(
                "EXTERNAL_URL is missing. Set it to the address people open, such as https://example.org."
            )
        parts = urlsplit(self.EXTERNAL_URL)
        if parts.scheme == "http" and not LOCAL_HOSTS.fullmatch(parts.hostname or ""):
            raise SettingError(
                f"EXTERNAL_URL is {self.EXTERNAL_URL!r}, over which passwords would travel in the open. "
                "Set it to an address with https:, and start again."
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
