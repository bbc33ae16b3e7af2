"""The house's lint rules, on the syntax tree. Each names the PSScriptAnalyzer rules it stands for.

Where a rule of theirs concerns classes or double quotes, ours is shorter: a script has none.
"""

import re
from collections.abc import Callable, Iterator
from itertools import accumulate

import tree_sitter

from tests.templates.checks.source import BOM, Source, above, line, text, walk

Rule = Callable[[Source], Iterator[str]]

AUTOMATIC_WORDS = """
_ args consolefilename error event eventargs eventsubscriber executioncontext false foreach home host input
iscoreclr islinux ismacos iswindows lastexitcode matches myinvocation nestedpromptlevel null ofs pid profile
psboundparameters pscmdlet pscommandpath psculture psdebugcontext psedition pshome psitem psscriptroot
pssenderinfo psuiculture psversiontable pwd sender shellid stacktrace switch this true
"""
AUTOMATIC = frozenset(AUTOMATIC_WORDS.split())
PREFERENCES = frozenset(("erroractionpreference", "whatifpreference", "confirmpreference", "warningpreference"))
COMMON_PARAMETERS_WORDS = """
confirm debug erroraction errorvariable informationaction informationvariable outbuffer outvariable
pipelinevariable progressaction verbose warningaction warningvariable whatif
"""
COMMON_PARAMETERS = frozenset(COMMON_PARAMETERS_WORDS.split())
CHANGES = re.compile(r"(New|Add|Set|Remove|Update|Enable|Disable)-")


def parses(source: Source) -> Iterator[str]:
    """The tree has no error and nothing had to be made up."""
    for node in walk(source.root):
        if node.type == "ERROR" or node.is_missing:
            yield f"line {line(node)}: does not parse at {text(node)[:40]!r}"


def encoding(source: Source) -> Iterator[str]:
    """UseBOMForUnicodeEncodedFile; CRLF throughout; one BOM only."""
    if not source.raw.startswith(BOM) or source.raw.startswith(BOM * 2):
        yield "the file does not begin with one BOM"
    if re.search(rb"(?<!\r)\n|\r(?!\n)", source.raw):
        yield "the line ends are not CRLF throughout"


def layout(source: Source) -> Iterator[str]:
    """AvoidTrailingWhitespace, UseConsistentIndentation (four spaces), AvoidLongLines (120, data apart)."""
    for number, shown in enumerate(source.lines, 1):
        if shown != shown.rstrip():
            yield f"line {number}: blanks at its end"
        if "\t" in shown.split("'")[0] or (len(shown) - len(shown.lstrip(" "))) % 4:
            yield f"line {number}: is not indented by four spaces a step"
    for number, shown in enumerate(source.scanned.masked.splitlines(), 1):
        if len(shown) > 120:
            yield f"line {number}: longer than 120 characters"


def braces(source: Source) -> Iterator[str]:
    """PlaceOpenBrace, AvoidSemicolonsAsLineTerminators, UseConsistentIndentation (one step a line)."""
    for number, shown in enumerate(source.scanned.masked.splitlines(), 1):
        if shown.strip() == "{":
            yield f"line {number}: an opening brace on a line of its own"
        if re.search(r"\{\s*#", shown):
            yield f"line {number}: a comment behind an opening brace"
        if shown.rstrip().endswith(";"):
            yield f"line {number}: a semicolon at the end"
    for number, shown in enumerate(_code(source).splitlines(), 1):
        depths = list(accumulate((char in "({") - (char in ")}") for char in shown))
        if depths and depths[-1] > 1:
            yield f"line {number} of the code: opens two things that it does not close"


def no_classes(source: Source) -> Iterator[str]:
    """UseCompatibleSyntax: no classes, enumerations or `using`, which are newer than the engines served."""
    for node in source.nodes("class_statement", "enum_statement", "using_statement"):
        yield f"line {line(node)}: defines a type"


def functions(source: Source) -> Iterator[str]:
    """UseApprovedVerbs, UseSingularNouns, ReservedCmdletChar, UseShouldProcessForStateChangingFunctions.

    Our functions only write files and text: no verb that changes a system, CmdletBinding, parameters with names.
    """
    for node in source.nodes("function_statement"):
        name = text(next(walk(node, "function_name")))
        verb, _, noun = name.partition("-")
        if not re.fullmatch(r"(Add|ConvertTo|Get|Test|Write|Export)-[A-Z][A-Za-z]+", name):
            yield f"line {line(node)}: {name} has no approved verb that changes nothing, or no plain noun"
        if noun.endswith("s") and not noun.endswith("ss"):
            yield f"line {line(node)}: {name} has a plural noun"
        if "[CmdletBinding()]" not in text(node):
            yield f"line {line(node)}: {name} lacks [CmdletBinding()]"
        if (
            re.search(r"\breturn [^$]*\S|^\s+'", text(node), re.M)
            and verb != "Add"
            and "[OutputType(" not in text(node)
        ):
            yield f"line {line(node)}: {name} gives something and does not say what (UseOutputTypeCorrectly)"


