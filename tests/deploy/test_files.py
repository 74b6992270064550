"""The files for Kubernetes and Compose, read as data: their parts find each other."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from pages.ui.room import store
from tests import redis_server

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
LAB, ROOMS = "self-attention-lab", "self-attention-lab-rooms"
OBJECTS = {
    (each["kind"], each["metadata"]["name"]): each["spec"]
    for each in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())
}
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
#: As `openssl rand -hex 32` draws it.
PASSWORD = "5e" * 32


def pod(name):
    """Labels of a deployment's pods, and the one container in each."""
    template = OBJECTS["Deployment", name]["template"]
    (container,) = template["spec"]["containers"]
    return template["metadata"]["labels"], container


def volumes(name):
    return OBJECTS["Deployment", name]["template"]["spec"]["volumes"]


def expand(text):
    return text.replace("$(ROOMS_PASSWORD)", PASSWORD)


def address():
    """What a replica of the cluster is told of its store."""
    env = {each["name"]: each for each in pod(LAB)[1]["env"]}
    assert list(env).index("ROOMS_PASSWORD") < list(env).index("ROOM_STORE")  # else it stays $(…)
    return expand(env["ROOM_STORE"]["value"])


@pytest.mark.parametrize("name", [LAB, ROOMS])
def test_a_service_leads_to_the_pods_of_its_deployment(name):
    labels, container = pod(name)
    (port,) = OBJECTS["Service", name]["ports"]
    assert OBJECTS["Service", name]["selector"] == labels
    assert OBJECTS["Deployment", name]["selector"]["matchLabels"] == labels
    assert port["targetPort"] in [each["name"] for each in container["ports"]]


def test_replicas_find_their_rooms():
    where = urlsplit(address())
    (port,) = OBJECTS["Service", ROOMS]["ports"]
    assert (where.hostname, where.port) == (ROOMS, port["port"])
    (container_port,) = pod(ROOMS)[1]["ports"]
    assert container_port == {"name": port["targetPort"], "containerPort": 6379}  # Redis's own


def test_replicas_alone_reach_the_rooms():
    policy = OBJECTS["NetworkPolicy", ROOMS]
    (rule,) = policy["ingress"]
    assert policy["podSelector"]["matchLabels"] == pod(ROOMS)[0]
    assert rule["from"] == [{"podSelector": {"matchLabels": pod(LAB)[0]}}]
    assert rule["ports"] == [{"port": pod(ROOMS)[1]["ports"][0]["name"]}]
    assert sorted(policy["policyTypes"]) == ["Egress", "Ingress"] and "egress" not in policy
    assert OBJECTS["Service", ROOMS].get("type", "ClusterIP") == "ClusterIP"


@pytest.mark.parametrize("file", ["kubernetes.yaml", "README.md"])
def test_each_secret_is_made_by_the_command_that_is_told(file):
    told = (DEPLOY / file).read_text()
    assert f"kubectl create secret generic {LAB} " in told
    made = {(LAB, key) for key in re.findall(r"--from-literal=([\w-]+)=", told)}
    env = [each for name in (LAB, ROOMS) for each in pod(name)[1]["env"]]
    wanted = [each["valueFrom"]["secretKeyRef"] for each in env if "valueFrom" in each]
    assert {(each["name"], each["key"]) for each in wanted} == made


def test_a_redis_with_the_arguments_of_the_cluster_takes_the_replicas_password(
    needs_redis, tmp_path
):
    arguments = [expand(each) for each in pod(ROOMS)[1]["args"]]
    arguments[arguments.index("--dir") + 1] = str(tmp_path)
    with redis_server.running(tmp_path, *arguments) as server:
        here = address().replace(f"{ROOMS}:6379", f"127.0.0.1:{server.port}")
        rooms = store._at(here)
        assert rooms.open("KXQRT", {"stage": "1"}, 9e9, 7)
        server.kill()
        server.start()
        assert rooms.read("KXQRT").slots == {"stage": "1"}
        assert server.tell("PING").startswith("-NOAUTH")


def test_nothing_of_a_room_comes_onto_a_disk_or_is_thrown_out():
    arguments = pod(ROOMS)[1]["args"]
    told = {name: arguments[i + 1] for i, name in enumerate(arguments) if name.startswith("--")}
    assert (told["--save"], told["--maxmemory-policy"]) == ("", "noeviction")
    (mount,), (volume,) = pod(ROOMS)[1]["volumeMounts"], volumes(ROOMS)
    assert (mount["name"], mount["mountPath"]) == (volume["name"], told["--dir"])
    assert volume["emptyDir"]["medium"] == "Memory"
    assert pod(ROOMS)[1]["securityContext"]["readOnlyRootFilesystem"]


def test_composed_replicas_share_a_file_in_a_volume_that_is_theirs():
    app = COMPOSE["services"]["app"]
    scheme, path = app["environment"]["ROOM_STORE"].split("///", 1)
    ((volume, folder),) = (each.split(":") for each in app["volumes"])
    assert (scheme, str(Path(path).parent)) == ("sqlite:", folder)
    assert volume in COMPOSE["volumes"]
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    assert f"RUN install -d -o lab -g lab -m 700 {folder}\n" in dockerfile
