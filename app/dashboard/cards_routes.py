"""`/api/workspaces/<ws>/dashboard`: the cards of a user's dashboard, and their order."""

from __future__ import annotations

from flask import Blueprint, Response
from marshmallow import fields
from marshmallow.validate import Length

from app.auth.access import Access
from app.auth.authorization import for_members
from app.dashboard.cards import MAX_CARDS, Card, Cards, available, cards_of, delete_choice, store_choice
from app.domain.scopes import READ
from app.errors import InvalidInput
from app.extensions import db
from app.http.json_body import read_json
from app.http.openapi_decorator import described
from app.http.paths import WORKSPACE
from app.http.response_schema import ResponseSchema, respond
from app.http.validation import ShortList, StrictSchema, load_body

blueprint = Blueprint("cards", __name__)
PATH = f"{WORKSPACE}/dashboard"
BODY_LIMIT = 16 * 1024  # bytes


class Choice(StrictSchema):
    """The names of metrics, or null for the usual ones."""

    cards = ShortList(fields.String(), required=True, allow_none=True, validate=Length(min=1, max=MAX_CARDS))


class CardsData(ResponseSchema):
    """The cards in their order, and the others there are."""

    cards = fields.List(fields.String())
    others = fields.List(fields.String())


class CardsMeta(ResponseSchema):
    """Whether they were chosen, or are the default ones."""

    is_own_choice = fields.Boolean()


class CardsAnswer(ResponseSchema):
    """The cards of one's dashboard."""

    data = fields.Nested(CardsData)
    meta = fields.Nested(CardsMeta)


@blueprint.get(PATH)
@described(answers=CardsAnswer)
@for_members(scope=READ)
def read_cards(access: Access) -> Response:
    """One's own cards."""
    with db.engine.connect() as connection:
        return _response(cards_of(connection, access.workspace_id, access.user_id))


@blueprint.put(PATH)
@described(answers=CardsAnswer, body=Choice)
@for_members()
def choose_cards(access: Access) -> Response:
    """Choose one's own cards, in this order; null: all cards."""
    owner = access.workspace_id, access.user_id
    chosen: list[str] | None = load_body(Choice, read_json(BODY_LIMIT))["cards"]
    with db.engine.begin() as connection:
        if chosen is None:
            delete_choice(connection, *owner)
        else:
            store_choice(connection, *owner, _checked(chosen, available(connection, access.workspace_id)))
        return _response(cards_of(connection, *owner))


def _checked(names: list[str], available_cards: dict[str, Card]) -> list[str]:
    errors = {
        f"cards.{at}": ["There is no such metric." if name not in available_cards else "Named twice."]
        for at, name in enumerate(names)
        if name not in available_cards or name in names[:at]
    }
    if errors:
        raise InvalidInput(errors=errors)
    return names


def _response(cards: Cards) -> Response:
    data = {"cards": _names(cards.shown), "others": _names(cards.others)}
    return respond(CardsAnswer, data=data, meta=cards)


def _names(cards: list[Card]) -> list[str]:
    return [card.metric for card in cards]
