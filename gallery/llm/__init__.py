"""Language models of providers, through their official clients, within budgets."""
