"""`/help-feedback`: whether a help article helped. Anybody may say so, signed in or not."""

from starlette.responses import Response

from ticket_portal.domain.errors import DomainError, TooMany
from ticket_portal.domain.operations import feedback
from ticket_portal.domain.operations.feedback import FeedbackForm
from ticket_portal.routes.forms.form_route import SubmittedForm, form_route
from ticket_portal.wiring import portal


async def rate(asked: SubmittedForm) -> Response:
    """Keep what this browser says; its script needs no more than the status."""
    try:
        form = FeedbackForm.parse(
            asked.text("article"), asked.language, asked.text("helpful"), asked.text("missing")
        )
        await portal().write(feedback.rate, form, asked.browser, asked.ip)
    except TooMany:
        return Response(status_code=429)
    except DomainError:
        return Response(status_code=422)
    return Response(status_code=204)


routes = [form_route("/help-feedback", rate)]
