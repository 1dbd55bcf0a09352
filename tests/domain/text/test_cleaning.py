"""What people typed, as it can be kept."""

from ticket_portal.domain.text.cleaning import one_line


def test_a_line_is_one_line():
    assert one_line(" a\r\n\tb\0 \ud800") == "a b ?"
    assert one_line(None) == ""
