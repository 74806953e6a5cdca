"""Addresses from the environment: what is accepted, and how Celery and SQLAlchemy want them written."""

from urllib.parse import parse_qs, quote, urlencode, urlsplit

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1", "0.0.0.0"})  # noqa: S104 - compared, never bound


def database_url(value: str) -> str:
    """`postgres://`, `postgresql://` or `postgresql+psycopg://` -> the last; ValueError for anything else."""
    scheme, separator, rest = value.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError("give a PostgreSQL address, for example postgresql://name@host/database")
    return f"postgresql+psycopg://{rest}"


def redis_url(value: str) -> str:
    """A `redis://`, `rediss://` or `unix://` address, unchanged; ValueError for anything else."""
    parts = urlsplit(value)
    has_place = bool(parts.path) if parts.scheme == "unix" else bool(parts.hostname)
    if parts.scheme not in {"redis", "rediss", "unix"} or not has_place:
        raise ValueError("give a Redis address, for example redis://host:6379/0 or unix:///path/redis.sock")
    return value


def celery_broker_url(url: str) -> str:
    """The same Redis in Celery's words: `unix:///p?db=1` -> `redis+socket:///p?virtual_host=1`."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    query["virtual_host"] = query.pop("db", "0")
    return f"redis+socket://{parts.netloc}{quote(parts.path)}?{urlencode(query)}"


def web_url(value: str) -> str:
    """An http or https address without query, its last slash removed; empty stays empty."""
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
        raise ValueError("give an address such as https://line.example.org")
    return value.rstrip("/")


def smtp_url(value: str) -> str:
    """`smtp://` or `smtps://` with a host; empty stays empty."""
    parts = urlsplit(value)
    if value and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
        raise ValueError("give a mail server such as smtp://name:password@mail.example.org:587")
    return value


def hook_url(value: str) -> str:
    """An http or https address, with a query if it needs one; empty stays empty."""
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("give an address such as https://alarms.example.org/hook")
    return value
