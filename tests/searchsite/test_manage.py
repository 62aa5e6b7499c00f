import os
import subprocess
import sys

from django.conf import settings

UNREACHABLE = "postgres://nobody@127.0.0.1:1/none"


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )


def test_a_missing_database_gives_no_traceback() -> None:
    result = manage("encoder", "show", DATABASE_URL=UNREACHABLE)
    assert result.returncode == 1
    assert "The database cannot be reached (does bin/run run?)" in result.stderr
    assert "Traceback" not in result.stderr


def test_usage_names_the_command_that_people_type() -> None:
    typed = "docker compose run --rm web python manage.py"
    for program in ("bin/manage", typed):
        usage = manage("encoder", "choose", "--nosuch", SEARCHSITE_MANAGE=program).stderr
        assert f"{program} encoder" in " ".join(usage.split())
        unknown = manage("nosuch", SEARCHSITE_MANAGE=program)
        assert f"Type '{program} help'" in unknown.stderr


def test_a_wrong_setting_gives_one_sentence() -> None:
    for command in (["runlocal"], ["vectorindex", "status"]):
        result = manage(*command, GALLERY_INDEX_KIND="ivf")
        assert result.returncode == 1
        assert result.stderr.startswith("GALLERY_INDEX_KIND must be one of")
        assert result.stderr.count("\n") == 1
