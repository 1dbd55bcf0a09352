"""The benchmarks: `make bench` runs this package and prints one JSON object. What they measure: docs/performance.md."""
