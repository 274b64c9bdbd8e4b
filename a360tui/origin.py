"""A Control Room's origin (scheme, host, port), written in one way wherever it is shown, compared or stored."""

DEFAULT_PORTS = {"https": 443, "http": 80}


def origin(scheme: str, host: str, port: int) -> str:
    """``https://host``, or ``https://host:port`` where the port is not the scheme's default."""
    return f"{scheme}://{authority(scheme, host, port)}"


def authority(scheme: str, host: str, port: int) -> str:
    """``host`` or ``host:port``; an IPv6 address stands in brackets."""
    host = f"[{host}]" if ":" in host else host
    return host if port == DEFAULT_PORTS[scheme] else f"{host}:{port}"
