"""A lock that outlives its event loop."""

import asyncio

from tenantry.turns import Turns


def test_it_works_in_one_loop_after_another() -> None:
    turns, order = Turns(), []

    async def crowd() -> None:
        async def one(name: str) -> None:
            async with turns.here:
                order.append(name)
                await asyncio.sleep(0)
                order.append(name)

        await asyncio.gather(*(one(name) for name in "abc"))

    asyncio.run(crowd())
    asyncio.run(crowd())
    assert order == list("aabbcc") * 2
