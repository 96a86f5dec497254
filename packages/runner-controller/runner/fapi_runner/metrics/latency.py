"""Quantiles out of buckets that double in width."""

from __future__ import annotations

QUANTILES = {"p50Ms": 0.50, "p95Ms": 0.95, "p99Ms": 0.99}


def describe_latency(buckets: list[int], sum_micros: int) -> dict[str, object]:
    """Return the protocol's Latency: quantiles are left out as long as there is nothing to tell."""
    latency: dict[str, object] = {"buckets": buckets, "sumMs": round(sum_micros / 1000, 3)}
    if any(buckets):
        latency |= {name: round(find_quantile(buckets, share) / 1000, 3) for name, share in QUANTILES.items()}
    return latency


def find_quantile(buckets: list[int], share: float) -> float:
    """Return the microseconds below which this share of the requests stayed, taken as even inside its bucket."""
    rank = share * sum(buckets)
    below = 0
    for number, count in enumerate(buckets):
        if count and below + count >= rank:
            start = float(1 << number) if number else 0.0
            return start + (float(2 << number) - start) * (rank - below) / count
        below += count
    return 0.0
