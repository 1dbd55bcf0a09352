"""SMTP against a real server: it takes, refuses, is busy, is away and comes back."""

import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.delivery.conftest import Desk
from ticket_portal.delivery.emails import Email
from ticket_portal.delivery.mail import Refused, Unavailable
from ticket_portal.delivery.mail.smtp import Smtp
from ticket_portal.delivery.outbox import Outbox
from ticket_portal.domain.alerts import undeliverable
from ticket_portal.settings import Settings
from ticket_portal.store.unit_of_work import Store

pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


class Server:
    """A mail server that answers as the test says."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.sessions: list[Session] = []
        self.to_sender = "250 OK"
        self.to_recipient = "250 OK"
        self.to_data = "250 OK"

    async def handle_MAIL(  # noqa: N802 - the server's word
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.to_sender

    async def handle_RCPT(  # noqa: N802 - the server's word
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(  # noqa: N802 - the server's word
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.to_data.startswith("250"):
            self.mails.append(envelope)
            self.sessions.append(session)
        return self.to_data


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def running(server: Server) -> Iterator[Controller]:
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def email() -> Email:
    return Email(
        to="minh@example.com",
        subject="Vé 12345 đã cập nhật",
        headers={
            "From": "Harbor Support <support@example.com>",
            "To": "minh@example.com",
            "Subject": "Vé 12345 đã cập nhật",
            "Message-ID": "<ticket.1@example.com>",
        },
        plain="Xin chào\n",
        html="<p>Xin chào</p>",
        kind="reply",
        language="vi",
        link="",
        code="",
        key="k",
    )


def settings(url: str) -> Settings:
    return Settings(_env_file=None, mail="smtp", smtp_url=url)  # pyright: ignore[reportCallIssue]


def carrier(controller: Controller, user: str = "") -> Smtp:
    return Smtp(settings(f"smtp://{user}127.0.0.1:{controller.port}"))


def test_a_mail_arrives_whole(server: Server, running: Controller, email: Email):
    carrier(running).send(email)

    [mail] = server.mails
    assert mail.mail_from == "support@example.com"
    assert mail.rcpt_tos == ["minh@example.com"]
    parsed = message_from_bytes(mail.content or b"")  # pyright: ignore[reportArgumentType]
    assert parsed["Message-ID"] == "<ticket.1@example.com>"
    assert parsed.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize("where", ["to_recipient", "to_data"])
def test_a_five_hundred_is_for_good_and_a_four_hundred_for_now(
    server: Server, running: Controller, email: Email, where: str
):
    setattr(server, where, "550 5.1.1 minh@example.com: no such user")
    with pytest.raises(Refused) as refused:
        carrier(running).send(email)
    assert "550" in str(refused.value)
    assert "minh@" not in str(refused.value)

    setattr(server, where, "451 4.7.1 greylisted")
    with pytest.raises(Unavailable):
        carrier(running).send(email)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [("550 5.1.1 no such user", "bounced"), ("550 5.7.1 you are on a list", ""), ("450 4.1.1 later", "")],
)
def test_an_address_that_is_not_there_is_marked(
    store: Store, desk: Desk, server: Server, running: Controller, answer: str, problem: str
):
    server.to_recipient = answer
    outbox = Outbox(store, carrier(running), store.settings)
    assert outbox.deliver_due() == 0
    assert store.read(undeliverable.problem, desk.guest.address) == problem


@pytest.mark.parametrize(
    ("where", "answer"),
    [
        ("to_sender", "530 5.7.0 Must issue a STARTTLS command first"),
        ("to_sender", "550 5.4.5 Daily user sending limit exceeded"),
        ("to_sender", "553 5.7.1 Sender address rejected: not owned by user"),
        ("to_recipient", "554 5.7.1 Relay access denied"),
        ("to_recipient", "504 5.5.2 Helo command rejected: need fully-qualified hostname"),
        ("to_recipient", "550 5.7.1 Client host blocked"),
        ("to_recipient", "550 5.1.7 Bad sender"),
        ("to_recipient", "550 5.1.8 Access denied, bad outbound sender"),
        ("to_recipient", "550 5.1.100 no such code"),
        ("to_recipient", "550 No"),
        ("to_recipient", "552 5.2.2 Mailbox full"),
        ("to_data", "554 Message rejected: Email address is not verified"),
        ("to_data", "554 5.7.1 Spam"),
    ],
)
def test_what_is_wrong_with_us_ends_and_then_the_mail_leaves(
    store: Store, desk: Desk, server: Server, running: Controller, where: str, answer: str
):
    """And the customer is not called unreachable for it: no mail would go to them until they act."""
    outbox = Outbox(store, carrier(running), store.settings)
    setattr(server, where, answer)
    assert outbox.deliver_due() == 0
    assert store.read(undeliverable.problem, desk.guest.address) == ""

    setattr(server, where, "250 OK")
    desk.later(minutes=30)
    assert outbox.deliver_due() == 1
    assert len(server.mails) == 1


def test_a_server_that_greets_with_a_refusal_is_tried_again(email: Email):
    """Maintenance, or our IP on a list."""

    def greet(listening: socket.socket) -> None:
        with listening.accept()[0] as client:
            client.sendall(b"554 5.7.1 No service today\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as thread:
        thread.submit(greet, listening)
        with pytest.raises(Unavailable):
            Smtp(settings(f"smtp://127.0.0.1:{listening.getsockname()[1]}")).send(email)


def test_a_server_that_is_away_or_mute_is_tried_again(email: Email, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(Unavailable):
        Smtp(settings(f"smtp://127.0.0.1:{free_port()}")).send(email)

    monkeypatch.setattr("ticket_portal.delivery.mail.smtp.TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unavailable):
        Smtp(settings(f"smtp://127.0.0.1:{silent.getsockname()[1]}")).send(email)


def test_down_and_up_again_nothing_is_lost_and_nothing_comes_twice(store: Store, desk: Desk, server: Server):
    port = free_port()
    outbox = Outbox(store, Smtp(settings(f"smtp://127.0.0.1:{port}")), store.settings)
    desk.answers()
    desk.later(seconds=21)
    assert outbox.deliver_due() == 0

    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    desk.later(minutes=30)
    assert outbox.deliver_due() == 2
    desk.later(minutes=30)
    assert outbox.deliver_due() == 0
    controller.stop()

    ids = [message_from_bytes(m.content or b"")["Message-ID"] for m in server.mails]  # pyright: ignore[reportArgumentType]
    assert len(set(ids)) == len(ids) == 2


def checked(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    assert isinstance(data, LoginPassword)
    return AuthResult(success=(data.login, data.password) == (b"harbor", b"p@ss"))


def test_a_name_and_a_password_are_sent_on_this_machine(
    server: Server, email: Email, monkeypatch: pytest.MonkeyPatch
):
    # This server goes silent after a wrong password.
    monkeypatch.setattr("ticket_portal.delivery.mail.smtp.TIMEOUT", 0.5)
    controller = Controller(
        server, hostname="127.0.0.1", port=free_port(), authenticator=checked, auth_require_tls=False
    )
    controller.start()
    carrier(controller, "harbor:p%40ss@").send(email)
    with pytest.raises(Unavailable):
        carrier(controller, "harbor:wrong@").send(email)
    controller.stop()

    assert [s.authenticated for s in server.sessions] == [True]


def _nowhere(host: str) -> bool:
    return False


def test_a_password_is_never_sent_in_the_clear_to_another_machine(
    server: Server, running: Controller, email: Email, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ticket_portal.delivery.mail.smtp._loopback", _nowhere)

    with pytest.raises(Unavailable, match="no TLS"):
        carrier(running, "harbor:p%40ss@").send(email)
    assert server.mails == []


def test_no_mail_goes_in_the_clear_to_another_machine(
    server: Server, running: Controller, email: Email, monkeypatch: pytest.MonkeyPatch
):
    """Without a user too: codes are in it. It waits, unless the operator says that the way there is safe."""
    monkeypatch.setattr("ticket_portal.delivery.mail.smtp._loopback", _nowhere)
    with pytest.raises(Unavailable, match="no TLS"):
        carrier(running).send(email)
    assert server.mails == []

    plain = settings(f"smtp://127.0.0.1:{running.port}").model_copy(update={"smtp_plain": True})
    Smtp(plain).send(email)
    assert len(server.mails) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "cert.pem", folder / "key.pem"


def test_starttls_is_used_where_offered_and_the_certificate_checked(
    server: Server, email: Email, certificate: tuple[Path, Path]
):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    controller = Controller(
        server, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True
    )
    controller.start()
    url = settings(f"smtp://127.0.0.1:{controller.port}")

    with pytest.raises(Unavailable):  # signed by nobody we know
        Smtp(url).send(email)
    Smtp(url, ssl.create_default_context(cafile=certificate[0])).send(email)
    controller.stop()

    assert [s.ssl is not None for s in server.sessions] == [True]
