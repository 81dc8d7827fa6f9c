"""A server that speaks as Papago, Microsoft Translator 3.0 and LibreTranslate document it, in every mood.

    python -m tests.servers.translator 8899

With TRANSLATOR_URL=http://127.0.0.1:8899 and the key "key" (Papago's id: "id") a site can use it as any of the three.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY_ID, KEY = "id", "key"
PHRASES = {
    ("The sea is loud and I love it.", "ko"): "바다 소리가 커서 좋아요.",
    (
        "Finally moved to Busan. The sea is loud and I love it.",
        "ko",
    ): "드디어 부산으로 이사했어요. 바다 소리가 커서 정말 좋아요.",
    (
        "끝말잇기 is terrifying and I am learning so much.",
        "ko",
    ): "끝말잇기는 무섭지만 정말 많이 배우고 있어요.",
    ("At least the walk was fully exposed.", "ko"): "그래도 산책만큼은 노출이 충분했네요.",
    (
        "The train skipped my stop again, so I walked 20 blocks with an empty film camera.",
        "ko",
    ): "열차가 또 제 정거장을 그냥 지나쳐서, 필름도 없는 카메라를 들고 스무 블록을 걸었어요.",
    ("첫눈이 오면 함께 걸어요.", "en"): "Let's walk together when the first snow falls.",
}
PAPAGO = set("ko en ja zh-CN zh-TW vi th id fr es ru de it".split())
MICROSOFT = set("ko en ja zh-Hans zh-Hant ru th ar he el hi fr de es".split())
LIBRE = set("ko en ja zh ru ar".split())


@dataclass(frozen=True)
class Asked:
    """A request that has come.

    Attributes:
        path: with its query.
        headers: by their names in small letters.
        body: the value of its JSON.
    """

    path: str
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Said:
    """What goes back: a status and a value of JSON, or the bytes themselves."""

    status: int
    body: Any


class Translator:
    """The server; it listens until it is closed.

    Attributes:
        mood: what it does with requests: ``well`` translates, any other is an entry of MOODS or of REFUSALS.
        asked: what has been asked, oldest first.
        wait: seconds that it thinks before it answers.
    """

    def __init__(self, port: int = 0) -> None:
        self.mood = "well"
        self.asked: list[Asked] = []
        self.wait = 0.0
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it begins."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Lets go of whoever still waits, and ends."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def translated(text: str, target: str) -> str:
    """Returns the translation."""
    return PHRASES.get((text, target.partition("-")[0]), f"[{target}] {text}")


def guessed(text: str) -> str:
    """Returns the language that a text is found to be in."""
    korean, latin = (len(re.findall(letters, text)) for letters in ("[가-힣]", "[A-Za-z]"))
    return "ko" if 3 * korean > latin else "en"


def _papago(asked: Asked) -> Said:
    if (asked.headers.get("x-ncp-apigw-api-key-id"), asked.headers.get("x-ncp-apigw-api-key")) != (
        KEY_ID,
        KEY,
    ):
        return REFUSALS["unauthorized"]["papago"]
    wish = asked.body
    if wish["source"] not in {*PAPAGO, "auto"} or wish["target"] not in PAPAGO:
        return REFUSALS["unknown"]["papago"]
    source = guessed(wish["text"]) if wish["source"] == "auto" else wish["source"]
    if source == wish["target"]:
        return REFUSALS["same"]["papago"]
    told = translated(wish["text"], wish["target"])
    result = {"srcLangType": source, "tarLangType": wish["target"], "translatedText": told}
    return Said(200, {"message": {"result": result}})


def _microsoft(asked: Asked) -> Said:
    query = parse_qs(urlsplit(asked.path).query)
    if asked.headers.get("ocp-apim-subscription-key") != KEY:
        return REFUSALS["unauthorized"]["microsoft"]
    (target,) = query["to"]
    source = query.get("from", [""])[0]
    if target not in MICROSOFT or (source and source not in MICROSOFT):
        return REFUSALS["unknown"]["microsoft"]
    (text,) = (each["Text"] for each in asked.body)
    item: dict[str, Any] = {"translations": [{"text": translated(text, target), "to": target}]}
    if not source:
        item = {"detectedLanguage": {"language": guessed(text), "score": 1.0}} | item
    return Said(200, [item])


def _libretranslate(asked: Asked) -> Said:
    wish = asked.body
    if wish.get("api_key", KEY) != KEY:
        return REFUSALS["forbidden"]["libretranslate"]
    for language in (wish["source"], wish["target"]):
        if language not in {*LIBRE, "auto"}:
            return Said(400, {"error": f"{language} is not supported"})
    assert wish["format"] == "text"
    told: dict[str, Any] = {"translatedText": translated(wish["q"], wish["target"])}
    if wish["source"] == "auto":
        told["detectedLanguage"] = {"confidence": 90.0, "language": guessed(wish["q"])}
    return Said(200, told)


def _papagos(status: int, code: str, message: str) -> Said:
    return Said(status, {"error": {"errorCode": code, "message": message}})


def _microsofts(code: int, message: str) -> Said:
    return Said(code // 1000, {"error": {"code": code, "message": message}})


REFUSALS = {
    "unauthorized": {
        "papago": _papagos(401, "200", "Authentication Failed"),
        "microsoft": _microsofts(
            401000, "The request is not authorized because credentials are missing or invalid."
        ),
        "libretranslate": Said(400, {"error": "Please contact the server operator to get an API key"}),
    },
    "forbidden": {
        "papago": _papagos(403, "210", "Permission Denied"),
        "microsoft": _microsofts(403000, "The operation is not allowed."),
        "libretranslate": Said(403, {"error": "Invalid API key"}),
    },
    "busy": {
        "papago": _papagos(429, "400", "Quota Exceeded"),
        "microsoft": _microsofts(
            429001,
            "The server rejected the request because the client has exceeded request limits.",
        ),
        "libretranslate": Said(429, {"error": "Slowdown: 20 per 1 minute"}),
    },
    "spent": {
        "papago": _papagos(429, "410", "Throttle Limited"),
        "microsoft": _microsofts(
            403001, "The operation is not allowed because the subscription has exceeded its free quota."
        ),
        "libretranslate": Said(429, {"error": "Slowdown: 1000 per 1 day"}),
    },
    "unknown": {
        "papago": _papagos(400, "N2MT04", "Unsupported target language (지원하지 않는 target 언어입니다.)"),
        "microsoft": _microsofts(400036, "The target language is not valid."),
        "libretranslate": Said(400, {"error": "xx is not supported"}),
    },
    "same": {
        "papago": _papagos(400, "N2MT05", "source and target must be different"),
        "microsoft": _microsofts(400023, "One of the specified language pair is not valid."),
        "libretranslate": Said(
            400, {"error": "Korean (ko) is not available as a target language from Korean (ko)"}
        ),
    },
    "unreadable": {
        "papago": _papagos(400, "N2MT07", "text parameter is needed"),
        "microsoft": _microsofts(400074, "The body of the request is not valid JSON."),
        "libretranslate": Said(400, {"error": "Invalid request: missing q parameter"}),
    },
    "broken": {
        "papago": _papagos(500, "N2MT99", "Internal server error"),
        "microsoft": _microsofts(500000, "An unexpected error occurred."),
        "libretranslate": Said(500, {"error": "Cannot translate text: out of memory"}),
    },
}
"""By the mood, then by the service: each as it is documented."""


class _Handler(BaseHTTPRequestHandler):
    translator: Translator

    def do_POST(self) -> None:
        """Answers a request as the server's mood wants it."""
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        assert self.headers.get_content_type() == "application/json"
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.path, headers, json.loads(raw))
        server = self.translator
        server.asked.append(asked)
        server.closing.wait(server.wait)
        parts = urlsplit(asked.path)
        if parts.path.endswith("/nmt/v1/translation"):
            service, speak = "papago", _papago
        elif parts.path.endswith("/translate") and parse_qs(parts.query).get("api-version") == ["3.0"]:
            service, speak = "microsoft", _microsoft
        elif parts.path.endswith("/translate"):
            service, speak = "libretranslate", _libretranslate
        else:
            self._say(Said(404, {"error": "Not Found"}))
            return
        if server.mood in MOODS:
            MOODS[server.mood](self, speak(asked))
        else:
            self._say(speak(asked) if server.mood == "well" else REFUSALS[server.mood][service])

    def _say(self, said: Said) -> None:
        self._send(said.status, said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode())

    def _send(self, status: int, body: bytes, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _garbage(self, _said: Said) -> None:
        self._send(200, b"<html>It works!</html>")

    def _other_shape(self, _said: Said) -> None:
        self._say(Said(200, {"message": ["well"], "translatedText": 5}))

    def _nothing(self, said: Said) -> None:
        self._swap(said, "  ")

    def _unreadable(self, said: Said) -> None:
        self._swap(said, "a\0b\ud800")

    def _swap(self, said: Said, text: str) -> None:
        """Says the same with another translation."""
        told = json.loads(json.dumps(said.body))
        if isinstance(told, list):
            told[0]["translations"][0]["text"] = text
        elif "message" in told:
            told["message"]["result"]["translatedText"] = text
        else:
            told["translatedText"] = text
        self._say(Said(200, told))

    def _truncated(self, said: Said) -> None:
        whole = json.dumps(said.body).encode()
        self._send(200, whole[: len(whole) // 2], length=len(whole))
        self.close_connection = True

    def _silent(self, _said: Said) -> None:
        self.translator.closing.wait(60)

    def _cut_off(self, _said: Said) -> None:
        self.close_connection = True

    def _slow(self, said: Said) -> None:
        whole = json.dumps(said.body).encode()
        self._send(200, b"", length=len(whole))
        self._drip(whole)

    def _slow_head(self, _said: Said) -> None:
        self._drip(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: drop\r\n" * 90)

    def _drip(self, whole: bytes) -> None:
        """Sends a byte at a time, each soon enough for whoever waits for one byte only."""
        for place in range(len(whole)):
            if self.translator.closing.wait(0.05):
                return
            try:
                self.wfile.write(whole[place : place + 1])
                self.wfile.flush()
            except OSError:  # Whoever asked has gone.
                return

    def _huge(self, _said: Said) -> None:
        self._send(200, json.dumps({"translatedText": "길" * 200_000}).encode())

    def _elsewhere(self, _said: Said) -> None:
        self._send(302, b"", Location=f"{self.translator.url}/translate")

    def log_message(self, *_args: Any) -> None:
        """Says nothing."""


MOODS: dict[str, Callable[[_Handler, Said], None]] = {
    "garbage": _Handler._garbage,
    "other shape": _Handler._other_shape,
    "nothing": _Handler._nothing,
    "unreadable text": _Handler._unreadable,
    "truncated": _Handler._truncated,
    "silent": _Handler._silent,
    "cut off": _Handler._cut_off,
    "slow": _Handler._slow,
    "slow head": _Handler._slow_head,
    "huge": _Handler._huge,
    "elsewhere": _Handler._elsewhere,
}
"""What a service or the way to it may do that no documentation tells of."""


def _handler(translator: Translator) -> type[_Handler]:
    return type("Handler", (_Handler,), {"translator": translator})


def main() -> None:
    """Listens until it is interrupted, and thinks for half a second, as the real ones do."""
    translator = Translator(int(sys.argv[1]) if len(sys.argv) > 1 else 8899)
    translator.wait = 0.5
    print(f"Translating at {translator.url}", flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
