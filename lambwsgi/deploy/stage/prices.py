"""What a stage costs, by AWS's list prices of us-east-1, in USD. Dated: other regions and later days differ.

What one invocation costs is told in `local.prices`, as the development server shows it too.
Source: AWS's price pages of Lambda and of EventBridge, read in 2026. Those of provisioned concurrency and SnapStart are
less sure than the others, and are marked so where they are used.
"""

from __future__ import annotations

from dataclasses import dataclass

from lambwsgi.local.prices import RUN
from lambwsgi.settings.model import Architecture


@dataclass(frozen=True, slots=True)
class Prices:
    """USD per GB of memory and second: run on demand, kept ready, run in what is kept ready."""

    run: float
    kept: float
    run_kept: float


PRICES = {
    Architecture.X86_64: Prices(run=RUN["x86_64"], kept=0.0000041667, run_kept=0.0000097222),
    Architecture.ARM64: Prices(run=RUN["arm64"], kept=0.0000033334, run_kept=0.0000077778),
}
# EventBridge Scheduler; the first 14 million of a month are free.
SCHEDULED = 1.00 / 1e6
FREE_SCHEDULED = 14_000_000
# SnapStart for Python: per GB of the snapshot and second that the version exists, and per GB restored.
SNAPSHOT_KEPT = 0.0000015046
SNAPSHOT_RESTORED = 0.0001397998
