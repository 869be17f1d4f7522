"""Categories."""

from fastapi import APIRouter

from gateway.models.categories import Category, NewCategory
from gateway.models.common import ItemList
from gateway.parts import ServicesDep
from gateway.requests import IdempotencyKey, errors
from gateway.security import MemberDep
from pfa.ledger.v1 import ledger_pb2

router = APIRouter(prefix="/categories", tags=["categories"])


@router.get("", responses=errors())
async def list_categories(services: ServicesDep, _: MemberDep) -> ItemList[Category]:
    """The whole tree, flat; `parent_id` makes it a tree."""
    answer = await services.ledger.ListCategories(ledger_pb2.ListCategoriesRequest())
    return ItemList(items=[Category.of(category) for category in answer.categories])


@router.post("", status_code=201, responses=errors(403, 404, 409, 415))
async def create_category(
    body: NewCategory, services: ServicesDep, key: IdempotencyKey, _: MemberDep
) -> Category:
    """Add a category of one's own."""
    answer = await services.ledger.CreateCategory(body.request(key=key))
    return Category.of(answer.category)
