#!/usr/bin/env python3
"""Lets checkov judge every resource of the snapshots; run it by `make infra-opinion`.

Checkov understands neither our Bicep nor the JSON that Bicep compiles to, and says nothing when it
understands nothing. So it gets the evaluated resources as a plain template, and this fails

- for a finding that bicep/opinion.yaml does not accept, and for an entry there that accepts none;
- when checkov saw fewer resources than there are, or judged too little;
- when it lets pass what was broken for it: one property for each control below.
"""

import copy
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Iterable, NamedTuple

import yaml  # comes with checkov

CHECKOUT = Path(__file__).resolve().parent.parent
SNAPSHOTS = CHECKOUT / "bicep/env"
ACCEPTED = CHECKOUT / "bicep/opinion.yaml"
CHECKOV = Path(sys.executable).with_name("checkov")
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
CONTROL = "control"
# Far fewer than pass today (470 in dev): below it, checkov has lost whole kinds from view.
PASSED_MIN = 400
SSH = {
    "name": "ssh",
    "properties": {
        "access": "Allow",
        "direction": "Inbound",
        "protocol": "Tcp",
        "sourceAddressPrefix": "*",
        "destinationPortRange": "22",
    },
}


class Control(NamedTuple):
    """A property, a value that is wrong for it, and the rule that must find it."""

    kind: str
    path: str
    wrong: Any
    rule: str


# At least one for each kind that checkov has rules for, except the settings of apps: it has none
# that fits them.
CONTROLS = [
    Control(kind, path, wrong, rule)
    for kind, rows in {
        "Microsoft.Storage/storageAccounts": [
            ("supportsHttpsTrafficOnly", False, "CKV_AZURE_3"),
            ("networkAcls.defaultAction", "Allow", "CKV_AZURE_35"),
            ("minimumTlsVersion", "TLS1_0", "CKV_AZURE_44"),
        ],
        "Microsoft.Storage/storageAccounts/blobServices/containers": [
            ("publicAccess", "Blob", "CKV_AZURE_34"),
        ],
        "Microsoft.KeyVault/vaults": [
            ("networkAcls.defaultAction", "Allow", "CKV_AZURE_109"),
            ("enablePurgeProtection", False, "CKV_AZURE_110"),
        ],
        "Microsoft.KeyVault/vaults/keys": [("kty", "RSA", "CKV_AZURE_112")],
        "Microsoft.Web/sites": [
            ("httpsOnly", False, "CKV_AZURE_14"),
            ("siteConfig.minTlsVersion", "1.0", "CKV_AZURE_15"),
        ],
        "Microsoft.Web/serverfarms": [("zoneRedundant", False, "CKV_AZURE_225")],
        "Microsoft.DBforMySQL/flexibleServers": [
            ("network.publicNetworkAccess", "Enabled", "CKV_AZURE_53"),
        ],
        "Microsoft.DocumentDB/databaseAccounts": [
            ("virtualNetworkRules", [], "CKV_AZURE_99"),
            ("disableLocalAuth", False, "CKV_AZURE_140"),
        ],
        "Microsoft.EventHub/namespaces": [("minimumTlsVersion", "1.0", "CKV_AZURE_223")],
        "Microsoft.CognitiveServices/accounts": [("disableLocalAuth", False, "CKV_AZURE_236")],
        "Microsoft.Databricks/workspaces": [("publicNetworkAccess", "Enabled", "CKV_AZURE_158")],
        "Microsoft.Security/pricings": [("pricingTier", "Free", "CKV_AZURE_19")],
        "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies": [
            ("policySettings.enabledState", "Disabled", "CKV_AZURE_123"),
        ],
        "Microsoft.Network/networkSecurityGroups": [("securityRules", [SSH], "CKV_AZURE_10")],
        "Microsoft.Network/virtualNetworks": [
            ("dhcpOptions", {"dnsServers": ["8.8.8.8"]}, "CKV_AZURE_183"),
        ],
    }.items()
    for path, wrong, rule in rows
]


class Accepted(NamedTuple):
    """An entry of bicep/opinion.yaml: findings of a rule that are no fault here, and why."""

    rule: str
    kind: str
    reason: str
    where: dict[str, Any] = {}

    def covers(self, rule: str, resource: dict) -> bool:
        """Whether it accepts a rule's finding against a resource."""
        if (self.rule, self.kind) != (rule, resource["type"]):
            return False
        values = {path: value_at(resource, path) for path in self.where}
        return all(
            value is not None and fnmatchcase(text(value), text(self.where[path]))
            for path, value in values.items()
        )


def text(value: Any) -> str:
    """A value as a pattern sees it: true, not True."""
    return value if isinstance(value, str) else json.dumps(value)


def value_at(resource: Any, path: str) -> Any:
    """The value at a path such as `properties.kty`, or None."""
    for name in path.split("."):
        resource = resource.get(name) if isinstance(resource, dict) else None
    return resource


def key(resource: dict) -> str:
    """What checkov calls a resource; those in different resource groups may share it."""
    return f"{resource['type']}.{resource['name']}"


def read_snapshots() -> dict[str, list[dict]]:
    """The resources of each environment."""
    return {
        path.name.partition(".")[0]: json.loads(path.read_text())["predictedResources"]
        for path in sorted(SNAPSHOTS.glob("*.snapshot.json"))
    }


def control_name(control: Control) -> str:
    return f"{control.kind}.{control.rule}"


