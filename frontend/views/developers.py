"""SD1, first cut: the API as a page, made from the OpenAPI document and served from here."""

from typing import ClassVar

import msgspec


class Field(msgspec.Struct, frozen=True):
    """A parameter or a member of a body. `where` is path, query, header or body."""

    name: str
    where: str
    kind: str
    required: bool
    about: str = ""


class Operation(msgspec.Struct, frozen=True):
    """One operation. `right` is None where it is public, `example` a body as JSON where there is one."""

    method: str
    path: str
    title: str
    about: str
    right: str | None
    fields: tuple[Field, ...]
    answers: tuple[tuple[str, str], ...]
    example: str = ""

    @property
    def anchor(self) -> str:
        return (
            f"{self.method}-{self.path}".lower()
            .replace("/", "-")
            .replace("{", "")
            .replace("}", "")
            .replace(":", "-")
        )


class RoomOfApi(msgspec.Struct, frozen=True):
    name: str
    operations: tuple[Operation, ...]


class ApiPage(msgspec.Struct, frozen=True):
    """GET /dev."""

    TEMPLATE: ClassVar[str] = "developers/api.html"

    version: str
    rooms: tuple[RoomOfApi, ...]
    schema_url: str = "/openapi.json"

    @property
    def count(self) -> int:
        return sum(len(room.operations) for room in self.rooms)
