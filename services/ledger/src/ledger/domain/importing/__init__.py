"""Importing without doubles and without losses: what a bank's lines are to a book.

`lines` is what a file says, `holdings` what the book holds, `planning` the verdict on each line,
`decisions` what is done about it, `batch` the import as a whole. Nothing here reads or writes.
"""
