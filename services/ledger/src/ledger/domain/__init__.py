"""The rules of the books: accounts, categories, entries and what they add up to. Pure; nothing here
waits or stores."""
