"""Categories."""
# ruff: noqa: A002 - `id` is its name in the path

from typing import Annotated

from fastapi import Query, Response

from gateway.models.categories import (
    Category,
    CategoryChange,
    CategoryMerge,
    CategoryOrder,
    NewCategory,
)
from gateway.models.common import ItemList
from gateway.models.operations import Operation, OperationResult
from gateway.parts import ServicesDep
from gateway.requests import ExpectedVersion, IdempotencyKey, PathId, errors, tag
from gateway.routes.operations import PATIENCE_SECONDS, row_answer
from gateway.routing import Router
from gateway.security import MemberDep
from pfa.ledger.v1 import category_service_pb2, ledger_pb2

router = Router(prefix="/categories", tags=["categories"])


@router.get("", responses=errors())
async def list_categories(
    services: ServicesDep,
    _: MemberDep,
    include_archived: Annotated[
        bool, Query(description="Also those that are offered no more: archived or merged.")
    ] = False,
) -> ItemList[Category]:
    """The whole tree, flat, in the person's order; `parent_id` makes it a tree."""
    answer = await services.ledger.ListCategories(
        ledger_pb2.ListCategoriesRequest(include_archived=include_archived)
    )
    return ItemList(items=[Category.of(category) for category in answer.categories])


@router.post("", status_code=201, responses=errors(403, 404, 409, 415))
async def create_category(
    body: NewCategory, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> Category:
    """Add a category of one's own."""
    answer = await services.ledger.CreateCategory(body.request(key=key))
    return Category.of(answer.category)


@router.put("/order", status_code=204, responses=errors(403, 404, 415))
async def order_categories(body: CategoryOrder, services: ServicesDep, _: MemberDep) -> None:
    """Put categories first among their siblings, in this order; the others follow."""
    await services.categories.ReorderCategories(
        category_service_pb2.ReorderCategoriesRequest(category_ids=body.category_ids)
    )


@router.patch("/{id}", responses=errors(403, 404, 409, 412, 415))
async def update_category(
    id: PathId,
    body: CategoryChange,
    response: Response,
    services: ServicesDep,
    version: ExpectedVersion,
    _: MemberDep,
) -> Category:
    """Rename it, move it in the tree, archive it, or give it another look."""
    answer = await services.categories.UpdateCategory(body.request(category_id=id, version=version))
    tag(response, answer.category.version)
    return Category.of(answer.category)


@router.delete("/{id}", status_code=204, responses=errors(403, 404, 409, 412))
async def delete_category(
    id: PathId, services: ServicesDep, version: ExpectedVersion, _: MemberDep
) -> None:
    """Take away a category that was never used; one that was can be merged or archived."""
    await services.categories.DeleteCategory(
        category_service_pb2.DeleteCategoryRequest(id=id, expected_version=version)
    )


@router.post("/{id}:merge", responses=errors(403, 404, 409, 415))
async def merge_category(
    id: PathId, body: CategoryMerge, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> OperationResult:
    """Move everything to another category of its kind; undoing the operation brings it back."""
    answer = await services.categories.MergeCategory(
        category_service_pb2.MergeCategoryRequest(idempotency_key=key, id=id, into_id=body.into),
        timeout=PATIENCE_SECONDS,
    )
    return OperationResult(
        operation=Operation.of(answer.operation),
        results=[row_answer(row) for row in answer.rows],
    )
