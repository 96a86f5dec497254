"""Commands come in any order, and some of them late: only the newest generation is obeyed."""

from __future__ import annotations

from fapi_runner.agent.disk.state import AppRecord, State
from fapi_runner.agent.failures import CommandError


class Fence:
    """The generation of one app, which only grows."""

    def __init__(self, record: AppRecord, state: State) -> None:
        self._record = record
        self._state = state

    def advance(self, generation: int) -> None:
        """Refuse an older generation and remember a newer one."""
        if generation < self._record.generation:
            message = f"generation {generation} is older than {self._record.generation}."
            raise CommandError("stale_generation", message)
        if generation > self._record.generation:
            self._record.generation = generation
            # The command that brings it writes more before it answers.
            self._state.save_soon()
