"""Rules of automatic answers: the list, one rule, the workbench, what nobody answers, and how well it goes."""
