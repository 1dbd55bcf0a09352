"""SMTP: `smtp://user:password@host:587` with STARTTLS, or `smtps://…:465`.

Without TLS nothing leaves: codes and links are in every mail, and somebody on the way could take STARTTLS out of the
server's offer (RFC 8314, 3; OWASP ASVS 12.3.1). A server on this machine needs none, nor one that PORTAL_SMTP_PLAIN
speaks for; a password is never sent without TLS but to this machine.
"""

import hashlib
import ipaddress
import re
import smtplib
import ssl
from email.charset import QP, Charset
from email.header import Header
from email.headerregistry import Address
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from ticket_portal.delivery.emails import Email
from ticket_portal.delivery.mail import Refused, Unavailable
from ticket_portal.settings import Settings

TIMEOUT = 10.0
# RFC 3463 and RFC 7505: this recipient's address is wrong (unknown user or host, bad syntax, moved away, no mail taken
# at all) or switched off. Every other refusal is about us: the server's mood, our account, our sender, our settings.
# It ends one day, and the mail must still be there then.
_ABOUT_THE_RECIPIENT = re.compile(rb"5\.(?:1\.(?:1|2|3|6|10)|2\.1)(?!\d)")


class Smtp:
    """A carrier that opens one connection for each mail: a lost one costs nothing then."""

    def __init__(self, settings: Settings, context: ssl.SSLContext | None = None) -> None:
        """Read the server's address from the settings; nothing is opened yet."""
        url = urlsplit(settings.smtp_url)
        self._host = url.hostname or "localhost"
        self._tls_first = url.scheme == "smtps"
        self._port = url.port or (465 if self._tls_first else 587)
        self._user, self._password = unquote(url.username or ""), unquote(url.password or "")
        self._plain = settings.smtp_plain
        self._context = context or ssl.create_default_context()

    def send(self, email: Email) -> None:
        """Send the mail. Raises Refused, Unavailable."""
        try:
            with self._connect() as server:
                self._hand_over(server, email)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise _problem("recipient", code, said) from None
        except smtplib.SMTPDataError as error:
            raise _problem("text", error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPAuthenticationError as error:
            raise Unavailable(f"SMTP sign-in failed ({error.smtp_code})") from None
        except smtplib.SMTPResponseException as error:
            raise Unavailable(f"SMTP: the server answered {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(f"SMTP: {type(error).__name__}") from None

    def _connect(self) -> smtplib.SMTP:
        if self._tls_first:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT, context=self._context)
        return smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)

    def _hand_over(self, server: smtplib.SMTP, email: Email) -> None:
        server.ehlo_or_helo_if_needed()
        safe = self._tls_first
        if not safe and server.has_extn("starttls"):
            server.starttls(context=self._context)
            server.ehlo()
            safe = True
        safe = safe or _loopback(self._host)
        if not safe and not self._plain:
            raise Unavailable("SMTP: the server offers no TLS, so nothing is sent (PORTAL_SMTP_PLAIN)")
        if self._user:
            if not safe:
                raise Unavailable("SMTP: the server offers no TLS, the password is not sent")
            server.login(self._user, self._password)
        options = [] if email.to.isascii() else ["SMTPUTF8"]
        if options and not server.has_extn("smtputf8"):
            raise Unavailable("SMTP: the server takes no addresses with letters beyond ASCII")
        server.sendmail(parseaddr(email.headers["From"])[1], [email.to], as_bytes(email), options)


def as_bytes(email: Email) -> bytes:
    """Return the mail as it goes over the wire; the same mail gives the same bytes."""
    # The older of Python's two ways: the newer one breaks long words (List-Unsubscribe) into encoded ones.
    boundary = f"=_{hashlib.sha256(email.key.encode()).hexdigest()[:32]}"
    message = MIMEMultipart("alternative", boundary=boundary)
    for name, value in email.headers.items():
        message[name] = _encoded(name, value)
    message.attach(_part("plain", email.plain))
    message.attach(_part("html", email.html))
    # No folding: the longest header (ten References) stays under the 998 characters of a line.
    return message.as_bytes(policy=compat32.clone(linesep="\r\n", max_line_length=None))


def _encoded(name: str, value: str) -> str:
    if value.isascii() or name == "To":
        return value
    if name == "From":
        shown, address = parseaddr(value)
        return f"{Header(shown, 'utf-8').encode()} <{Address(addr_spec=address)}>"
    return Header(value, "utf-8", header_name=name).encode()


def _part(subtype: str, text: str) -> MIMENonMultipart:
    charset = Charset("utf-8")
    charset.body_encoding = QP
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    part.set_payload(text, charset)
    return part


def _problem(refused: str, code: int, said: bytes | str) -> Exception:
    said = said if isinstance(said, bytes) else said.encode("utf-8", "replace")
    if found := _ABOUT_THE_RECIPIENT.match(said):
        return Refused(f"SMTP: {refused} refused ({code} {found[0].decode()})", no_such_address=True)
    return Unavailable(f"SMTP: {refused} refused ({code})")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
