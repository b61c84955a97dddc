"""The benchmarks behind `switchboard bench`: each measures the product beside its yardsticks in one run."""
