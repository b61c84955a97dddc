"""The opt-in ledger and the one question "may we write to them now?"."""
