"""Meta calls us: verify, keep, answer 200; then apply what was kept."""
