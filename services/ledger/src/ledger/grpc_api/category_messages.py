"""Messages of categories ↔ values of the domain."""

from ledger.domain.category import Category, CategoryDraft, CategoryKind
from ledger.grpc_api.messages import inverse
from pfa.ledger.v1 import account_pb2, ledger_pb2

_CATEGORY_KINDS = {
    account_pb2.CATEGORY_KIND_EXPENSE: CategoryKind.EXPENSE,
    account_pb2.CATEGORY_KIND_INCOME: CategoryKind.INCOME,
}
_CATEGORY_KIND_NUMBERS = inverse(_CATEGORY_KINDS)


def category_draft(request: ledger_pb2.CreateCategoryRequest) -> CategoryDraft:
    return CategoryDraft(request.name, _CATEGORY_KINDS.get(request.kind), request.parent_id)


def category_message(category: Category) -> account_pb2.Category:
    return account_pb2.Category(
        id=category.id,
        name=category.name,
        kind=_CATEGORY_KIND_NUMBERS[category.kind],
        parent_id=category.parent_id,
        key=category.key,
        version=category.version,
    )
