"""An account's data as one ZIP: JSON for machines, printable pages for people, the files as they are.

One ticket is in memory at a time, and a file a piece at a time; the ZIP itself grows on the disk.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from ticket_portal.delivery.files import FileDesk
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.privacy import exports
from ticket_portal.domain.privacy.exports import TicketExport
from ticket_portal.domain.text.blockchains import CHAINS
from ticket_portal.frontend.palette import in_daylight
from ticket_portal.i18n.catalogues import _, msg, page_text, translate
from ticket_portal.i18n.dates import format_datetime
from ticket_portal.i18n.locales import LOCALES
from ticket_portal.store.files import NoSuchFile
from ticket_portal.store.unit_of_work import Store

STATUS = {
    "new": _("Received"),
    "open": _("In progress"),
    "waiting_customer": _("Waiting for you"),
    "resolved": _("Resolved: please confirm"),
    "closed": _("Closed"),
    "merged": _("Joined with another ticket"),
}
DETAILS = {
    "txid": msg("Transaction ID"),
    "network": msg("Network"),
    "amount": msg("Amount and currency"),
    "moment": msg("Date and time"),
    "screenshot": msg("Screenshot"),
}
"""The kinds of details, in the words of the pages; what was asked in free text has none."""
STYLE = in_daylight("""
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: var(--ink) }
h1 { line-height: 1.2 } h2 { font-size: 1.1rem; margin-top: 2rem } dt { font-weight: 600 } dd { margin: 0 0 .5rem }
article { border-top: 1px solid var(--line); padding: .75rem 0; break-inside: avoid } header { color: var(--ink-2) }
p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0 } a { color: var(--accent) }
""")


def write(store: Store, desk: FileDesk, viewer: Viewer, language: str, target: IO[bytes]) -> None:
    """Write all that is the viewer's into `target`. Raises NotAllowed."""
    words = _Words(language, viewer.time_zone)
    about = store.read(exports.account, viewer)
    listed: list[dict[str, Any]] = []
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for ticket_id in store.read(exports.ticket_ids, viewer):
            found = store.read(exports.ticket, viewer, ticket_id)
            if found is not None:
                listed.append({k: found.data[k] for k in ("number", "subject", "status", "created_at")})
                _write_ticket(archive, desk, found, words)
        archive.writestr("data.json", _json({**about, "tickets": listed}))
        archive.writestr("index.html", words.page(words.say(_("Your data")), _overview(about, listed, words)))


def _write_ticket(archive: ZipFile, desk: FileDesk, found: TicketExport, words: "_Words") -> None:
    folder = f"tickets/{found.data['number']}"
    archive.writestr(f"{folder}/ticket.json", _json(found.data))
    archive.writestr(f"{folder}/ticket.html", words.page(found.data["subject"], _ticket(found.data, words)))
    for name, kept in found.files.items():
        try:
            pieces = desk.read(kept)
            # Pictures and films are packed already.
            with archive.open(_stored(f"{folder}/files/{name}"), "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
        except NoSuchFile:  # deleted in between
            continue


class _Words:
    """Says things in the reader's language, moments in their zone."""

    def __init__(self, language: str, time_zone: str) -> None:
        self.language = language
        self._zone = time_zone

    def say(self, text: str, **values: object) -> str:
        return escape(translate(self.language, text, **values))

    def page_says(self, text: str, **values: object) -> str:
        return escape(page_text(self.language, text, **values))

    def when(self, moment: str) -> str:
        return escape(format_datetime(self.language, datetime.fromisoformat(moment), self._zone))

    def page(self, title: str, body: Iterator[str]) -> str:
        return (
            f'<!doctype html><html lang="{self.language}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>{''.join(body)}</body></html>"
        )


def _overview(about: dict[str, Any], listed: list[dict[str, Any]], words: _Words) -> Iterator[str]:
    own = about["account"]
    yield f"<h1>{words.say(_('Your data'))}</h1><p>{words.when(about['exported_at'])}</p><dl>"
    for label, value in (
        (_("Name"), own["name"]),
        (_("Email"), own["email"]),
        (_("Language"), LOCALES.get(own["language"]) or own["language"]),
        (_("Time zone"), own["time_zone"]),
    ):
        yield f"<dt>{words.say(label)}</dt><dd>{escape(value)}</dd>"
    yield f"</dl><h2>{words.say(_('Your tickets'))}</h2>"
    for ticket in listed:
        link = f'<a href="tickets/{ticket["number"]}/ticket.html">{ticket["number"]}</a>'
        yield (
            f"<article><header>{link} · {words.say(STATUS[ticket['status']])} · "
            f"{words.when(ticket['created_at'])}</header><p>{escape(ticket['subject'])}</p></article>"
        )
    if about["drafts"]:
        yield f"<h2>{words.say(_('Drafts'))}</h2>"
        for draft in about["drafts"]:
            yield f"<article><p>{escape(draft['subject'])}\n{escape(draft['body'])}</p></article>"
    yield f"<h2>{words.say(_('Devices'))}</h2>"
    for one in about["sessions"]:
        name = " · ".join(filter(None, (one["browser"], one["system"])))
        yield f"<article>{escape(name)} {words.when(one['created_at'])} – {words.when(one['seen_at'])}</article>"


def _ticket(data: dict[str, Any], words: _Words) -> Iterator[str]:
    yield f"<header>{data['number']} · {words.say(STATUS[data['status']])}</header><h1>{escape(data['subject'])}</h1>"
    for message in data["messages"]:
        who = message["author"] or words.say(_("Customer"))
        yield f"<article><header>{escape(who)} · {words.when(message['at'])}</header><p>{escape(message['body'])}</p>"
        yield from (
            f'<a href="files/{escape(name, quote=True)}">{escape(name)}</a> ' for name in message["files"]
        )
        yield "</article>"
    if data["details"]:
        yield f"<h2>{words.say(_('Details'))}</h2><dl>"
        for one in data["details"]:
            yield f"<dt>{_detail_name(one, words)}</dt><dd>{_detail_answer(one, words)}</dd>"
        yield "</dl>"
    if data["rating"]:
        rated = words.page_says(msg("{score} of 5"), score=data["rating"]["score"])
        comment = data["rating"]["comment"]
        quoted = words.page_says(msg("“{comment}”"), comment=comment) if comment else ""
        yield f"<h2>{words.say(_('Your rating'))}</h2><p>{rated}</p><p>{quoted}</p>"


def _detail_name(one: dict[str, Any], words: _Words) -> str:
    if one["kind"] not in DETAILS:
        return escape(one["label"])
    name = page_text(words.language, DETAILS[one["kind"]])
    if one["chain"]:
        network = CHAINS.get(one["chain"], one["chain"])
        name = page_text(words.language, msg("Transaction ID ({network})"), network=network)
    if not one["label"]:
        return escape(name)
    return words.page_says(msg("{label}: {value}"), label=name, value=one["label"])


def _detail_answer(one: dict[str, Any], words: _Words) -> str:
    if one["state"] == "open":
        return words.page_says(msg("Not answered yet"))
    if one["state"] == "declined":
        return words.page_says(msg("Can't provide this: {reason}"), reason=one["answer"])
    if one["kind"] == "moment" and one["answer"]:
        return words.when(one["answer"])
    return escape(one["answer"] or "–")


def _stored(name: str) -> ZipInfo:
    info = ZipInfo(name)
    info.compress_type = ZIP_STORED
    return info


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)
