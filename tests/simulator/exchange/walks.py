"""What the scripts meet beyond a plain run: trouble, stops, migrations, taking back. What they use there is proven too.

`WALKS` maps a name to a function of a scratch folder; `tests.simulator.dialect.prove` goes through them.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.simulator.exchange import test_many, test_migrate
from tests.simulator.exchange.migrating import Migration

Walk = Callable[[Path], object]


def _migration(name: str, folder: Path) -> None:
    place = test_migrate.PLACES[name]
    Migration(place, folder / "try").run(what_if=True)
    way = Migration(place, folder, reads=False)
    way.run()
    way.run()
    way.withdraw()
    way.run(Finish=True, what_if=True)
    way.run(Finish=True)
    way.run(teardown=True, what_if=True)
    way.run(teardown=True)


def _refusal(name: str, folder: Path) -> None:
    Migration(test_migrate.REFUSED[name][0], folder, reads=False).run()


WALKS: dict[str, Walk] = {
    "a stop": test_many.test_a_stop_at_sixty_percent_leaves_the_rest_for_the_next_run,
    "trouble": test_many.test_service_trouble_is_waited_out,
    "one fails": test_many.test_one_mailbox_that_fails_does_not_stop_the_others,
    "all fail": test_many.test_where_nothing_works_any_more_the_run_ends_and_the_next_one_does_the_rest,
    "removal": test_many.test_a_removal_resumes_too_and_is_not_mixed_up_with_giving,
    "finish too early": test_migrate.test_finish_before_the_first_phase_is_refused,
    "another right": test_migrate.test_a_right_that_is_there_already_is_told,
    **{f"migrate: {name}": partial(_migration, name) for name in test_migrate.PLACES},
    **{f"refused: {name}": partial(_refusal, name) for name in test_migrate.REFUSED},
}
