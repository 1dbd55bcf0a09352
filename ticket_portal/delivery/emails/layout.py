"""How an e-mail looks: a written text part, and HTML that old mail programs, phones and dark modes show well.

One column of tables with inline styles, because Outlook knows little else. Nothing is loaded from anywhere. Colours
keep a distance from pure black and white: mail programs that turn colours over by themselves then still leave them
readable. Both palettes have a contrast of at least 4.5 to 1.
"""

from html import escape

from ticket_portal.delivery.emails.texts import Content, Link

_FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Noto Sans',Helvetica,Arial,sans-serif"
_MONO = "ui-monospace,'SF Mono',Menlo,Consolas,'Liberation Mono',monospace"

# Classes carry the dark palette; where a program drops <style>, the inline light one stands.
_STYLE = """
:root{color-scheme:light dark;supported-color-schemes:light dark}
body{margin:0;padding:0;width:100%!important;-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%}
table{border-spacing:0}a{text-decoration-thickness:1px;text-underline-offset:3px}
@media (max-width:480px){.pad{padding:28px 24px!important}.out{padding:16px 12px 28px!important}
.h{font-size:22px!important}.btn{display:block!important;text-align:center!important}
.code{font-size:32px!important;letter-spacing:6px!important}}
@media (prefers-color-scheme:dark){.bg{background:#0e1719!important}.card{background:#152327!important;
border-color:#26393f!important}.ink{color:#e4eef0!important}.ink2{color:#a4b8be!important}.link{color:#7bd8e0!important}
.btn{background:#7bd8e0!important;border-color:#7bd8e0!important;color:#06272e!important}
.soft{background:#1a2d32!important;border-color:#2c454c!important}.line{border-color:#26393f!important}
.mark{background:#7bd8e0!important;color:#06272e!important}}
[data-ogsc] .ink{color:#e4eef0!important}[data-ogsc] .ink2{color:#a4b8be!important}
[data-ogsc] .link{color:#7bd8e0!important}
""".replace("\n", "")


def plain(content: Content) -> str:
    """Return the text part."""
    parts = [content.brand, content.heading, *content.paragraphs]
    if content.code:
        parts.append(f"    {content.code}")
    if content.button:
        parts.append(f"{content.button.label}:\n{content.button.address}")
    if content.entries:
        parts.append("\n\n".join(f"{link.label}:\n{link.address}" for link in content.entries))
    parts += [content.after] if content.after else []
    parts += ["-- ", *content.foot]
    parts += [f"{link.label}:\n{link.address}" for link in content.foot_links]
    return "\n\n".join(parts) + "\n"


def html(content: Content) -> str:
    """Return the HTML part."""
    body = [
        _heading(content.heading),
        *(_paragraph(text) for text in content.paragraphs),
        _code(content.code) if content.code else "",
        _button(content.button) if content.button else "",
        *(_entry(link) for link in content.entries),
        _quiet(content.after) if content.after else "",
    ]
    return (
        f'<!doctype html><html lang="{escape(content.language)}" dir="ltr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        '<meta name="format-detection" content="telephone=no,date=no,address=no,email=no">'
        f"<title>{escape(content.subject)}</title><style>{_STYLE}</style></head>"
        '<body class="bg" style="margin:0;padding:0;background:#f3f6f7">'
        f"{_preheader(content.preheader)}"
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="bg" '
        'style="background:#f3f6f7"><tr><td align="center" class="out" style="padding:32px 16px 48px">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
        'style="max-width:600px;width:100%">'
        f"<tr><td>{_brand(content.brand)}</td></tr>"
        '<tr><td class="card pad" style="background:#fdfefe;border:1px solid #dbe4e6;border-radius:16px;'
        f'padding:40px 44px">{"".join(body)}</td></tr>'
        f"<tr><td>{_foot(content)}</td></tr></table></td></tr></table></body></html>"
    )


