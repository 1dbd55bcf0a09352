"""A carrier that does what a test tells it."""

from collections.abc import Callable

from ticket_portal.delivery.emails import Email


class Postman:
    """A carrier that remembers what it took, or fails with what the test sets as `trouble`."""

    def __init__(self) -> None:
        self.took: list[Email] = []
        self.tries: list[Email] = []
        self.trouble: Exception | None = None
        self.before: Callable[[Email], None] = lambda email: None

    def send(self, email: Email) -> None:
        self.tries.append(email)
        self.before(email)
        if self.trouble:
            raise self.trouble
        self.took.append(email)

    @property
    def subjects(self) -> list[str]:
        return [email.subject for email in self.took]
