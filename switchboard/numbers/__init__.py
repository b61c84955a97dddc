"""Our portfolios, accounts, phone numbers, their credentials and their pace."""
