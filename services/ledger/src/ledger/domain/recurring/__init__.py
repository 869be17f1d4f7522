"""What comes again: rules of days, series of transactions, what is expected against what arrived,
what can be detected, and what balances come to."""
