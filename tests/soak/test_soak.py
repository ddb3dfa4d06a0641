"""Short versions of `make soak`."""

from __future__ import annotations

from pathlib import Path

import pytest

from soak.crowd import crowd
from soak.growth import grow

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="sizes are read from /proc")


def test_a_thousand_invocations_leave_nothing_behind() -> None:
    before, after = grow(1000)

    assert after.memory_mb - before.memory_mb < 8
    assert after.descriptors <= before.descriptors
    assert after.threads <= before.threads


def test_clients_at_once_get_their_own_answers() -> None:
    tally = crowd(clients=8, seconds=2)

    assert tally.answers > 50
    assert tally.wrong == []
