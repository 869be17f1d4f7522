"""The paths, by noun: each a few lines from JSON to a call and back."""
