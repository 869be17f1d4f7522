import json

import pytest
from deploy_parts import (
    INTERNAL,
    PARTS,
    PYTHON_PARTS,
    ROOT,
    SERVICES,
    names_in_env_example,
    objects,
    settings_of,
    template,
    values,
)

# The arrows of docs/architecture.md; tokens are verified with the keys of auth, so all call it.
ARROWS = {
    ("frontend", "gateway"),
    *(("gateway", service) for service in SERVICES),
    *((service, "auth") for service in ("ledger", "ingest", "ai")),
    ("ingest", "ledger"),
    ("ai", "ledger"),
}


def pods() -> dict[str, dict]:
    return {name: d["spec"]["template"]["spec"] for name, d in objects("Deployment").items()}


def containers() -> list[dict]:
    return [
        c for pod in pods().values() for c in [*pod.get("initContainers", []), *pod["containers"]]
    ]


def test_every_role_of_every_part_is_a_deployment_of_its_own() -> None:
    roles = {(part, role) for part in PARTS for role in values(part)["roles"]}
    found = {
        (
            d["metadata"]["labels"]["app.kubernetes.io/name"],
            d["metadata"]["labels"]["app.kubernetes.io/component"],
        )
        for d in objects("Deployment").values()
    }
    assert found == roles
    assert {
        (s, r) for s in ("ledger", "ingest", "ai") for r in ("serve", "consume", "relay")
    } <= found


def test_each_part_scales_from_three_to_ten_at_70_percent_cpu_and_80_percent_memory() -> None:
    scalers = objects("HorizontalPodAutoscaler")
    assert set(scalers) == set(PARTS)
    for name, scaler in scalers.items():
        spec = scaler["spec"]
        assert (spec["minReplicas"], spec["maxReplicas"]) == (3, 10)
        assert {
            m["resource"]["name"]: m["resource"]["target"]["averageUtilization"]
            for m in spec["metrics"]
        } == {
            "cpu": 70,
            "memory": 80,
        }
        assert "replicas" not in objects("Deployment")[name]["spec"], (
            "an upgrade would undo the HPA"
        )
        assert objects("PodDisruptionBudget")[name]["spec"]["minAvailable"] == 2


def test_every_deployment_has_a_disruption_budget_that_leaves_room_to_drain_a_node() -> None:
    budgets = objects("PodDisruptionBudget")
    for name, deployment in objects("Deployment").items():
        replicas = deployment["spec"].get("replicas", 3)
        assert 1 <= budgets[name]["spec"]["minAvailable"] < replicas
        assert budgets[name]["spec"]["selector"] == deployment["spec"]["selector"]


def test_every_pod_meets_the_restricted_pod_security_standard() -> None:
    for name, pod in pods().items():
        context = pod["securityContext"]
        assert context["runAsNonRoot"] is True, name
        assert context["runAsUser"] > 0
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert all(set(volume) <= {"name", "emptyDir"} for volume in pod["volumes"])
    for container in containers():
        context = container["securityContext"]
        assert context == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"name": "tmp", "mountPath": "/tmp"} in container["volumeMounts"]


def test_a_pods_user_is_its_images() -> None:
    for name, pod in pods().items():
        part = name.split("-")[0]
        folder = f"services/{part}" if part in SERVICES else part
        user = pod["securityContext"]["runAsUser"]
        assert f"\nUSER {user}:{user}\n" in (ROOT / folder / "Dockerfile").read_text()


def test_no_pod_holds_a_token_of_the_cluster_or_hears_of_services_by_environment() -> None:
    for pod in pods().values():
        assert pod["automountServiceAccountToken"] is False
        assert pod["enableServiceLinks"] is False
        assert pod["serviceAccountName"] in PARTS
    for account in objects("ServiceAccount").values():
        assert account["automountServiceAccountToken"] is False


def test_every_container_is_probed_and_bounded() -> None:
    for pod in pods().values():
        (container,) = pod["containers"]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert container[probe]["httpGet"]["path"].startswith("/health")
        # Liveness asks for the process alone: a store that is away is no reason to restart.
        assert container["livenessProbe"]["httpGet"]["path"] == "/health"
    for container in containers():
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert "memory" in container["resources"]["limits"]


def test_what_is_in_hand_has_time_to_finish_before_the_pod_is_killed() -> None:
    for pod in pods().values():
        (container,) = pod["containers"]
        lifecycle = container.get("lifecycle", {})
        before = lifecycle.get("preStop", {}).get("sleep", {}).get("seconds", 0)
        drain = next(
            (e["value"] for e in container["env"] if e["name"] == "SHUTDOWN_GRACE_SECONDS"), 30
        )
        assert before + int(drain) < pod["terminationGracePeriodSeconds"]


def test_every_role_of_a_service_migrates_before_it_starts() -> None:
    for name, pod in pods().items():
        migrations = [c for c in pod.get("initContainers", []) if c["args"] == ["migrate"]]
        assert len(migrations) == (1 if name.split("-")[0] in SERVICES else 0)


