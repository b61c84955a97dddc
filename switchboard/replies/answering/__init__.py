"""From a message to its answer: which rule, which rung, in which words. Pure, but for `store` and what calls Meta."""
