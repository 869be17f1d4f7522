"""CategoryService: the tree changed, put in order and tidied up."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

from ledger.grpc_api.callers import key_of, writer
from ledger.grpc_api.category_messages import category_change, category_message
from ledger.grpc_api.operations import operation_message, row_messages
from ledger.service.categories import CategoryService
from ledger.service.category_merges import CategoryMerges
from pfa.ledger.v1 import category_service_pb2 as pb
from pfa.ledger.v1 import category_service_pb2_grpc


class CategoryApi(category_service_pb2_grpc.CategoryServiceServicer):
    def __init__(self, categories: CategoryService, merges: CategoryMerges) -> None:
        self._categories = categories
        self._merges = merges

    async def UpdateCategory(
        self, request: pb.UpdateCategoryRequest, context: object
    ) -> pb.UpdateCategoryResponse:
        category = await self._categories.update_category(
            owner=writer().owner,
            category_id=request.id,
            expected_version=request.expected_version,
            change=category_change(request),
        )
        return pb.UpdateCategoryResponse(category=category_message(category))

    async def ReorderCategories(
        self, request: pb.ReorderCategoriesRequest, context: object
    ) -> pb.ReorderCategoriesResponse:
        categories = await self._categories.reorder_categories(
            owner=writer().owner, first=list(request.category_ids)
        )
        return pb.ReorderCategoriesResponse(category_ids=[c.id for c in categories])

    async def MergeCategory(
        self, request: pb.MergeCategoryRequest, context: object
    ) -> pb.MergeCategoryResponse:
        caller = writer()
        operation, rows = await self._merges.merge(
            owner=caller.owner,
            actor=caller.actor,
            category_id=request.id,
            into_id=request.into_id,
            key=key_of(request.idempotency_key, request),
        )
        return pb.MergeCategoryResponse(
            operation=operation_message(operation), rows=row_messages(rows)
        )

    async def DeleteCategory(
        self, request: pb.DeleteCategoryRequest, context: object
    ) -> pb.DeleteCategoryResponse:
        await self._categories.delete_category(
            owner=writer().owner,
            category_id=request.id,
            expected_version=request.expected_version,
        )
        return pb.DeleteCategoryResponse()
