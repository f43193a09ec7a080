"""Benchmarks and their metrics: what is known of them apart from any run."""

from weighin.evidence.benchmarks.registry import (
    COMMIT,
    Averaging,
    Benchmark,
    BenchmarkRegistry,
    BenchmarkTask,
    Certainty,
    ScoreKind,
    plain_name,
)

__all__ = [
    "COMMIT",
    "Averaging",
    "Benchmark",
    "BenchmarkRegistry",
    "BenchmarkTask",
    "Certainty",
    "ScoreKind",
    "plain_name",
]
