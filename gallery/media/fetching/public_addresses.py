"""Which IP addresses belong to the public internet."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address

# IANA's special-purpose registries, where ``is_global`` of Python 3.11 differs from them, and the
# address of Azure's service for the machines of a network.
_SPECIAL_IPV4 = [
    ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4", "168.63.129.16/32")
]
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Within 2000::/3: protocol assignments with Teredo, documentation, 6to4.
_SPECIAL_IPV6 = [
    IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "3fff::/20", "2002::/16")
]
# A gateway translates these to IPv4 (RFC 6052); some networks have nothing else.
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether a packet for the address leaves the local network. It may embed one of IPv4."""
    address = receiver_of(address)
    if isinstance(address, IPv6Address):
        return _is_public_ipv6(address)
    special = any(address in network for network in _SPECIAL_IPV4)
    return address.is_global and not address.is_multicast and not special


def receiver_of(address: Address) -> Address:
    """The address of IPv4 that gets the packets, if this one only wraps it."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address


def _is_public_ipv6(address: IPv6Address) -> bool:
    special = any(address in network for network in _SPECIAL_IPV6)
    return address in _GLOBAL_UNICAST and not special and address.scope_id is None
