"""docker-compose.yml names only commands that exist, and contains no secret."""

import importlib.util
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from searchsite.celery import app

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SITE = ("web", "derive", "embed", "beat", "init")


def arguments(service: str) -> list[str]:
    command = re.sub(r"\$\{\w+:-(.*?)\}", r"\1", SERVICES[service]["command"])
    return shlex.split(command)


def test_the_services_are_these() -> None:
    assert set(SERVICES) == {*SITE, "postgres", "redis", "cache"}


def test_the_web_servers_modules_exist() -> None:
    gunicorn, flag, config, application = arguments("web")
    assert (gunicorn, flag) == ("gunicorn", "-c")
    assert importlib.util.find_spec(config.removeprefix("python:")) is not None
    assert importlib.util.find_spec(application) is not None


@pytest.mark.parametrize("queue", ["derive", "embed"])
def test_each_queue_has_a_worker(queue: str) -> None:
    command = arguments(queue)
    assert command[:4] == ["celery", "-A", "searchsite", "worker"]
    assert command[command.index("-Q") + 1] == queue
    assert queue in {known.name for known in app.conf.task_queues}


@pytest.mark.parametrize("service", ["derive", "embed", "beat"])
def test_each_process_is_healthy_by_itself(service: str) -> None:
    """A worker of another container, or the web, does not make it unhealthy."""
    check = SERVICES[service]["healthcheck"]["test"]
    assert check == ["CMD", "python", "-m", "searchsite.probe", "heartbeat"]
    assert SERVICES[service]["environment"]["SEARCHSITE_HEARTBEAT_FILE"] == "/tmp/heartbeat"


@pytest.mark.parametrize("role", ["worker", "beat"])
def test_celery_has_the_options(role: str) -> None:
    service = "derive" if role == "worker" else "beat"
    options = [part.partition("=")[0] for part in arguments(service)[4:] if part.startswith("-")]
    help_text = subprocess.run(
        [sys.executable, "-m", "celery", "-A", "searchsite", role, "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
    assert [option for option in options if option not in help_text] == []


def test_the_init_service_runs_existing_commands() -> None:
    script = arguments("init")[2]
    commands = [shlex.split(part)[2] for part in script.split("&&")]
    assert commands == ["migrate", "encoder"]
    assert set(commands) <= set(get_commands())


def test_only_the_web_server_publishes_a_port() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["${SEARCHSITE_PUBLISH:-127.0.0.1:8000}:8000"]}


@pytest.mark.parametrize(
    "secret", ["SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "ALLOWED_HOSTS"]
)
def test_a_secret_has_no_default(secret: str) -> None:
    uses = re.findall(r"\$\{" + secret + r"(\W)", TEXT)
    assert uses
    assert set(uses) == {":"}
    assert not re.search(r"\$\{" + secret + r":-", TEXT)


def test_programs_wait_for_services_and_migrations() -> None:
    for name in ("web", "derive", "embed", "beat"):
        needed = SERVICES[name]["depends_on"]
        conditions = {service: needed[service]["condition"] for service in needed}
        assert conditions == {
            "postgres": "service_healthy",
            "redis": "service_healthy",
            "cache": "service_healthy",
            "init": "service_completed_successfully",
        }


def test_the_site_can_write_only_its_volumes() -> None:
    for name in SITE:
        service = SERVICES[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        mounts = {mount.split(":")[1] for mount in service["volumes"]}
        assert mounts == {"/data/media", "/data/models"}


def test_the_database_has_the_fixed_vector_index() -> None:
    """pgvector 0.8.7 mends faults of ivfflat, which reliability depends on."""
    version = re.match(r"pgvector/pgvector:(\d+)\.(\d+)\.(\d+)-", SERVICES["postgres"]["image"])
    assert version is not None
    assert tuple(map(int, version.groups())) >= (0, 8, 7)


def number(pattern: str, text: str) -> int:
    match = re.search(pattern, text)
    assert match is not None
    return int(match[1])


def test_large_bodies_fit_into_the_temporary_folder() -> None:
    web = SERVICES["web"]
    megabytes = number(r"/tmp:size=(\d+)g", web["tmpfs"][0]) * 1024
    bodies = number(r":-(\d+)m", web["environment"]["SEARCHSITE_BODY_SPACE"])
    assert bodies * number(r":-(\d+)", web["environment"]["WEB_CONCURRENCY"]) < megabytes


def test_redis_is_durable_and_needs_a_password() -> None:
    command = SERVICES["redis"]["command"][2]
    for setting in ("--appendonly yes", "--maxmemory-policy noeviction", "requirepass"):
        assert setting in command


def test_the_cache_is_apart_from_the_queue() -> None:
    cache, environment = SERVICES["cache"], SERVICES["web"]["environment"]
    for setting in ("--appendonly no", "--maxmemory-policy allkeys-lru", "requirepass"):
        assert setting in cache["command"][2]
    assert cache["volumes"] == []
    assert "@redis:" in environment["REDIS_URL"]
    assert "@cache:" in environment["REDIS_CACHE_URL"]


def test_postgres_has_the_embedded_version() -> None:
    assert SERVICES["postgres"]["image"].endswith("-pg18")
    assert "postgres:/var/lib/postgresql" in SERVICES["postgres"]["volumes"]


def test_the_image_has_the_pinned_torch() -> None:
    pinned = re.search(r"^torch==(\S+)$", (ROOT / "requirements.txt").read_text(), re.M)
    built = re.search(r"^ARG TORCH=(\S+)$", (ROOT / "Dockerfile").read_text(), re.M)
    assert pinned is not None
    assert built is not None
    assert pinned[1] == built[1]


def test_the_image_copies_the_build_context() -> None:
    lines = (ROOT / ".dockerignore").read_text().split()
    included = {line[1:] for line in lines if line[0] == "!"}
    copied = set(re.findall(r"^COPY (\S+) ", (ROOT / "Dockerfile").read_text(), re.M))
    assert copied - {"--from=packages"} == included


def test_the_image_leaves_out_the_embedded_runtime() -> None:
    lines = (ROOT / ".dockerignore").read_text().split()
    assert lines.index("searchsite/local") > lines.index("!searchsite")


def test_the_image_runs_in_production_without_compose() -> None:
    """Other settings import the embedded runtime, which the image leaves out."""
    environment = re.search(r"^ENV PATH=(?:.*\\\n)+.*$", (ROOT / "Dockerfile").read_text(), re.M)
    assert environment
    assert "SEARCHSITE_PRODUCTION=1" in environment[0].split()
