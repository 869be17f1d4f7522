"""Recounts the books from their journal: `python -m ledger check`, `python -m ledger rebuild`."""

from ledger.audit.auditor import Auditor
from ledger.audit.commands import check_command, rebuild_command

__all__ = ["Auditor", "check_command", "rebuild_command"]
