"""A whole site whose store is away while people use it: pages answer, nothing stored is lost, nothing is doubled.

STORE_AWAY is for how many seconds; ``python -m bench.store_away --seconds 30`` prints the long proof as a table.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.away_site import AwaySite, outage

AWAY = float(os.environ.get("STORE_AWAY", "8"))
PAGE = 1.0  # Seconds that a reader waits at most.

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="Watching processes needs Linux's /proc"),
    pytest.mark.timeout(300),
]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[AwaySite]:
    """A site with everything, on one machine."""
    site = AwaySite(tmp_path)
    try:
        yield site
    finally:
        site.stop()


@pytest.mark.parametrize("forgets", [False, True], ids=["comes back", "comes back empty"])
def test_people_use_the_site_while_the_store_is_away_and_all_they_caused_is_there_afterwards(
    site: AwaySite, forgets: bool
) -> None:
    report = outage(site, AWAY, forgets)
    print(report.table())
    assert [effect for effect in report.effects if not effect.is_right] == []
    assert report.slowest < PAGE
