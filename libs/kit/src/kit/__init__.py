"""Plumbing that every service shares. No word of the domain lives here."""