def test_replicas_spread_over_zones_and_nodes() -> None:
    for pod in pods().values():
        keys = {c["topologyKey"] for c in pod["topologySpreadConstraints"]}
        assert keys == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}


def test_the_network_lets_through_the_arrows_of_the_architecture_and_no_others() -> None:
    called, callers = set(), set()
    for name, policy in objects("NetworkPolicy").items():
        for rule in policy["spec"].get("egress", []):
            called |= {(name, peer) for peer in peers(rule.get("to", []))}
        for rule in policy["spec"].get("ingress", []):
            callers |= {(peer, name) for peer in peers(rule.get("from", []))}
    assert called == ARROWS
    assert callers == ARROWS


def peers(rule: list[dict]) -> set[str]:
    labels = [
        peer["podSelector"]["matchLabels"] for peer in rule if "namespaceSelector" not in peer
    ]
    return {found["app.kubernetes.io/name"] for found in labels}


def test_what_no_policy_names_is_denied() -> None:
    policies = objects("NetworkPolicy")
    assert policies["default-deny"]["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
    }
    for policy in policies.values():
        assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]


def test_a_call_goes_to_the_port_that_its_service_listens_on() -> None:
    for part in PARTS:
        for other, port in values(part)["network"]["calls"].items():
            ports = values(other)["ports"]
            assert port == ports.get("grpc", ports["http"])
    addresses = values("pfa")["global"]["config"]
    for service in SERVICES:
        assert (
            addresses[f"{service.upper()}_ADDR"] == f"{service}:{values(service)['ports']['grpc']}"
        )


def test_grpc_services_are_headless_so_that_clients_see_every_pod() -> None:
    for name, service in objects("Service").items():
        assert (service["spec"].get("clusterIP") == "None") == (name in SERVICES)
        assert service["spec"]["selector"]["app.kubernetes.io/component"] == "serve"


@pytest.mark.parametrize("part", PYTHON_PARTS)
def test_a_chart_names_every_variable_that_its_services_settings_read(part: str) -> None:
    own = values(part)
    named = {*own["config"], *own["secrets"], *values("pfa")["global"]["config"]}
    # The version is the image's; the gateway owns no data.
    mongodb = {"MONGODB_URI", "MONGODB_USERNAME", "MONGODB_PASSWORD"}
    elsewhere = {"APP_VERSION"} if part in SERVICES else {"APP_VERSION", *mongodb}
    assert set(settings_of(part)) - INTERNAL - elsewhere <= named


@pytest.mark.parametrize("part", PYTHON_PARTS)
def test_a_charts_ports_are_those_of_the_settings(part: str) -> None:
    settings, ports = settings_of(part), values(part)["ports"]
    expected = (
        {"grpc": settings["GRPC_PORT"], "http": settings["OPS_PORT"]}
        if part in SERVICES
        else {"http": settings["PORT"]}
    )
    assert ports == expected


def test_every_variable_of_the_example_reaches_a_chart() -> None:
    named = set(values("pfa")["global"]["config"])
    for part in PARTS:
        named |= {*values(part)["config"], *values(part)["secrets"]}
    # The version is the image's; a frontend's port is that of its Service.
    assert names_in_env_example() - named == {"APP_VERSION", "FRONTEND_PORT"}


def test_a_secret_comes_from_the_secret_and_stands_in_no_config_map() -> None:
    secret = {name for part in PARTS for name in values(part)["secrets"]}
    assert {"MONGODB_URI", "JWT_SECRET", "REDIS_PASSWORD", "GEMINI_API_KEY"} <= secret
    for found in objects("ConfigMap").values():
        assert not secret & set(found["data"] or {})
    for container in containers():
        for variable in container["env"]:
            assert (variable["name"] in secret) == ("secretKeyRef" in variable.get("valueFrom", {}))


def test_the_schema_of_the_values_is_the_same_for_every_part() -> None:
    schemas = {(ROOT / f"helm/{part}/values.schema.json").read_text() for part in PARTS}
    assert len(schemas) == 1
    assert json.loads(schemas.pop())["additionalProperties"] is False


@pytest.mark.parametrize(
    "mistake",
    [
        "ledger.roles.serve.autoscaling.cpu=170",
        "ledger.rolls.serve.replicas=3",
        "ledger.config.log_level=debug",
        "ingest.ports.http=80",
        "global.secretName=",
        "global.config.REDIS_PORT=6379",
    ],
)
def test_a_mistake_in_the_values_is_refused(mistake: str) -> None:
    objects("Deployment")
    assert "don't meet the specifications of the schema" in template("--set", mistake).stderr


def test_an_ingress_leads_to_the_frontend() -> None:
    (ingress,) = objects(
        "Ingress", "--set=ingress.enabled=true,ingress.host=money.example"
    ).values()
    (rule,) = ingress["spec"]["rules"]
    assert rule["host"] == "money.example"
    assert rule["http"]["paths"][0]["backend"]["service"] == {
        "name": "frontend",
        "port": {"name": "http"},
    }
