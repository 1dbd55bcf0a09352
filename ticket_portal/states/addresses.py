"""An address that our e-mails don't reach: its owner says that it works."""

import reflex as rx

from ticket_portal.addresses import GUEST_LINK
from ticket_portal.domain.errors import DomainError
from ticket_portal.domain.guests import access
from ticket_portal.domain.tickets import deliveries
from ticket_portal.i18n.locales import bare
from ticket_portal.states.audiences import READERS, open_to
from ticket_portal.states.session import SessionState
from ticket_portal.wiring import portal


class AddressState(SessionState):
    """What "Try again" led to."""

    tried: bool = False
    problem: str = ""
    problem_code: str = ""

    @rx.event
    @open_to(READERS)
    async def try_again(self) -> None:
        """Write to the address of whoever reads this page again, beginning with one e-mail."""
        viewer = await self._viewer()
        if bare(self._path).startswith(GUEST_LINK):
            viewer = access.reader(viewer, await self._guest())
        try:
            await portal().write(deliveries.try_again, viewer)
        except DomainError as error:
            self._show(problem=self._say(error), problem_code=error.code)
            return
        self._show(tried=True, problem="", problem_code="")
