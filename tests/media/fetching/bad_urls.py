"""URLs whose host is an address of a local network, in all the ways that programs read them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

_IPV4 = [
    "0.0.0.0", "10.1.2.3", "100.64.1.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
]  # fmt: skip
_IPV6 = [
    "::", "::1", "fe80::1", "fe80::1%25lo", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1",
    "100::1", "2001:db8::1", "2001::1", "3fff::1", "5f00::1", "64:ff9b:1::7f00:1",
]  # fmt: skip
_NAMES = ["localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "ip6-localhost"]
_PATHS = ["/", "/latest/meta-data/?a=b#c"]


def _written(text: str) -> list[str]:
    """Decimal, octal, hexadecimal, short, mixed, with digits of other scripts."""
    number = int(IPv4Address(text))
    a, b, c, d = IPv4Address(text).packed
    return [
        text, f"{text}.", str(number), hex(number), f"0{number:o}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}", f"0{a:o}.0{b:o}.0{c:o}.0{d:o}", f"{a}.{b}.{(c << 8) + d}",
        f"{a}.{(b << 16) + (c << 8) + d}", f"{a:#x}.{b}.0{c:o}.{d}",
        text.translate({48 + digit: 0xFF10 + digit for digit in range(10)}),
        text.replace(".", "。"), text.replace(".", "%2e"),
    ]  # fmt: skip


def _embedded(text: str) -> list[str]:
    """In IPv6: mapped, compatible, NAT64, 6to4, Teredo, ISATAP."""
    number = int(IPv4Address(text))
    values = [
        (0xFFFF << 32) | number, number, (0x64FF9B << 96) | number,
        (0x2002 << 112) | (number << 80) | 1,
        (0x20010000 << 96) | (0x08080808 << 64) | (number ^ 0xFFFFFFFF),
        (0xFE80 << 112) | (0x5EFE << 32) | number,
    ]  # fmt: skip
    return [f"[{IPv6Address(value)}]" for value in values] + [f"[::ffff:{text}]"]


def hosts() -> list[str]:
    names = [*_NAMES, *(f"[{text}]" for text in _IPV6)]
    for text in _IPV4:
        names += [*_written(text), *_embedded(text)]
    return names


def urls() -> list[str]:
    plain = [f"{scheme}://{host}{path}" for host in hosts()
             for scheme, path in zip(("http", "https"), _PATHS, strict=True)]  # fmt: skip
    return [*plain, *_confused("127.0.0.1")]


def _confused(host: str) -> list[str]:
    """URLs of which one program takes the first host, and another one the second."""
    return [
        f"http://example.org@{host}/", f"http://{host}\\@example.org/", f"http://{host}#@a.org/",
        f"http://example.org\\@{host}/", f"http://{host}:80\\@example.org:80/",
        f"http://a.org:80@{host}:80/", f"http:\\\\{host}/", f"http:///{host}/", f"http:/{host}/",
        f"http:{host}", f"//{host}/", f"http://{host}\t.example.org/", f"http://{host}\n/",
        f"http://\t{host}/", f"ht\ntp://{host}/", f" http://{host}/ ", f"http://{host} @a.org/",
        f"http://{host}:0/", f"http://{host}:00080/", f"http://{host}:99999/", f"http://{host}:/",
        f"http://{host}:22/", f"http://{host}:6379/", f"http://a.org%00@{host}/",
        f"http://{host}%00.example.org/", f"http://[{host}]/", "http://[::1/", "http://[::1]]/",
        "http://", "http://?", "http://#", "http://.", "http://..", "http://a..b/", "http://*/",
        f"file://{host}/etc/passwd", "file:///etc/passwd", "FILE:/etc/passwd", "/etc/passwd",
        f"ftp://{host}/", f"gopher://{host}:70/_x", f"dict://{host}:11211/", "jar:http://a!/",
        f"ldap://{host}/", f"unix://{host}/var/run/docker.sock", "data:image/png;base64,iVBOR",
        "javascript:alert(1)", "http+unix://%2Fvar%2Frun%2Fdocker.sock/", "about:blank", "x", "",
        "http://my_host.xn--p1ai/a.png", "http://r3---sn.xn--a/", "http://xn--/", "http://a_b/",
    ]  # fmt: skip
