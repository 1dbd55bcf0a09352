"""Resend: mail over its API, with an idempotency key, so that a repeated request sends nothing twice."""

from collections.abc import Mapping
from threading import Lock
from typing import Any, cast

import requests
import resend
from resend.exceptions import ResendError

from ticket_portal.delivery.emails import Email
from ticket_portal.delivery.mail import Refused, Unavailable
from ticket_portal.settings import Settings

TAG = "reference"
CONNECT_TIMEOUT, ANSWER_TIMEOUT = 5.0, 20.0

# All that says for good that this recipient gets no mail. Any other refusal speaks of our settings (a revoked key, a
# sender's domain that is not verified, a wrong address of the API, a proxy on the way) or of the moment (too many
# requests): the mail is right once that is.
_ABOUT_THE_RECIPIENT = ("validation_error", "`to`")
# The same key with another text: a mail of ours has left under it.
_KEY_WITH_ANOTHER_MAIL = "invalid_idempotent_request"

# Resend takes these by name, or writes them itself.
_NOT_CUSTOM = ("From", "To", "Subject", "Reply-To", "Date")

# The package keeps its settings in module variables: whoever sends sets them first, one at a time.
_package = Lock()


class Resend:
    """A carrier for Resend, or whatever speaks its API at `PORTAL_RESEND_API_URL`."""

    def __init__(self, settings: Settings) -> None:
        """Take key and address from the settings; nothing is asked yet."""
        self._api_key = settings.resend_api_key.get_secret_value()
        self._api_url = settings.resend_api_url
        self._client = _Client()

    def send(self, email: Email) -> str:
        """Send the mail; return Resend's id for it. Raises Refused, Unavailable."""
        params: resend.Emails.SendParams = {
            "from": email.headers["From"],
            "to": [email.to],
            "subject": email.subject,
            "reply_to": email.headers["Reply-To"],
            "text": email.plain,
            "html": email.html,
            "headers": {name: value for name, value in email.headers.items() if name not in _NOT_CUSTOM},
            # Its webhooks bring it back: they may come before we have noted the id.
            "tags": [{"name": TAG, "value": email.reference}] if email.reference else [],
        }
        with _package:
            resend.api_key, resend.api_url = self._api_key, self._api_url
            resend.default_http_client = self._client
            try:
                return str(resend.Emails.send(params, {"idempotency_key": email.key})["id"])
            except ResendError as error:
                raise _problem(error) from None

    def close(self) -> None:
        """Close the kept connection."""
        self._client.close()


class _Client(resend.HTTPClient):
    """Like the package's own, but with a timeout for connecting, and without following redirects with our key."""

    def __init__(self) -> None:
        self._session = requests.Session()

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        json: dict[str, object] | list[object] | None = None,
        files: dict[str, Any] | None = None,
        data: dict[str, str] | None = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        answer = self._session.request(
            method,
            url,
            headers=dict(headers),
            json=cast("Any", json),
            timeout=(CONNECT_TIMEOUT, ANSWER_TIMEOUT),
            allow_redirects=False,
        )
        return answer.content, answer.status_code, answer.headers

    def close(self) -> None:
        self._session.close()


def _problem(error: ResendError) -> Exception:
    code = int(error.code) if str(error.code).isdigit() else 0
    text = f"Resend answered {code} ({error.error_type})"
    if error.error_type == "HttpClientError":
        return Unavailable("Resend can't be reached")
    kind, field = _ABOUT_THE_RECIPIENT
    if error.error_type == kind and field in str(error):
        return Refused(text)
    return Refused(text) if error.error_type == _KEY_WITH_ANOTHER_MAIL else Unavailable(text)
