"""Forms that the browser itself submits: they work before the page hears the server, and without it.

What went wrong comes back as a state's `problem` (the text), `problem_code` and, where it is about one, `field`.
Exactly one place of a page then has the test id `form-error`: the field it is about, or a note above the form.
"""

from typing import Any

import reflex as rx
from reflex import el

from ticket_portal.components.elements import NativeForm
from ticket_portal.components.hooks import RunsHook, hook_value
from ticket_portal.components.icons import icon
from ticket_portal.components.words import language, t
from ticket_portal.domain.keys import CODE_DIGITS

UNSET = rx.Var("undefined")


def post_form(action: str, *content: rx.Component, forget: Any = None, **props: Any) -> rx.Component:
    """Make a form that is posted to one of the routes in routes/forms/.

    `forget`: the key of a person whose drafts and unsent messages leave the device with this form.
    """
    attributes: dict[str, Any] = {"data-native": "true"}
    if forget is not None:
        attributes["data-forget"] = forget
    return NativeForm.create(
        RunsHook.create("forms", "useTyped"),
        hidden("language", language()),
        *content,
        action=action,
        method="post",
        no_validate=True,
        custom_attrs=attributes,
        **props,
    )


def hidden(name: str, value: Any) -> rx.Component:
    """A value that goes along with a form."""
    return el.input(type="hidden", name=name, value=value)


def form_card(title: Any, text: Any, *content: rx.Component, tile: str = "") -> rx.Component:
    """A form's card: its heading, a sentence, and the form."""
    return el.div(
        el.div(
            el.span(icon(tile), class_name="tile") if tile else rx.fragment(),
            el.h1(title),
            el.p(text),
            class_name="form__head",
        ),
        *content,
        class_name="card",
    )


def submit(text: Any, **props: Any) -> rx.Component:
    """The one button that a form is for."""
    return el.button(text, type="submit", class_name="btn btn--primary btn--block", **props)


def problem(state: Any, *fields: str, again: Any = 0) -> rx.Component:
    """Say above a form what went wrong, unless one of its `fields` says it.

    `again` changes with each refusal where the page stays, so that the focus moves for the same words too.
    """
    elsewhere: Any = False
    for name in fields:
        elsewhere = elsewhere | (state.field == name) if elsewhere is not False else state.field == name
    shown = (state.problem != "") & ~elsewhere if fields else state.problem != ""
    return rx.fragment(
        RunsHook.create("forms", "useProblemFocus", problem=state.problem, again=again),
        rx.cond(
            shown,
            el.div(
                icon("alert"),
                el.p(state.problem),
                role="alert",
                tab_index=-1,
                class_name="note",
                custom_attrs={
                    "data-testid": "form-error",
                    "data-code": state.problem_code,
                    "data-tone": rx.match(
                        state.problem_code,
                        ("too_many", "warn"),
                        ("too_many_codes", "warn"),
                        ("too_soon", "warn"),
                        ("session_ended", "warn"),
                        "bad",
                    ),
                },
            ),
        ),
    )


def notice_note(shown: Any, text: Any) -> rx.Component:
    """Confirm above a form what was done; announced when it appears."""
    return el.div(
        rx.cond(
            shown, el.div(icon("check"), el.p(text), class_name="note", custom_attrs={"data-tone": "good"})
        ),
        role="status",
    )


def field(
    name: str,
    label: Any,
    *,
    state: Any = None,
    hint: Any = None,
    beside: rx.Component | None = None,
    keep: bool = False,
    area: bool = False,
    **props: Any,
) -> rx.Component:
    """A labelled field. With `state`, it shows that state's problem when it is about this field.

    `keep`: a refused try gives back what was typed. `beside`: a link or a word beside the label.
    """
    wrong = state.field == name if state is not None else None
    control = el.textarea if area else el.input
    attributes = {**({"data-keep": "true"} if keep else {}), **props.pop("custom_attrs", {})}
    described = _described(name, hint, wrong)
    made = control(
        id=name,
        name=name,
        class_name="input",
        **({"aria_describedby": described} if described is not None else {}),
        **({"aria_invalid": rx.cond(wrong, "true", UNSET)} if wrong is not None else {}),
        **({"custom_attrs": attributes} if attributes else {}),
        **props,
    )
    return el.div(
        _label(name, label, beside),
        _with_reveal(name, made) if props.get("type") == "password" else made,
        el.p(hint, id=f"{name}-hint", class_name="field__hint") if hint is not None else rx.fragment(),
        _field_error(name, state, wrong) if wrong is not None else rx.fragment(),
        class_name="field",
    )


def email_field(state: Any, **props: Any) -> rx.Component:
    """The field for an e-mail address."""
    return field(
        "email",
        t("Email"),
        state=state,
        keep=True,
        type="email",
        auto_capitalize="none",
        required=True,
        custom_attrs={"inputMode": "email", "spellCheck": "false"},
        **props,
    )


def code_field(state: Any, *, wrong: Any = None) -> rx.Component:
    """The field for a code: one input that looks like six boxes. `wrong`: whether the last try was refused."""
    is_wrong = wrong if wrong is not None else state.problem_code.startswith("code_")
    return el.div(
        _label("code", t("Verification code")),
        el.div(
            *[el.i() for _ in range(CODE_DIGITS)],
            el.input(
                id="code",
                name="code",
                auto_complete="one-time-code",
                required=True,
                aria_describedby="code-hint",
                aria_invalid=rx.cond(is_wrong, "true", UNSET),
                custom_attrs={"data-digits": str(CODE_DIGITS), "inputMode": "numeric", "spellCheck": "false"},
            ),
            class_name="code",
        ),
        el.p(
            t("Enter the 6 digits from our latest email. Check your spam folder too."),
            id="code-hint",
            class_name="field__hint",
        ),
        class_name="field",
    )


def new_code(action: str, resend_at: rx.Var, *fields: rx.Component) -> rx.Component:
    """Ask for another code; possible from the moment `resend_at`."""
    data = hook_value("forms", "useCountdown", "countdown", until=resend_at)
    left = rx.Var("countdown", _var_data=data).to(str)
    return post_form(
        action,
        *fields,
        el.button(
            t("Send a new code"),
            # Beside the name and not of it: what tests and voice control call the button stays the same.
            rx.cond(left != "", el.span(left, class_name="num", aria_hidden="true")),
            type="submit",
            disabled=left != "",
            class_name="btn btn--quiet btn--block",
        ),
    )


def _label(name: str, label: Any, beside: rx.Component | None = None) -> rx.Component:
    return el.div(
        el.label(label, html_for=name),
        beside if beside is not None else rx.fragment(),
        class_name="field__label",
    )


def _described(name: str, hint: Any, wrong: Any) -> Any:
    hints = f"{name}-hint" if hint is not None else ""
    if wrong is None:
        return hints or None
    both = f"{hints} {name}-error".strip()
    return rx.cond(wrong, both, hints or UNSET)


def _field_error(name: str, state: Any, wrong: Any) -> rx.Component:
    return rx.cond(
        wrong,
        el.p(
            icon("alert"),
            el.span(state.problem),
            id=f"{name}-error",
            role="alert",
            class_name="field__error",
            custom_attrs={"data-testid": "form-error", "data-code": state.problem_code},
        ),
    )


def _with_reveal(name: str, made: rx.Component) -> rx.Component:
    return el.div(
        made,
        el.button(
            icon("eye"),
            type="button",
            class_name="tool tool--icon",
            aria_label=t("Show password"),
            aria_pressed="false",
            aria_controls=name,
            custom_attrs={"data-reveal": "true"},
        ),
        class_name="secret",
    )
