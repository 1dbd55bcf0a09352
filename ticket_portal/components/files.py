"""Files: choosing them, watching them go, and seeing those of a message."""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex import el
from reflex.vars import VarData

from ticket_portal.components.elements import A, NativeForm
from ticket_portal.components.hooks import as_handler, hook_value, js_handler
from ticket_portal.components.icons import icon
from ticket_portal.components.words import t
from ticket_portal.domain.files.attachments import FileView
from ticket_portal.frontend.site import SITE
from ticket_portal.sets.file_kinds import ENDINGS, NAMES, Sort

KINDS = ", ".join(NAMES)
ACCEPTED = ",".join([*(f".{ending}" for ending in ENDINGS), "image/*"])


@dataclass(frozen=True)
class Piece(FileView):
    """A file as the browser lists it: `state` also sending and failed; `sort` picture, film or document."""

    key: str = ""
    percent: int = 0
    size_text: str = ""
    sort: str = ""
    problem: str = ""
    code: str = ""


class Picker:
    """What a form needs to take files along; `place` names it among the forms that keep files in this browser.

    `viewer`: whose files they are: the key of who writes here, a guest's in a guest's ticket.
    """

    def __init__(self, place: Any, target: Any, live: Any, viewer: Any) -> None:
        """Compile the hook; all parts of one picker share it."""
        self._place = place
        self._viewer = viewer
        self._data: VarData = hook_value(
            "uploads",
            "useFiles",
            "files",
            viewer=viewer,
            place=place,
            target=target,
            live=live,
            texts=file_texts(),
        )

    def _value(self, name: str) -> rx.Var:
        return rx.Var(f"files.{name}", _var_data=self._data)

    def button(self, *, written: bool = False) -> rx.Component:
        """The way in, for whoever can't drop or paste. `written`: with its name beside the icon."""
        return el.button(
            icon("paperclip"),
            t("Attach files") if written else rx.fragment(),
            type="button",
            class_name="btn btn--small" if written else "tool tool--icon",
            title=t("Attach files"),
            aria_label=t("Attach files"),
            aria_describedby="files-hint",
            disabled=~self._value("ready").to(bool),
            on_click=as_handler(rx.Var("(() => files.open())", _var_data=self._data)),
        )

    def hint(self) -> rx.Component:
        """Say what is taken, before anything is chosen."""
        return el.p(
            t(
                "Up to {files} files, {most} MB each (videos {video} MB)",
                files=SITE.files_per_message,
                most=SITE.file_mb,
                video=SITE.video_mb,
            ),
            el.span(": ", KINDS, class_name="files__kinds"),
            id="files-hint",
            class_name="files__hint",
        )

    def chosen(self) -> rx.Component:
        """What was chosen, with its progress; the place to drop more."""
        return el.div(
            el.input(
                type="file",
                multiple=True,
                accept=ACCEPTED,
                tab_index=-1,
                class_name="sr",
                aria_hidden="true",
                custom_attrs={"data-testid": "file-input"},
            ),
            rx.cond(
                self._value("list").to(list).length() > 0,
                el.ul(
                    rx.foreach(self._value("list").to(list[Piece]), lambda file: self._entry(file)),  # noqa: PLW0108
                    class_name="files",
                    aria_label=t("Files to send"),
                ),
            ),
            rx.cond(self._value("over").to(bool), el.p(t("Drop files here"), class_name="files__drop")),
            class_name="files__box",
            custom_attrs={"ref": self._value("ref")},
        )

    def _entry(self, file: rx.Var[Piece]) -> rx.Component:
        drop = js_handler("uploads", "dropFile", viewer=self._viewer, place=self._place, key=file.key)
        return unsent_file(file, drop)


def file_texts() -> rx.Var:
    """Return the words for what is not taken; what is, the browser knows from `frontend/rules.py`."""
    return rx.Var.create(
        {
            "too_many_files": t("A message can have up to {most} files. Send the others in another message."),
            "file_kind": t("{name} can't be sent. Use JPG, PNG, WEBP, GIF, HEIC, PDF, TXT, CSV or MP4."),
            "file_empty": t("{name} is empty. Choose another file."),
            "file_too_large": t("{name} is too large. The limit is {most} MB."),
            "lost": t("{name} wasn't fully uploaded. Please choose it again."),
            "refused": t("{name} could not be added. Please try again."),
        }
    )


