"""What one invocation costs, by AWS's list prices of us-east-1, in USD. Dated: other regions and later days differ.

Source: AWS's price page of Lambda, read in 2026. Lambda@Edge has prices of its own, which are not here.
"""

from __future__ import annotations

AS_OF = "September 2026"
# USD per GB of memory and second, by processor.
RUN = {"x86_64": 0.0000166667, "arm64": 0.0000133334}
REQUEST = 0.20 / 1e6


def invocation_usd(billed_ms: int, *, memory_mb: int, architecture: str) -> float:
    """What one invocation on demand costs, without the free tier."""
    return memory_mb / 1024 * billed_ms / 1000 * RUN[architecture] + REQUEST