def no_dynamic_code(source: Source) -> Iterator[str]:
    """AvoidUsingInvokeExpression and its kin: no call operator, no dot-sourcing, no script block made of text."""
    for node in source.nodes("command_invokation_operator", "command_invocation_operator"):
        yield f"line {line(node)}: runs something by its name"
    if re.search(r"(?i)\[scriptblock\]|invoke-expression|add-type|\biex\b|invokescript|expandstring", _code(source)):
        yield "makes code out of text"


def parameters(source: Source) -> Iterator[str]:
    """AvoidDefaultValueSwitchParameter, AvoidDefaultValueForMandatoryParameter, AvoidUsingPlainTextForPassword,

    AvoidUsingUsernameAndPasswordParams, ReservedParams, AvoidUsingComputerNameHardcoded. And no data in defaults.
    """
    for node in source.nodes("script_parameter_default"):
        yield f"line {line(node)}: a parameter has a default"
    secure = set(re.findall(r"\[System\.Security\.SecureString\]\$(\w+)", _code(source)))
    for name in _parameter_names(source):
        if name not in secure and re.search(r"(?i)passw|credential|secret|username|passphrase", name):
            yield f"${name}: a credential as a parameter"
        if name.lower() in COMMON_PARAMETERS:
            yield f"${name} is a parameter that PowerShell adds itself"
    if re.search(r"(?i)-computername\b", _code(source)):
        yield "a computer name is written into the script"


def parameters_used(source: Source) -> Iterator[str]:
    """ReviewUnusedParameter."""
    whole = [text(node).lstrip("$@").lower() for node in walk(source.root, "variable") if not _function_around(node)]
    for node in source.nodes("script_parameter"):
        name = text(next(walk(node, "variable"))).lstrip("$")
        around = _function_around(node)
        names = whole if around is None else [text(used).lstrip("$@").lower() for used in walk(around, "variable")]
        if names.count(name.lower()) < 2:
            yield f"${name} is never used"


def variables_used(source: Source) -> Iterator[str]:
    """UseDeclaredVarsMoreThanAssignments."""
    names = _variables(source)
    for name, number in _assigned(source):
        if name not in PREFERENCES and name != "null" and names.count(name) == _times_assigned(source, name):
            yield f"line {number}: ${name} is set and never used"


def parameters_kept(source: Source) -> Iterator[str]:
    """A parameter is not set anew, whatever its case, unless it was left out (and gets its default)."""
    own = [node for node in source.nodes("script_parameter") if _function_around(node) is None]
    names = {text(next(part for part in node.children if part.type == "variable")).lower() for node in own}
    for name, number in _assigned(source):
        if f"${name}" in names and f"(-not ${name})" not in source.scanned.masked.lower():
            yield f"line {number}: ${name} is a parameter"


def variables_plain(source: Source) -> Iterator[str]:
    """AvoidGlobalVars, AvoidAssignmentToAutomaticVariable; no scoped, environment or braced variables at all."""
    for node in source.nodes("variable"):
        if re.search(r"[:{?^]", text(node)):
            yield f"line {line(node)}: {text(node)} is no plain variable"
    for name, number in _assigned(source):
        if name in AUTOMATIC and name != "null":
            yield f"line {number}: ${name} belongs to PowerShell"


def null_on_the_left(source: Source) -> Iterator[str]:
    """PossibleIncorrectComparisonWithNull."""
    for found in re.finditer(r"(?i)-[ci]?(eq|ne)\s+\$null\b", _code(source)):
        yield f"{found[0]!r}: $null belongs on the left"


def conditions(source: Source) -> Iterator[str]:
    """PossibleIncorrectUsageOfAssignmentOperator, PossibleIncorrectUsageOfRedirectionOperator."""
    for node in source.nodes("if_statement", "elseif_clause", "while_statement"):
        condition = next((child for child in node.children if child.type in ("pipeline", "while_condition")), None)
        if condition is not None and any(walk(condition, "assignment_expression")):
            yield f"line {line(node)}: assigns inside a condition"
    for node in source.nodes("redirection", "redirections"):
        yield f"line {line(node)}: redirects"


def catches(source: Source) -> Iterator[str]:
    """AvoidUsingEmptyCatchBlock."""
    for node in source.nodes("catch_clause"):
        if not any(walk(node, "statement_list")):
            yield f"line {line(node)}: catches and does nothing"


