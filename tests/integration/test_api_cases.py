"""Requests that schemathesis makes up find nothing wrong with the running interface, on either database."""

import pytest

from bench.api import cases, site
from tests.conftest import POSTGRES

SERVERS = ["sqlite", *([POSTGRES] if POSTGRES else [])]
EXAMPLES, SEED, LEAST = 5, 1, 1500


@pytest.mark.timeout(400)
@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.partition(":")[0])
def test_made_up_requests_find_no_fault(server: str) -> None:
    with site.running(server) as address:
        verdict = cases.run(address, EXAMPLES, SEED)
        print(f"{verdict.cases} cases in {verdict.seconds:.0f} s")
        # Within the block, so that what the site has said about a fault is shown as well.
        assert not verdict.faults, verdict.said + "\n".join(verdict.faults)
    assert verdict.cases >= LEAST
