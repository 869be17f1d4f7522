"""Rules: conditions, actions, and what they make of a transaction. Pure."""
