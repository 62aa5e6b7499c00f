"""The addresses of the queue and, without ``REDIS_CACHE_URL``, of the cache from ``REDIS_URL``."""

from urllib.parse import parse_qs, urlencode, urlsplit


def broker_url(redis_url: str) -> str:
    """The same Redis database, in the form that Celery understands."""
    url = urlsplit(redis_url)
    if url.scheme != "unix":
        return redis_url
    query = urlencode({"virtual_host": _database_number(redis_url)})
    return f"redis+socket://{url.netloc}{url.path}?{query}"


def next_database(redis_url: str) -> str:
    """For the cache, in the Redis of the queue: clearing the cache keeps the queue."""
    url = urlsplit(redis_url)
    query = {name: values[-1] for name, values in parse_qs(url.query).items()}
    query["db"] = str(_database_number(redis_url) + 1)
    path = url.path if url.scheme == "unix" else ""
    return f"{url.scheme}://{url.netloc}{path}?{urlencode(query)}"


def _database_number(redis_url: str) -> int:
    url = urlsplit(redis_url)
    in_query = parse_qs(url.query).get("db")
    if in_query:
        return int(in_query[-1])
    in_path = url.path.strip("/")
    return int(in_path) if url.scheme != "unix" and in_path.isdigit() else 0
