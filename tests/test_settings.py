"""A setting that is wrong ends every role with one sentence; nothing starts with a value that cannot work."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.tree import ROOT

KEY = "a long random text that nobody guesses"
PRODUCTION = {"APP_ENV": "production", "SECRET_KEY": KEY, "EXTERNAL_URL": "https://hanmadi.example"}
# Reads settings from its input, line by line, each as it would be read at a start.
READ = """
import importlib, json, os, sys
for line in sys.stdin:
    os.environ.clear()
    os.environ.update(json.loads(line))
    try:
        import config
        importlib.reload(config).chosen()
        print("")
    except SystemExit as error:
        print(error)
"""

WRONG = [
    ({name: value}, name)
    for name, values in {
        "TIMEZONE": ("Mars/Phobos", "Asia", "../etc/passwd", "/etc/localtime"),
        "EXTERNAL_URL": (
            "example.org",
            "ftp://example.org",
            "https://",
            "https://a/b",
            "https://a:99999",
            "https://a?b",
        ),
        "WEB_WORKERS": ("0", "-1", "two", "1.5", "١"),
        "WEB_THREADS": ("0", "100000"),
        "PORT": ("0", "70000", "abc"),
        "PROXIES": ("-1", "many"),
        "MAIL_PORT": ("0", "65536"),
        "MAIL_SERVER": ("smtp://mail.example.org", "mail.example.org/x"),
        "MAIL_FROM": ("garbage", "a@b@c", "one@example.org two@example.org"),
        "MAIL_CA_FILE": ("/nowhere.pem", "/etc/passwd", "/"),
        "ADMINS": ("nobody", "a@example.org, nobody"),
        "LOG_LEVEL": ("loud", "10"),
        "REDIS_URL": (
            "localhost:6379",
            "http://localhost",
            "redis://",
            "redis://h:port",
            "redis://h:70000/0",
            "unix://x",
        ),
        "DATABASE_URL": (
            "garbage",
            "mysql://h/name",
            "postgresql://u:hidden@h:port/name",
            "postgresql://h",
            "sqlite:x.db",
        ),
        "ELASTICSEARCH_URL": ("localhost:9200", "https://host", "https://u:hidden@host:x", "ftp://host:1"),
        "ELASTICSEARCH_CA_FILE": ("/nowhere.pem", "/etc/passwd"),
        "SEARCH_PREFIX": ("Upper", "a b", "-a"),
        "SITE_NAME": ("two\nlines", "x" * 61),
        "HOST": ("http://127.0.0.1", "a b"),
        "MAIL_TLS": ("maybe",),
        "LIVE": ("there",),
        "APP_ENV": ("prod",),
    }.items()
    for value in values
] + [
    ({**PRODUCTION, "SECRET_KEY": ""}, "SECRET_KEY"),
    ({**PRODUCTION, "SECRET_KEY": "x"}, "SECRET_KEY"),
    ({**PRODUCTION, "SECRET_KEY": "x" * 31}, "SECRET_KEY"),
    ({**PRODUCTION, "TOKEN_KEYS": f"{KEY.replace(' ', '')} short"}, "TOKEN_KEYS"),
    ({**PRODUCTION, "EXTERNAL_URL": ""}, "EXTERNAL_URL"),
    ({**PRODUCTION, "EXTERNAL_URL": "http://hanmadi.example"}, "EXTERNAL_URL"),
    ({**PRODUCTION, "EXTERNAL_URL": "http://localhost.example"}, "EXTERNAL_URL"),
    ({**PRODUCTION, "EXTERNAL_URL": "http://192.168.0.2"}, "EXTERNAL_URL"),
]
RIGHT = [
    {},
    PRODUCTION,
    {**PRODUCTION, "SECRET_KEY": "x" * 32},
    {**PRODUCTION, "SECRET_KEY": "가" * 11},
    {**PRODUCTION, "EXTERNAL_URL": "http://localhost:5000"},
    {**PRODUCTION, "EXTERNAL_URL": "http://127.0.0.1:5000/"},
    {**PRODUCTION, "EXTERNAL_URL": "http://[::1]:5000"},
    {
        "EXTERNAL_URL": "https://한마디.example:8443",
        "TIMEZONE": "Europe/Kiev",
        "LOG_LEVEL": "debug",
        "PORT": "65535",
    },
    {
        "DATABASE_URL": "postgres://u:p%40@[::1]:5432/name?sslmode=require",
        "REDIS_URL": "rediss://:p@host:6379/1",
    },
    {
        "DATABASE_URL": "postgresql:///name?host=/run/postgresql",
        "REDIS_URL": "unix:///run/a b/redis.sock?db=2",
    },
    {"DATABASE_URL": "sqlite:////srv/한 마디.db", "REDIS_URL": "redis://host?ssl_cert_reqs=none&db=1"},
    {"ELASTICSEARCH_URL": "https://name:p@host:9200", "ADMINS": "a@example.org, b@example.org c@example.org"},
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each of the settings ends with; "" for those that are right."""
    surroundings = {"PYTHON_DOTENV_DISABLED": "1", "DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    asked = [json.dumps(settings) for settings in [settings for settings, _ in WRONG] + RIGHT]
    lines = [json.dumps({**surroundings, **json.loads(one)}) for one in asked]
    done = subprocess.run(
        [sys.executable, "-c", READ],
        cwd=ROOT,
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(asked, done.stdout.split("\n"), strict=False))


@pytest.mark.parametrize(("settings", "name"), WRONG)
def test_wrong_setting_ends_with_one_sentence(
    told: dict[str, str], settings: dict[str, str], name: str
) -> None:
    sentence = told[json.dumps(settings)]
    assert name in sentence and sentence.endswith("."), sentence
    assert "hidden" not in sentence, "It is a password."


@pytest.mark.parametrize("settings", RIGHT)
def test_right_setting_is_taken(told: dict[str, str], settings: dict[str, str]) -> None:
    assert told[json.dumps(settings)] == ""


@pytest.mark.parametrize("role", ["web", "live", "worker", "scheduler", "migrate"])
def test_every_role_ends_with_the_sentence(tmp_path: Path, role: str) -> None:
    env = {**PRODUCTION, "SECRET_KEY": "x", "BOOT_PYTHON": sys.executable, "DATA_DIR": str(tmp_path)}
    env |= {"PATH": os.environ["PATH"], "PYTHON_DOTENV_DISABLED": "1"}
    ended = subprocess.run(
        ["./boot.sh", role], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert (ended.stdout + ended.stderr).strip().startswith("SECRET_KEY has less than 32 bytes.")
    assert len((ended.stdout + ended.stderr).strip().splitlines()) == 1
