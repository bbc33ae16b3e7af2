"""The house's rules against PSScriptAnalyzer's own findings: what it finds, ours find too, or refuse to read."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests import shared
from tests.templates.checks import rules
from tests.templates.checks.commands import check_commands
from tests.templates.checks.source import BOM, Source
from tests.templates.scanner import ScannerError

# What stands for each of its rules. Not here: AvoidLongLines, which counts data too, and what our scripts have not.
STANDS_FOR: dict[str, tuple[rules.Rule, ...]] = {
    "PSUseShouldProcessForStateChangingFunctions": (rules.functions,),
    "PSAvoidAssignmentToAutomaticVariable": (rules.variables_plain,),
    "PSUseCompatibleSyntax": (rules.engine_5, rules.engine_2, rules.no_classes),
    "PSUseDeclaredVarsMoreThanAssignments": (rules.variables_used,),
    "PSAvoidUsingCmdletAliases": (check_commands,),
    "PSAvoidUsingPositionalParameters": (check_commands,),
    "PSUseConsistentIndentation": (rules.layout,),
    "PSAvoidUsingPlainTextForPassword": (rules.parameters,),
    "PSShouldProcess": (rules.should_process,),
    "PSAvoidUsingEmptyCatchBlock": (rules.catches,),
    "PSPlaceOpenBrace": (rules.braces,),
    "PSAvoidGlobalVars": (rules.variables_plain,),
    "PSAvoidTrailingWhitespace": (rules.layout,),
    "PSReviewUnusedParameter": (rules.parameters_used,),
    "PSAvoidSemicolonsAsLineTerminators": (rules.braces,),
    "PSAvoidUsingConvertToSecureStringWithPlainText": (check_commands,),
    "PSAvoidUsingUsernameAndPasswordParams": (rules.parameters,),
    "PSAvoidUsingComputerNameHardcoded": (rules.parameters,),
    "PSReservedParams": (rules.parameters,),
    "PSUseApprovedVerbs": (rules.functions,),
    "PSAvoidUsingInvokeExpression": (rules.no_dynamic_code,),
    "PSAvoidUsingWriteHost": (check_commands,),
    "PSAvoidDefaultValueSwitchParameter": (rules.parameters,),
    "PSAvoidDefaultValueForMandatoryParameter": (rules.parameters,),
    "PSAvoidUsingDoubleQuotesForConstantString": (),  # the scanner refuses every double quote
    "PSMisleadingBacktick": (),  # and every backtick
    "PSPossibleIncorrectUsageOfAssignmentOperator": (rules.conditions,),
    "PSPossibleIncorrectUsageOfRedirectionOperator": (rules.conditions,),
    "PSPossibleIncorrectComparisonWithNull": (rules.null_on_the_left,),
    "PSAvoidUsingWMICmdlet": (check_commands,),
    "PSUseBOMForUnicodeEncodedFile": (rules.encoding,),
    "PSUseCorrectCasing": (check_commands,),
}


def recorded() -> Iterator[Any]:
    """Each finding of the recordings that a rule of ours stands for, with its script."""
    for row in shared.lines("powershell/lint.jsonl"):
        for finding in row["findings"]:
            if finding["rule"] in STANDS_FOR:
                yield row, finding["rule"]


@pytest.mark.shared
def test_what_the_analyzer_finds_is_found_or_not_even_read() -> None:
    missed = []
    for row, rule in recorded():
        raw = (BOM if row["bom"] else b"") + row["code"].encode()
        try:
            source = Source.of(raw)
        except ScannerError:
            continue
        if not any(list(check(source)) for check in STANDS_FOR[rule]):
            missed.append(f"{row['id']}: {rule}")
    assert missed == []
