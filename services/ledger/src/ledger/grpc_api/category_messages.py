"""Messages of categories ↔ values of the domain."""

from ledger.domain.category import Category, CategoryChange, CategoryDraft, CategoryKind
from ledger.grpc_api.messages import inverse
from pfa.ledger.v1 import account_pb2, category_service_pb2, ledger_pb2

_CATEGORY_KINDS = {
    account_pb2.CATEGORY_KIND_EXPENSE: CategoryKind.EXPENSE,
    account_pb2.CATEGORY_KIND_INCOME: CategoryKind.INCOME,
}
_CATEGORY_KIND_NUMBERS = inverse(_CATEGORY_KINDS)


def category_draft(request: ledger_pb2.CreateCategoryRequest) -> CategoryDraft:
    return CategoryDraft(
        request.name,
        _CATEGORY_KINDS.get(request.kind),
        request.parent_id,
        icon=request.icon,
        colour=request.colour,
    )


def category_change(request: category_service_pb2.UpdateCategoryRequest) -> CategoryChange:
    return CategoryChange(
        name=request.name if request.HasField("name") else None,
        parent_id=request.parent_id if request.HasField("parent_id") else None,
        icon=request.icon if request.HasField("icon") else None,
        colour=request.colour if request.HasField("colour") else None,
        archived=request.archived if request.HasField("archived") else None,
    )


def category_message(category: Category) -> account_pb2.Category:
    return account_pb2.Category(
        id=category.id,
        name=category.name,
        kind=_CATEGORY_KIND_NUMBERS[category.kind],
        parent_id=category.parent_id,
        key=category.key,
        version=category.version,
        icon=category.icon,
        colour=category.colour,
        archived=category.archived,
        merged_into=category.merged_into,
    )
