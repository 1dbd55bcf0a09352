"""Why something was stopped before it left the browser; the words are those of `domain/errors.py`."""

import reflex as rx

from ticket_portal.components.words import said
from ticket_portal.i18n.catalogues import msg

SECRETS = {
    "secret_phrase": msg(
        "This looks like a recovery phrase, so it was not sent. Anyone who has it can take your money, and we "
        "never need it. Remove it and send the rest. If you've shared it with anyone, move your funds to a new "
        "wallet right away."
    ),
    "secret_key": msg(
        "This looks like a private key, so it was not sent. Anyone who has it can take your money, and we never "
        "need it. Remove it and send the rest. If it's a transaction ID, write “transaction ID” before it."
    ),
    "secret_card": msg(
        "This looks like a full card number, so it was not sent. We only need the last four digits. Shorten it "
        "and send it again."
    ),
}


def secret_words(code: rx.Var[str]) -> rx.Var:
    """Return the sentence for a code of assets/js/shield.js; nothing for any other."""
    return rx.match(code, *[(kind, said(text)) for kind, text in SECRETS.items()], "")
