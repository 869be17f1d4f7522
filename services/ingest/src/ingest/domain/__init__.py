"""Documents, drafts and what is read from a page: pure rules, no input or output."""
