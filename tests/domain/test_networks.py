"""One visitor is one subject of a limit, in whichever way their address is written."""

import pytest

from ticket_portal.domain.networks import network


@pytest.mark.parametrize(
    "spelled",
    ["192.0.2.7", "192.0.2.7:41022", "::ffff:192.0.2.7", "[::ffff:192.0.2.7]:443", "::ffff:c000:207"],
)
def test_an_ipv4_address_is_one_visitor_however_it_is_written(spelled: str) -> None:
    assert network(spelled) == "192.0.2.7"


@pytest.mark.parametrize(
    "spelled", ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "[2001:db8:1:2::1]:443", "2001:DB8:1:2::1%eth0"]
)
def test_a_whole_ipv6_network_is_one_visitor(spelled: str) -> None:
    assert network(spelled) == "2001:db8:1:2::/64"


def test_neighbouring_networks_are_different_visitors() -> None:
    assert network("2001:db8:1:3::1") != network("2001:db8:1:2::1")


@pytest.mark.parametrize("said", ["", "testclient", "no address:1:2"])
def test_what_is_no_address_stays_as_it_is(said: str) -> None:
    assert network(said) == said
