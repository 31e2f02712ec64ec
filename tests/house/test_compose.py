"""The compose file, as far as it can be held true without a container engine."""

import re
from typing import Any

import pytest
import yaml

from trimestrale import probe, processes
from trimestrale.env import BASE_DIR

COMPOSE: dict[str, Any] = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())
BUILD, IMAGE = (BASE_DIR / "Dockerfile").read_text().split("\nFROM ")[-2:]
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_the_services_are_the_five_of_the_architecture() -> None:
    assert set(SERVICES) == {"web", "worker", "sweeper", "db", "redis"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_tells_its_health(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", processes.ALL)
def test_a_process_of_ours_is_started_and_probed_by_commands_that_exist(name: str) -> None:
    service = SERVICES[name]
    assert service["command"] == ["python", "-m", "trimestrale.processes", name]
    assert service["healthcheck"]["test"] == ["CMD", "python", "-m", "trimestrale.probe", name]
    assert name in probe.PROBES


def test_every_volume_used_is_named() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_no_secret_stands_in_the_compose_file() -> None:
    values = [str(value) for service in SERVICES.values() for value in (service.get("environment") or {}).values()]
    assert [
        value for value in values if re.search(r"secret|key|password", value, re.IGNORECASE) and "${" not in value
    ] == []


def test_the_example_names_every_variable_the_product_reads() -> None:
    read: set[str] = set()
    for file in [*(BASE_DIR / "trimestrale").glob("*.py"), BASE_DIR / "tests" / "conftest.py"]:
        read |= set(re.findall(r"env\.(?:text|flag|number|items|path)\(\s*\"(\w+)\"", file.read_text()))
        read |= set(re.findall(r"secrets\.read\(\"(\w+)\"", file.read_text()))
    example = (BASE_DIR / ".env.example").read_text()
    assert {name for name in read if not re.search(rf"\b{name}\b", example)} == set()


def test_the_example_holds_no_usable_secret() -> None:
    lines = dict(re.findall(r"^(\w+)=(.*)$", (BASE_DIR / ".env.example").read_text(), re.MULTILINE))
    assert (lines["SECRET_KEY"], lines["PSEUDONYM_KEY"], lines["POSTGRES_PASSWORD"]) == ("", "", "")


def environment(stage: str) -> dict[str, str]:
    """What a stage of the Dockerfile sets for all its commands, before the first that may read it."""
    lines = re.findall(r"^ENV ((?:.*\\\n)*.*)", stage, re.MULTILINE)
    return dict(pair.split("=", 1) for line in lines for pair in line.replace("\\\n", " ").split())


def test_the_secrets_made_while_the_image_is_built_do_not_stay_in_it() -> None:
    place = environment(BUILD)["EMBEDDED_DIR"]
    assert BUILD.index("EMBEDDED_DIR") < BUILD.index("manage.py")
    assert place in BUILD[BUILD.rindex("rm -rf") :].split()
    assert not place.startswith("/srv")


def test_the_image_is_never_in_development() -> None:
    assert environment(IMAGE)["DEVELOPMENT"] == "0"


def test_the_image_keeps_files_only_where_the_volume_is() -> None:
    kept = {name: value for name, value in environment(IMAGE).items() if name.endswith(("_DIR", "_HEARTBEAT"))}
    assert set(kept) == {"UPLOADS_DIR", "LAKE_DIR", "PAPERS_DIR", "AUDIT_DIR", "SWEEPER_HEARTBEAT"}
    assert all(value.startswith("/data/") for value in kept.values())
    assert all("data:/data" in SERVICES[name]["volumes"] for name in processes.ALL)


def test_the_database_is_healthy_only_when_it_listens_where_the_product_connects() -> None:
    assert "-h 127.0.0.1" in SERVICES["db"]["healthcheck"]["test"][1]
