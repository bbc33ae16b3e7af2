"""Rooms and room lists as Graph's places, one room for each room account, made on demand."""

from typing import Any

from simulator.population.ids import Ids, mix
from simulator.population.kinds import room_count, room_index
from simulator.population.people import user

JSON = dict[str, Any]
PLACE = 3  # kind number in ids
_LISTS = ("Huvudkontoret", "Göteborg")


class Places:
    """A source of places: first the room lists, then the rooms in the order of their accounts."""

    indexed = frozenset({"id"})

    def __init__(self, seed: int, ids: Ids, count: int, domain: str) -> None:
        self._seed = seed
        self._ids = ids
        self._domain = domain
        self._rooms = room_count(count)

    def __len__(self) -> int:
        return self._rooms + len(_LISTS) if self._rooms else 0

    def at(self, index: int) -> JSON:
        """The place at an index, with its `@odata.type`."""
        return self._list(index) if index < len(_LISTS) else self._room(index - len(_LISTS))

    def index(self, object_id: str) -> int | None:
        """The index that an id names, or None."""
        kind, index = self._ids.read(object_id) or (0, 0)
        return index if kind == PLACE and index < len(self) else None

    def lookup(self, key: str, value: object) -> int | None:
        """The index of the place whose property has a value; places are found by id alone."""
        return self.index(value) if key == "id" and isinstance(value, str) else None

    def _list(self, number: int) -> JSON:
        return {
            "@odata.type": "#microsoft.graph.roomList",
            **self._common(number, _LISTS[number]),
            "emailAddress": f"rooms-{number + 1}@{self._domain}",
        }

    def _room(self, number: int) -> JSON:
        account = user(self._seed, self._ids, room_index(number), self._domain)
        draw = mix(self._seed, 29, number)
        return {
            "@odata.type": "#microsoft.graph.room",
            **self._common(number + len(_LISTS), account["displayName"]),
            "nickname": account["displayName"].removeprefix("Mötesrum "),
            "emailAddress": account["mail"],
            "building": _LISTS[number % len(_LISTS)],
            "floorNumber": draw % 7,
            "floorLabel": f"Plan {draw % 7}",
            "capacity": (4, 6, 8, 12, 20, None)[draw // 8 % 6],
            "bookingType": "reserved" if draw // 64 % 5 == 0 else "standard",
            "audioDeviceName": None,
            "videoDeviceName": "Surface Hub" if draw // 512 % 3 == 0 else None,
            "displayDeviceName": None,
        }

    def _common(self, index: int, name: str) -> JSON:
        return {
            "id": self._ids.make(PLACE, index),
            "placeId": self._ids.make(PLACE, index),
            "displayName": name,
            "label": None,
            "phone": None,
            "tags": [],
            "isWheelChairAccessible": index % 2 == 0,
            "address": {
                "street": "Storgatan 1",
                "city": "Stockholm",
                "state": None,
                "postalCode": "111 22",
                "countryOrRegion": "SE",
            },
            "geoCoordinates": None,
        }
