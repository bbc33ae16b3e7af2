"""Rules of the device filter."""

from typing import Any

import pytest

from simulator.conditional import judge
from simulator.conditional.device import check, matches
from tests.simulator.conditional.making import policy, told

LAPTOP = {"trustType": "AzureAD", "model": "Surface Pro", "isCompliant": True, "physicalIds": ["[OrderID]:7", "x"]}


@pytest.mark.parametrize(
    ("rule", "laptop", "unknown"),
    [
        ('device.trustType -eq "AzureAD"', True, False),
        ('device.trustType -ne "AzureAD"', False, True),
        ('device.trustType -in ["AzureAD", "Workplace"]', True, False),
        ('device.trustType -notIn ["AzureAD"]', False, True),
        ('device.model -startsWith "surface"', True, False),
        ('device.model -notContains "Pro"', False, True),
        ("device.isCompliant -eq True", True, False),
        ('device.physicalIds -contains "[OrderID]:7"', True, False),
        ('device.model -contains "Pro" -and device.trustType -eq "X"', False, False),
        ('device.model -contains "Pro" -or device.trustType -eq "X"', True, False),
        ('-not (device.model -contains "Pro" -or device.trustType -eq "X")', False, True),
        ('(device.isCompliant -ne True) -and (device.model -endsWith "Pro")', False, False),
    ],
)
def test_rules(rule: str, laptop: bool, unknown: bool) -> None:
    assert matches(rule, LAPTOP) is laptop
    assert matches(rule, {}) is unknown


@pytest.mark.parametrize(
    "rule", ["", "device.model", "device.model -like 'x'", '(device.model -eq "x"', "model eq x y"]
)
def test_a_rule_that_cannot_be_read(rule: str) -> None:
    assert not check(rule)
    assert matches(rule, LAPTOP) is None


@pytest.mark.parametrize(
    ("mode", "rule", "device", "applies"),
    [
        ("include", 'device.trustType -eq "AzureAD"', {}, False),
        ("exclude", 'device.trustType -eq "AzureAD"', {}, True),
        ("include", 'device.trustType -ne "AzureAD"', {}, True),
        ("exclude", 'device.trustType -eq "AzureAD"', LAPTOP, False),
        ("exclude", 'device.trustType -eq "AzureAD"', None, False),
    ],
)
def test_a_device_without_attributes_differs_by_mode(mode: str, rule: str, device: Any, applies: bool) -> None:
    given = policy(devices={"deviceFilter": {"mode": mode, "rule": rule}})
    assert judge(given, told(device=device)).applies is applies
