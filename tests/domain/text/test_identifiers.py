"""What is recognised as a transaction ID or an address, and what is not."""

import pytest

from ticket_portal.domain.text import identifiers
from ticket_portal.domain.text.markup import as_html

FOUND = {
    "an Ethereum transaction": "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060",
    "an Ethereum address": "0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe",
    "a Bitcoin or Tron transaction": "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16",
    "a Bitcoin address": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "a Bitcoin script's address": "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "a Bitcoin address of today": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "the same in capitals": "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ",
    "a taproot address": "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    "a Tron address": "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
    "a Solana address": "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU",
    "a Solana transaction": "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW",
}
NOT_FOUND = {
    "a wrong letter in a Bitcoin address": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
    "a wrong letter in a taproot address": "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj1",
    "mixed case where there is one": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdQ",
    "a wrong letter in a Tron address": "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u",
    "a commit": "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
    "too short": "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b2206",
    "a UUID": "0190c0de-0000-7000-8000-000000000001",
    "a long word": "Donaudampfschifffahrtsgesellschaft",
    "very long capitals": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "many digits": "1234567890" * 7,
    "64 zeros": "0" * 64,
    "a card's number": "4111111111111111",
    "a bank account": "DE89370400440532013000",
    "a name with underscores": "my_wallet_1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "letters around it": "х1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNaх",
    "a long run": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa" * 9,
}


@pytest.mark.parametrize("word", FOUND.values(), ids=FOUND)
def test_it_is_recognised(word):
    text = f"It is {word}, look: ({word})."

    assert [text[start:end] for start, end in identifiers.find(text)] == [word, word]


@pytest.mark.parametrize("word", NOT_FOUND.values(), ids=NOT_FOUND)
def test_it_is_left_alone(word):
    assert list(identifiers.find(f"It is {word} here")) == []


def test_a_message_shows_them_as_something_to_copy():
    txid = FOUND["an Ethereum transaction"]

    shown = as_html(f"<b> {txid} https://etherscan.io/tx/{txid} end")

    chip = f'<button type="button" class="chip" aria-describedby="copy-hint">{txid}</button>'
    assert shown.startswith(f"&lt;b&gt; {chip} <a href=")
    assert shown.count("<button") == 1  # a link stays a link
    assert shown.endswith("</a> end")
