"""How long it takes from one member's click to the number beside another's bell."""

import argparse
import time

from bench.live.site import quantile, running, write

PAUSE = 0.1  # Seconds between two likes: people do not click faster.


def run(options: argparse.Namespace) -> None:
    """Measures likes, each of another post, seen by a page of its author."""
    answered, heard, shown = [], [], []
    with running(options.split) as site:
        ids = write(site, "바다", options.likes + 5)
        bada, haneul = site.member("바다"), site.member("하늘")
        page = bada.open()
        for number, post in enumerate(ids):
            page.hear(PAUSE)
            began = time.perf_counter()
            response = haneul.post(f"/posts/{post}/like")
            after_post = time.perf_counter()
            assert response.status_code == 303, response.text
            news = page.hear(10)
            after_news = time.perf_counter()
            assert news and news[0] == "notification", news
            numbers = bada.get("/news").json()
            after_numbers = time.perf_counter()
            assert numbers["notifications"] == min(number + 1, 100)
            if number >= len(ids) - options.likes:
                answered.append(after_post - began)
                heard.append(after_news - began)
                shown.append(after_numbers - began)
    where = "split, behind nginx with TLS" if options.split else "one machine"
    print(f"{len(shown)} likes, {where}; milliseconds since the click")
    for name, taken in (("the like is answered", answered), ("news heard", heard), ("/news answered", shown)):
        p50, p95, most = (quantile(taken, part) for part in (0.5, 0.95, 1))
        print(f"{name:22} p50 {p50:6.0f}   p95 {p95:6.0f}   most {most:6.0f}", flush=True)
