"""How an e-mail looks: a written text part, and HTML that old mail programs, phones and dark modes show well.

One column of tables. What `LIGHT` says is written into each element (css-inline), because many programs drop
<style>; what only newer ones know (narrow screens, dark mode) stays in <style>. Outlook gets its button as VML. Nothing
is loaded from anywhere. No colour is near pure black or white and all pairs have room to spare, so that programs which
turn colours over by themselves (Gmail) leave them readable too.
"""

from css_inline import CSSInliner

from ticket_portal.delivery.emails.texts import Content, Link
from ticket_portal.i18n.catalogues import _, translate
from ticket_portal.templates import raw, render

_FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Noto Sans',Helvetica,Arial,sans-serif"
_MONO = "ui-monospace,'SF Mono',Menlo,Consolas,'Liberation Mono',monospace"

# Longhands: Outlook reads `font: …` by halves.
LIGHT = f"""
table {{ border-spacing: 0; mso-table-lspace: 0; mso-table-rspace: 0 }}
body {{ margin: 0; padding: 0; background: #f6f8f8 }}
.bg {{ background: #f6f8f8 }}
.hide {{ display: none; max-height: 0; overflow: hidden; mso-hide: all; font-size: 1px; line-height: 1px;
  color: #f6f8f8 }}
.out {{ padding: 32px 16px 48px }}
.column {{ max-width: 600px; width: 100% }}
.head {{ padding: 0 4px 20px }}
.mark {{ width: 32px; height: 32px; border-radius: 10px; background: #0a5566; color: #ffffff; font-family: {_FONT};
  font-weight: 600; font-size: 16px; line-height: 32px; text-align: center }}
.brand {{ padding: 0 0 0 12px; font-family: {_FONT}; font-weight: 600; font-size: 16px; line-height: 24px;
  color: #0d2126 }}
.phrase {{ font-family: {_FONT}; font-size: 13px; line-height: 20px; color: #4a5c62; text-align: right }}
.words {{ font-size: 14px; font-weight: 600; color: #0d2126 }}
.card {{ padding: 40px 44px; background: #ffffff; border: 1px solid #dde5e7; border-radius: 16px }}
.title {{ margin: 0 0 16px; font-family: {_FONT}; font-weight: 600; font-size: 26px; line-height: 33px;
  letter-spacing: -.02em; color: #0d2126 }}
.text {{ margin: 0 0 14px; font-family: {_FONT}; font-weight: 400; font-size: 16px; line-height: 26px;
  color: #0d2126 }}
.quiet {{ margin: 20px 0 0; font-family: {_FONT}; font-weight: 400;
  font-size: 14px; line-height: 22px; color: #4a5c62 }}
.act {{ padding: 14px 0 20px }}
.btn {{ display: inline-block; padding: 13px 28px; border: 1px solid #0a5566; border-radius: 12px; background: #0a5566;
  color: #ffffff; font-family: {_FONT}; font-weight: 600; font-size: 16px; line-height: 20px; text-decoration: none }}
.bare {{ margin: 0; font-family: {_FONT}; font-weight: 400; font-size: 13px; line-height: 20px; word-break: break-all;
  overflow-wrap: anywhere }}
.link {{ color: #0a6275 }}
.entry {{ padding: 16px 0; border-top: 1px solid #dde5e7 }}
.name {{ font-family: {_FONT}; font-weight: 600; font-size: 16px; line-height: 24px; color: #0a6275 }}
.coded {{ padding: 8px 0 4px }}
.soft {{ padding: 20px 12px; border: 1px solid #dde5e7; border-radius: 12px; background: #e1f0f2; text-align: center }}
.code {{ font-family: {_MONO}; font-weight: 600; font-size: 38px; line-height: 46px; letter-spacing: 10px;
  padding-left: 10px; color: #0d2126 }}
.foot {{ padding: 24px 4px 0 }}
.small {{ margin: 0 0 8px; font-family: {_FONT}; font-weight: 400; font-size: 13px; line-height: 21px; color: #4a5c62 }}
.under {{ color: #4a5c62 }}
"""

DARK = """
.bg { background: #0a1214 !important }
.hide { color: #0a1214 !important }
.card { background: #111c1f !important; border-color: #24363c !important }
.brand, .words, .title, .text, .code { color: #e6eff0 !important }
.phrase, .quiet, .small, .under { color: #9fb3b9 !important }
.link, .name { color: #7bd8e0 !important }
.btn, .mark { background: #7bd8e0 !important; border-color: #7bd8e0 !important; color: #04262d !important }
.soft { background: #12353d !important; border-color: #24363c !important }
.entry { border-color: #24363c !important }
"""
DARK_WHEN = "@media (prefers-color-scheme: dark)"

_KEPT = f"""
:root {{ color-scheme: light dark; supported-color-schemes: light dark }}
body {{ width: 100% !important; -webkit-text-size-adjust: 100%; -ms-text-size-adjust: 100% }}
a {{ text-decoration-thickness: 1px; text-underline-offset: 3px }}
@media (max-width: 480px) {{
.card {{ padding: 28px 24px !important }} .out {{ padding: 16px 12px 28px !important }}
.title {{ font-size: 22px !important; line-height: 29px !important }}
.btn {{ display: block !important; text-align: center !important }}
.code {{ font-size: 32px !important; letter-spacing: 6px !important }}
.half {{ display: block !important; width: auto !important }}
.phrase {{ text-align: left !important; padding-top: 12px !important }} }}
{DARK_WHEN} {{ {DARK} }}
[data-ogsc] .title, [data-ogsc] .text, [data-ogsc] .words, [data-ogsc] .brand {{ color: #e6eff0 !important }}
[data-ogsc] .quiet, [data-ogsc] .small, [data-ogsc] .under, [data-ogsc] .phrase {{ color: #9fb3b9 !important }}
[data-ogsc] .link, [data-ogsc] .name {{ color: #7bd8e0 !important }}
"""
_STYLE = raw(" ".join(_KEPT.split()))

_inliner = CSSInliner(
    inline_style_tags=False, keep_style_tags=True, load_remote_stylesheets=False, extra_css=LIGHT
)


def plain(content: Content) -> str:
    """Return the text part."""

    def led(link: Link) -> str:
        return f"{translate(content.language, _('{label}:'), label=link.label)}\n{link.address}"

    parts = [content.brand]
    if content.phrase:
        label, words = content.phrase.label, content.phrase.words
        parts.append(translate(content.language, _("{label}: {value}"), label=label, value=words))
    parts += [content.heading, *content.paragraphs]
    if content.code:
        parts.append(f"    {content.code}")
    if content.button:
        parts.append(led(content.button))
    if content.entries:
        parts.append("\n\n".join(led(link) for link in content.entries))
    parts += [content.after] if content.after else []
    parts += ["-- ", *content.foot]
    parts += [led(link) for link in content.foot_links]
    parts += [content.imprint]
    return "\n\n".join(parts) + "\n"


def html(content: Content) -> str:
    """Return the HTML part, its styles written into its elements."""
    return _inliner.inline(_document(content))


def _document(content: Content) -> str:
    return render("mail.html", content=content, style=_STYLE)