def _preheader(text: str) -> str:
    """What a list of mails shows after the subject; the blanks keep the brand line out of it."""
    blanks = "&#847;&zwnj;&nbsp;" * 40
    return (
        '<div style="display:none;max-height:0;overflow:hidden;mso-hide:all;font-size:1px;line-height:1px">'
        f"{escape(text)}{blanks}</div>"
    )


def _brand(brand: str) -> str:
    return (
        '<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>'
        '<td class="mark" width="32" height="32" align="center" valign="middle" aria-hidden="true" '
        f'style="width:32px;height:32px;border-radius:10px;background:#0a5566;color:#f4fbfc;'
        f'font:600 16px/32px {_FONT}">{escape(brand[:1])}</td>'
        f'<td class="ink" style="padding:0 0 0 12px;font:600 16px/32px {_FONT};letter-spacing:-.01em;color:#10262c">'
        f'{escape(brand)}</td></tr><tr><td colspan="2" height="20" style="height:20px;font-size:0;line-height:0">&nbsp;'
        "</td></tr></table>"
    )


def _heading(text: str) -> str:
    return (
        f'<h1 class="ink h" style="margin:0 0 16px;font:600 26px/1.25 {_FONT};letter-spacing:-.02em;color:#10262c">'
        f"{escape(text)}</h1>"
    )


def _paragraph(text: str) -> str:
    return (
        f'<p class="ink" style="margin:0 0 14px;font:400 16px/1.6 {_FONT};color:#10262c">{escape(text)}</p>'
    )


def _quiet(text: str) -> str:
    return (
        f'<p class="ink2" style="margin:20px 0 0;font:400 14px/1.6 {_FONT};color:#4c6067">{escape(text)}</p>'
    )


def _button(link: Link) -> str:
    """A button of text, 48 px high, and the bare address for whoever wants to see where it leads."""
    address = escape(link.address)
    return (
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">'
        '<tr><td style="padding:14px 0 20px">'
        f'<a class="btn" href="{address}" style="display:inline-block;padding:13px 28px;border:1px solid #0a5566;'
        f'border-radius:12px;background:#0a5566;color:#f4fbfc;font:600 16px/20px {_FONT};text-decoration:none">'
        f"{escape(link.label)}</a></td></tr></table>"
        f"{_bare(link)}"
    )


def _bare(link: Link) -> str:
    address = escape(link.address)
    return (
        f'<p style="margin:0;font:400 13px/1.5 {_FONT};word-break:break-all;overflow-wrap:anywhere">'
        f'<a class="link" href="{address}" style="color:#0a6275">{address}</a></p>'
    )


def _entry(link: Link) -> str:
    address = escape(link.address)
    return (
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr>'
        '<td class="line" style="padding:16px 0;border-top:1px solid #dbe4e6">'
        f'<a class="link" href="{address}" style="font:600 16px/1.5 {_FONT};color:#0a6275">{escape(link.label)}</a>'
        f"{_bare(link)}</td></tr></table>"
    )


def _code(code: str) -> str:
    # Spaced by style, not by blanks: what is copied is the six digits.
    return (
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">'
        '<tr><td style="padding:8px 0 4px"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
        'border="0"><tr><td class="soft" align="center" style="padding:20px 12px;border:1px solid #cfdfe2;'
        'border-radius:12px;background:#eaf3f4">'
        f'<span class="ink code" style="font:600 38px/1.2 {_MONO};letter-spacing:10px;padding-left:10px;color:#10262c">'
        f"{escape(code)}</span></td></tr></table></td></tr></table>"
    )


def _foot(content: Content) -> str:
    style = f"margin:0 0 8px;font:400 13px/1.6 {_FONT};color:#4c6067"
    lines = [f'<p class="ink2" style="{style}">{escape(text)}</p>' for text in content.foot]
    lines += [
        f'<p class="ink2" style="{style}"><a class="ink2" href="{escape(link.address)}" '
        f'style="color:#4c6067">{escape(link.label)}</a></p>'
        for link in content.foot_links
    ]
    return (
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr>'
        f'<td style="padding:24px 4px 0">{"".join(lines)}</td></tr></table>'
    )