def broken(control: Control, resources: Iterable[dict]) -> dict:
    """A copy of the first resource of a control's kind, with the wrong value."""
    sound = next((resource for resource in resources if resource["type"] == control.kind), None)
    if sound is None:
        sys.exit(f"infra-opinion: no {control.kind} to break for {control.rule}")
    resource = copy.deepcopy(sound) | {"name": control.rule}
    *parents, last = ["properties", *control.path.split(".")]
    value_at(resource, ".".join(parents))[last] = control.wrong
    return resource


def run_checkov(templates: dict[str, list[dict]]) -> dict:
    """What checkov says to templates of these names and resources."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{name}.json") for name in templates]
        for file, resources in zip(files, templates.values()):
            template = {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": resources}
            file.write_text(json.dumps(template, indent=1))
        command = [CHECKOV, "--framework", "arm", "--output", "json", "--compact"]
        # Without downloads it touches no network. The bare environment keeps out a developer's
        # own settings of checkov, and the key with which it would upload what it finds.
        run = subprocess.run(
            [*command, "--skip-download", "--file", *files],
            cwd=folder,
            env={"HOME": folder, "PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
        )
    try:
        return json.loads(run.stdout)
    except json.JSONDecodeError:
        sys.exit(f"infra-opinion: checkov failed\n{run.stdout}{run.stderr}")


def by_template(said: dict, result: str) -> dict[str, list[dict]]:
    """The checks of one result, by the template's name."""
    checks = defaultdict(list)
    for check in said.get("results", {}).get(result, []):
        checks[Path(check["file_path"]).stem].append(check)
    return checks


def blindness(said: dict, templates: dict[str, list[dict]]) -> list[str]:
    """Why what checkov says is worth nothing."""
    summary = said.get("summary", said)  # without any resource, the summary is all it says
    seen = summary.get("resource_count", 0)
    there = sum(len({key(resource) for resource in some}) for some in templates.values())
    reasons = [] if seen == there else [f"checkov saw {seen} of {there} resources"]
    for count in ("parsing_errors", "skipped"):
        if summary.get(count):
            reasons.append(f"checkov tells of {summary[count]} {count.replace('_', ' ')}")
    passed, failed = (by_template(said, f"{result}_checks") for result in ("passed", "failed"))
    for name in templates:
        if name != CONTROL and len(passed[name]) < PASSED_MIN:
            reasons.append(f"{name}: only {len(passed[name])} checks passed")
    found = {(check["check_id"], check["resource"]) for check in failed[CONTROL]}
    for control in CONTROLS:
        if (control.rule, control_name(control)) not in found:
            reasons.append(f"{control.rule} does not see {control.kind}: {control.path} is wrong")
    return reasons


def read_accepted() -> list[Accepted]:
    """The entries of bicep/opinion.yaml, each with a reason and no unknown field."""
    return [Accepted(**entry) for entry in yaml.safe_load(ACCEPTED.read_text())]


def unaccepted(
    failed: list[dict], resources: list[dict], accepted: list[Accepted], used: Counter
) -> list[dict]:
    """The failed checks that no entry accepts; counts for each entry those that it does."""
    named: dict[str, list[dict]] = {}
    for resource in resources:
        named.setdefault(key(resource), []).append(resource)
    remaining = []
    for check in failed:
        entries = [
            number
            for number, entry in enumerate(accepted)
            if all(entry.covers(check["check_id"], one) for one in named[check["resource"]])
        ]
        used.update(entries)
        if not entries:
            remaining.append(check)
    return remaining


def told(name: str, remaining: list[dict]) -> list[str]:
    """What is wrong in one environment: a paragraph for each rule."""
    found = defaultdict(list)
    for check in remaining:
        found[f"{name}: {check['check_id']} {check['check_name']}"].append(check["resource"])
    return ["\n    ".join([rule, *resources]) for rule, resources in found.items()]


def summary_line(name: str, resources: list[dict], judged: dict[str, list[dict]]) -> str:
    """One environment in one line."""
    kinds = {resource["type"] for resource in resources}
    keys = {check["resource"] for checks in judged.values() for check in checks}
    ruled = {resource["type"] for resource in resources if key(resource) in keys}
    passed, failed, remaining = (
        len(judged[result]) for result in ("passed", "failed", "remaining")
    )
    return (
        f"{name}: {len(resources)} resources, rules for {len(ruled)} of {len(kinds)} kinds; "
        f"{passed} checks passed, {failed - remaining} findings accepted, {remaining} not"
    )


def main() -> None:
    snapshots = read_snapshots()
    everything = [resource for resources in snapshots.values() for resource in resources]
    controls = [broken(control, everything) for control in CONTROLS]
    templates = snapshots | {CONTROL: controls}
    said = run_checkov(templates)
    if blind := blindness(said, templates):
        sys.exit("\n".join(["infra-opinion: checkov is blind", *blind]))
    accepted, used, problems = read_accepted(), Counter(), []
    passed, failed = (by_template(said, f"{result}_checks") for result in ("passed", "failed"))
    for name, resources in snapshots.items():
        remaining = unaccepted(failed[name], resources, accepted, used)
        judged = {"passed": passed[name], "failed": failed[name], "remaining": remaining}
        print(summary_line(name, resources, judged))
        problems += told(name, remaining)
    problems += [
        f"bicep/opinion.yaml: no finding needs {entry.rule} for {entry.kind}, {text(entry.where)}"
        for number, entry in enumerate(accepted)
        if not used[number]
    ]
    print(f"{len(CONTROLS)} controls, {len(accepted)} entries in bicep/opinion.yaml", flush=True)
    sys.exit("\n".join(problems) or None)


if __name__ == "__main__":
    main()