def should_process(source: Source) -> Iterator[str]:
    """ShouldProcess: declared and asked; every change stands under a question of it."""
    if not re.search(r"\[CmdletBinding\(SupportsShouldProcess = \$true", source.scanned.masked):
        yield "does not declare SupportsShouldProcess"
    asked = [node for node in source.nodes("invocation_expression") if "$PSCmdlet.ShouldProcess(" in text(node)]
    if not any(_function_around(node) is None for node in asked):
        yield "declares SupportsShouldProcess and never asks"
    for node in asked:
        around = _function_around(node)
        if around is not None and "SupportsShouldProcess" not in text(around):
            yield f"line {line(node)}: asks ShouldProcess in a function that does not declare it"
    for node in source.nodes("command"):
        name = text(node.children[0])
        if re.match(r"(New|Add|Set|Remove|Update|Enable|Disable)-", name) and name not in (
            "New-Object",
            "New-PSSession",
            "Remove-PSSession",
            "Set-StrictMode",
            "Add-Line",
            "Add-Change",
        ):
            ifs = [parent for parent in above(node) if parent.type == "if_statement"]
            if not any("$PSCmdlet.ShouldProcess(" in text(parent.children[2]) for parent in ifs):
                yield f"line {line(node)}: {name} without asking ShouldProcess"


def linguistic(source: Source) -> Iterator[str]:
    """Identity is ordinal: `-in`, `-contains` and comparisons with values of the data block are refused."""
    for found in re.finditer(r"(?i)-[ci]?(not)?(in|contains)\s", _code(source)):
        yield f"{found[0].strip()!r} compares by the rules of a language"
    data = {name for name, _ in _assigned(source, data_only=True)} - {"null", "accessright", "product"}
    for node in source.nodes("comparison_expression"):
        sides = {name.lower() for name in re.findall(r"\$(\w+)(?![\w.\[])", text(node))} & data
        if re.search(r"(?i)-[ci]?(eq|ne)\b", text(node)) and sides:
            yield f"line {line(node)}: compares ${min(sides)} by the rules of a language"


def engine_5(source: Source) -> Iterator[str]:
    """UseCompatibleSyntax: nothing that Windows PowerShell 5.1 lacks, and no `::new()`."""
    for pattern in (r"\?\?", r"\?\.", r"&&", r"\|\|", r"::new\(", r"(?i)-parallel\b", r"\s\?\s[^:\n]+\s:\s"):
        for found in re.finditer(pattern, _code(source)):
            yield f"{found[0]!r} is newer than 5.1 or 3.0"


NEWER_THAN_2 = {
    r"(?i)\[ordered\]": "[ordered]",
    r"(?i)\[pscustomobject\]": "[pscustomobject]",
    r"(?i)\s-(not)?in\s": "-in",
    r"(?i)\$PSScriptRoot": "$PSScriptRoot",
    r"(?i)(ConvertTo|ConvertFrom)-Json\b": "JSON cmdlets",
    r"(?i)#Requires -Modules": "#Requires -Modules",
    r"(?i)(Where|ForEach)-Object (?!-FilterScript |-Process )": "Where-Object and ForEach-Object without a block",
    r"(?i)HashSet": "HashSet, which is not in its default assemblies",
    r"(?i)IsNullOrWhiteSpace|\.Where\(|\.ForEach\(": ".NET 4",
    r"(?i)-(Raw|LiteralPath|Encoding UTF8)\b": "-Raw and -LiteralPath",
}


def engine_2(source: Source) -> Iterator[str]:
    """What Windows PowerShell 2.0 lacks, for scripts that require no more than it."""
    code = "\n".join((_code(source), *source.scanned.literals))
    for pattern, what in NEWER_THAN_2.items():
        if source.lines[0] == "#Requires -Version 2.0" and re.search(pattern, code):
            yield f"{what}: newer than 2.0"


RULES: tuple[Rule, ...] = (
    parses,
    encoding,
    layout,
    braces,
    no_classes,
    functions,
    no_dynamic_code,
    parameters,
    parameters_used,
    variables_used,
    parameters_kept,
    variables_plain,
    null_on_the_left,
    conditions,
    catches,
    should_process,
    linguistic,
    engine_5,
    engine_2,
)


def _code(source: Source) -> str:
    """The masked text without comments."""
    code = source.scanned.masked
    for comment in source.scanned.comments:
        code = code.replace(comment, "", 1)
    return code


def _function_around(node: tree_sitter.Node) -> tree_sitter.Node | None:
    return next((parent for parent in above(node) if parent.type == "function_statement"), None)


def _parameter_names(source: Source) -> list[str]:
    return [
        text(next(child for child in walk(node, "variable"))).lstrip("$") for node in source.nodes("script_parameter")
    ]


def _variables(source: Source) -> list[str]:
    """Every mention of a variable, lower case; `@name` counts as one."""
    return [text(node).lstrip("$@").lower() for node in source.nodes("variable")]


def _assigned(source: Source, *, data_only: bool = False) -> Iterator[tuple[str, int]]:
    """Variables that are set (not members of them), with the line; `data_only`: before the first function or `try`."""
    begin = next((node.start_byte for node in source.nodes("try_statement", "function_statement")), len(source.raw))
    for node in source.nodes("assignment_expression"):
        target = text(node.children[0])
        if re.fullmatch(r"\$\w+", target) and not (data_only and node.start_byte > begin):
            yield target[1:].lower(), line(node)


def _times_assigned(source: Source, name: str) -> int:
    return sum(1 for other, _ in _assigned(source) if other == name)
