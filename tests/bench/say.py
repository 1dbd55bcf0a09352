"""Progress on stderr, and numbers in few words."""

import os
import sys
from collections.abc import Sequence


def say(text: str) -> None:
    """Tell how far it is; stdout is for the result alone."""
    print(f"[load {os.getloadavg()[0]:.1f}] {text}", file=sys.stderr, flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all are not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def in_ms(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th and 99th of a hundred, and how many there were."""
    return {
        "p50_ms": round(percentile(seconds, 0.5) * 1000, 2),
        "p95_ms": round(percentile(seconds, 0.95) * 1000, 2),
        "p99_ms": round(percentile(seconds, 0.99) * 1000, 2),
        "count": len(seconds),
    }