def unsent_file(file: rx.Var[Piece], drop: rx.Var) -> rx.Component:
    """Show a file that is chosen or on its way, and let it be taken away; say why where it was refused."""
    return rx.cond(
        file.state == "failed",
        el.li(
            icon("alert"),
            el.span(file.problem),
            _remove(file, drop),
            class_name="file",
            role="alert",
            key=file.key,
            custom_attrs={"data-testid": "form-error", "data-code": file.code, "data-state": "failed"},
        ),
        el.li(
            _mark(file),
            _label(file),
            rx.cond(
                file.state == "sending",
                el.progress(value=file.percent, max=100, aria_label=file.name),
            ),
            _remove(file, drop),
            class_name="file",
            key=file.key,
            custom_attrs={"data-testid": "attachment", "data-state": file.state},
        ),
    )


def message_file(file: rx.Var[Piece]) -> rx.Component:
    """Show a file of a message that was sent."""
    return rx.match(
        file.state,
        ("ready", _ready_file(file)),
        (
            "blocked",
            el.li(
                el.div(
                    icon("alert"), _label(file, t("Blocked: this file may be harmful")), class_name="file"
                ),
                key=file.id,
                custom_attrs={"data-testid": "attachment", "data-state": "blocked"},
            ),
        ),
        el.li(
            el.div(icon("clock"), _label(file, t("Security check in progress")), class_name="file"),
            key=file.id,
            custom_attrs={"data-testid": "attachment", "data-state": "checking"},
        ),
    )


def _ready_file(file: rx.Var[Piece]) -> rx.Component:
    address = "/files/" + file.id
    large = {"data-name": file.name, "data-large": file.sort}
    return el.li(
        rx.match(
            file.sort,
            (
                Sort.PICTURE,
                A.create(
                    el.img(
                        src=address + "/thumbnail",
                        alt=file.name,
                        loading="lazy",
                        decoding="async",
                        # Reflex would make style properties of the plain ones.
                        custom_attrs={"width": file.width, "height": file.height},
                    ),
                    href=address,
                    target="_blank",
                    class_name="picture",
                    custom_attrs=large,
                ),
            ),
            (
                Sort.FILM,
                A.create(
                    icon("play"),
                    _label(file),
                    href=address,
                    target="_blank",
                    class_name="file",
                    custom_attrs=large,
                ),
            ),
            A.create(
                icon("file"),
                _label(file),
                href=address,
                download=file.name,
                class_name="file",
            ),
        ),
        key=file.id,
        custom_attrs={"data-testid": "attachment", "data-state": "ready"},
    )


def _label(file: rx.Var[Piece], instead: Any = None) -> rx.Component:
    return el.span(
        el.b(file.name),
        el.small(
            instead
            if instead is not None
            else rx.match(file.state, ("checking", t("Checking…")), file.size_text)
        ),
        class_name="file__label",
    )


def _mark(file: rx.Var[Piece]) -> rx.Component:
    return rx.cond(
        (file.width > 0) & (file.state == "ready"),
        el.img(src="/files/" + file.id + "/thumbnail", alt="", class_name="file__mark"),
        rx.match(file.sort, (Sort.PICTURE, icon("image")), (Sort.FILM, icon("play")), icon("file")),
    )


def _remove(file: rx.Var[Piece], drop: rx.Var) -> rx.Component:
    return el.button(
        icon("close"),
        type="button",
        class_name="tool tool--icon",
        aria_label=t("Remove {name}", name=file.name),
        on_click=drop,
    )


def large_file() -> rx.Component:
    """The dialog that shows a picture or a film large; filled by uploads.js, closed by Escape or its button."""
    return el.dialog(
        NativeForm.create(
            el.b(custom_attrs={"data-title": "true"}),
            A.create(icon("download"), t("Download"), href="#", download=True, class_name="tool"),
            el.button(icon("close"), class_name="tool tool--icon", aria_label=t("Close")),
            method="dialog",
            class_name="large__bar",
        ),
        el.img(alt=""),
        el.video(controls=True, custom_attrs={"playsInline": True}),
        id="large-file",
        aria_label=t("Preview"),
        class_name="large",
    )
