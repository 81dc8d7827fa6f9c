"""The way to a translation service: how long it may take, where it leads, and whom it trusts."""

import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from app.translate import exchange
from app.translate.libretranslate import LibreTranslate
from app.translate.translator import BadAnswer, Unreachable
from tests.integration.processes import free_port
from tests.servers.translator import Translator

LASTS = 0.6


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shortens what is eight seconds for readers."""
    monkeypatch.setattr(exchange, "LASTS", LASTS)


def test_whole_request_lasts_eight_seconds_at_most() -> None:
    assert exchange.LASTS == 8


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("mood", ["silent", "slow", "slow head"])
def test_service_that_does_not_come_to_an_end_is_left_in_time(translator: Translator, mood: str) -> None:
    translator.mood = mood
    service = LibreTranslate(translator.url, "")
    began = time.monotonic()
    with pytest.raises(Unreachable):
        service.translate("아무리 기다려도 " * 10, "ko", "en")
    assert time.monotonic() - began < LASTS + 0.5


def test_service_that_takes_its_time_is_waited_for(translator: Translator) -> None:
    translator.wait = 1.0
    assert LibreTranslate(translator.url, "").translate("안녕", "ko", "en").text == "[en] 안녕"


def test_service_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        LibreTranslate(f"http://127.0.0.1:{free_port()}", "").translate("안녕", "ko", "en")
    with pytest.raises(Unreachable):
        LibreTranslate("http://nowhere.invalid", "").translate("안녕", "ko", "en")


def test_address_where_something_else_stands_is_told(translator: Translator) -> None:
    with pytest.raises(BadAnswer, match="TRANSLATOR_URL"):
        exchange.refuse("X", exchange.post("X", f"{translator.url}/other", {}, {}), "", "K")


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server with a certificate that nobody has signed, and that certificate."""
    if shutil.which("openssl") is None:
        pytest.skip("There is no openssl here to make a certificate with.")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    order = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {certificate}"
    order += " -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    subprocess.run(order.split(), check=True, capture_output=True)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"translatedText": "secured"}')

        def log_message(self, *_args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"https://localhost:{server.server_port}", certificate
    server.shutdown()
    server.server_close()
    thread.join()


def test_certificate_has_to_be_one_that_is_trusted(
    secured: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, certificate = secured
    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        LibreTranslate(url, "").translate("안녕", "ko", "en")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert LibreTranslate(url, "").translate("안녕", "ko", "en").text == "secured"
    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        LibreTranslate(url.replace("localhost", "127.0.0.1"), "").translate("안녕", "ko", "en")
