"""An account's data as one ZIP: JSON for machines, printable pages for people, the files as they are.

One ticket is in memory at a time, and a file a piece at a time; the ZIP itself grows on the disk.
"""

import json
from datetime import datetime
from functools import partial
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from ticket_portal.delivery.files import FileDesk
from ticket_portal.domain.people import Viewer
from ticket_portal.domain.privacy import exports
from ticket_portal.domain.privacy.exports import TicketExport
from ticket_portal.domain.text.blockchains import CHAINS
from ticket_portal.frontend.palette import in_daylight
from ticket_portal.i18n.catalogues import msg, page_text
from ticket_portal.i18n.dates import format_datetime
from ticket_portal.i18n.locales import LOCALES
from ticket_portal.sets.names import STATUS_NAMES, UNKNOWN
from ticket_portal.sets.statuses import Status
from ticket_portal.store.files import NoSuchFile
from ticket_portal.store.unit_of_work import Store
from ticket_portal.templates import raw, render

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
        archive.writestr("index.html", _overview(about, listed, words))


def _write_ticket(archive: ZipFile, desk: FileDesk, found: TicketExport, words: "_Words") -> None:
    folder = f"tickets/{found.data['number']}"
    archive.writestr(f"{folder}/ticket.json", _json(found.data))
    archive.writestr(f"{folder}/ticket.html", words.page("export_ticket.html", ticket=found.data))
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

    def page_says(self, text: str, **values: object) -> str:
        return page_text(self.language, text, **values)

    def status(self, status: str) -> str:
        name = STATUS_NAMES.get(Status(status)) if status in STATUS_NAMES else None
        return self.page_says(name) if name else UNKNOWN

    def when(self, moment: str) -> str:
        return format_datetime(self.language, datetime.fromisoformat(moment), self._zone)

    def page(self, template: str, **values: object) -> str:
        return render(
            template,
            language=self.language,
            style=raw(STYLE),
            when=self.when,
            status=self.status,
            detail_name=partial(_detail_name, self),
            detail_answer=partial(_detail_answer, self),
            **values,
        )


def _overview(about: dict[str, Any], listed: list[dict[str, Any]], words: _Words) -> str:
    chosen = about["account"]["language"]
    return words.page(
        "export_account.html", about=about, listed=listed, own_language=LOCALES.get(chosen) or chosen
    )


def _detail_name(words: _Words, one: dict[str, Any]) -> str:
    if one["kind"] not in DETAILS:
        return one["label"]
    name = words.page_says(DETAILS[one["kind"]])
    if one["chain"]:
        name = words.page_says(
            msg("Transaction ID ({network})"), network=CHAINS.get(one["chain"], one["chain"])
        )
    return words.page_says(msg("{label}: {value}"), label=name, value=one["label"]) if one["label"] else name


def _detail_answer(words: _Words, one: dict[str, Any]) -> str:
    if one["state"] == "open":
        return words.page_says(msg("Not answered yet"))
    if one["state"] == "declined":
        return words.page_says(msg("Can't provide this: {reason}"), reason=one["answer"])
    if one["kind"] == "moment" and one["answer"]:
        return words.when(one["answer"])
    return one["answer"] or "–"


def _stored(name: str) -> ZipInfo:
    info = ZipInfo(name)
    info.compress_type = ZIP_STORED
    return info


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)
