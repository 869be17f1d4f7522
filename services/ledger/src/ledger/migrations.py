"""Changes to the database, each run once, in order."""

from collections.abc import Sequence

from kit.migrations import Migration
from ledger.repository.account_spending import count_account_spending
from ledger.repository.imports import create_import_indexes
from ledger.repository.indexes import create_collections, create_indexes, create_note_index
from ledger.repository.links import create_refund_index
from ledger.repository.operations import create_operation_indexes
from ledger.repository.payees import create_payee_indexes, create_renamed_payee_index
from ledger.repository.rules import create_rule_indexes
from ledger.repository.statements import reconcile_postings
from ledger.repository.yearly_rollups import create_yearly_rollups

MIGRATIONS: Sequence[Migration] = (
    Migration(1, "indexes of the books", create_indexes),
    Migration(2, "indexes of imports", create_import_indexes),
    Migration(3, "indexes of payees", create_payee_indexes),
    Migration(4, "indexes of rules", create_rule_indexes),
    Migration(5, "index of unfinished operations", create_operation_indexes),
    Migration(6, "collections that nothing else makes", create_collections),
    Migration(7, "which postings statements have confirmed", reconcile_postings),
    Migration(8, "index of renamed payees", create_renamed_payee_index),
    Migration(9, "rollups by year", create_yearly_rollups),
    Migration(10, "index of notes", create_note_index),
    Migration(11, "index of refunds", create_refund_index),
    Migration(12, "what accounts spent", count_account_spending),
)
