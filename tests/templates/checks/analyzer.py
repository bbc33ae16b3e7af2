"""PSScriptAnalyzer's findings, by its own names of rules and lines, as far as scripts like ours go.

`RULES` has one function a rule, each gives the lines of its findings; `test_lint` holds them exactly to recordings.
The house's rules (`rules`) are stricter. Not here: what the scanner refuses to read (double quotes, backticks).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator

import tree_sitter

from tests.templates.checks.commands import table
from tests.templates.checks.layout import braces_placed, indentation, long_lines, semicolons, trailing, without_bom
from tests.templates.checks.rules import AUTOMATIC, COMMON_PARAMETERS, PREFERENCES
from tests.templates.checks.source import Source, above, line, text, walk
from tests.templates.checks.words import ALIASES, CHANGING, OF_THE_ENGINE, VERBS

Lines = Iterator[int]


def called(*names: str, having: str = "") -> Callable[[Source], Lines]:
    """A rule against calling these commands (with that parameter)."""

    def found(source: Source) -> Lines:
        for node in source.nodes("command"):
            given = [text(part).lower() for part in walk(node, "command_parameter")]
            if name_of(node).lower() in names and (not having or having in given):
                yield line(node)

    return found


def name_of(command: tree_sitter.Node) -> str:
    """The name of a command."""
    return text(command.children[0])


def function_name(node: tree_sitter.Node) -> str:
    """The name of a function."""
    return text(next(walk(node, "function_name")))


def around(node: tree_sitter.Node) -> tree_sitter.Node | None:
    """The function that a node stands in."""
    return next((parent for parent in above(node) if parent.type == "function_statement"), None)


def attributes(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """The attributes of a function, or of a script, not those of its parameters."""
    for block in walk(node, "param_block"):
        if around(block) == (node if node.type == "function_statement" else None):
            yield from (part for part in walk(block, "attribute") if not inside(part, "parameter_list"))


def inside(node: tree_sitter.Node, kind: str) -> bool:
    """Whether a node stands in one of that kind."""
    return any(parent.type == kind for parent in above(node))


def parameters(source: Source) -> Iterator[tuple[tree_sitter.Node, str, list[str]]]:
    """Each parameter: its node, its name, the types before it."""
    for node in source.nodes("script_parameter"):
        types = [
            text(part)[1:-1].lower() for part in walk(node, "type_literal") if not inside(part, "attribute_argument")
        ]
        yield node, text(next(part for part in node.children if part.type == "variable")).lstrip("$"), types


def unapproved_verbs(source: Source) -> Lines:
    """UseApprovedVerbs."""
    for node in source.nodes("function_statement"):
        verb, dash, _ = function_name(node).partition("-")
        if dash and verb.lower() not in VERBS:
            yield line(node)


def supports(node: tree_sitter.Node) -> tree_sitter.Node | None:
    """The argument SupportsShouldProcess of a function or script."""
    found = (part for one in attributes(node) for part in walk(one, "attribute_argument"))
    return next((part for part in found if text(part).startswith("SupportsShouldProcess")), None)


def changing_functions(source: Source) -> Lines:
    """UseShouldProcessForStateChangingFunctions."""
    for node in source.nodes("function_statement"):
        if function_name(node).partition("-")[0].lower() in CHANGING and supports(node) is None:
            yield line(node)


def should_process(source: Source) -> Lines:
    """ShouldProcess, in functions: declared and never asked, or asked and not declared."""
    for node in source.nodes("function_statement"):
        asked = [one for one in walk(node, "invocation_expression") if ".ShouldProcess" in text(one)]
        declared = supports(node)
        if declared is not None and not asked:
            yield line(declared)
        if declared is None:
            yield from (line(one) for one in asked)


def output_types(source: Source) -> Lines:
    """UseOutputTypeCorrectly: a typed parameter or a constant that is given back and not declared."""
    for node in source.nodes("function_statement"):
        known = [text(one) for one in attributes(node)]
        if not any(one.startswith("[CmdletBinding") for one in known):
            continue
        typed = {f"${name}": types[0] for one, name, types in parameters(source) if types and around(one) == node}
        declared = {word for one in known for word in re.findall(r"OutputType\(\[(\w+)\]", one)}
        for given in walk(node, "pipeline"):
            shown = text(given)
            kind = typed.get(shown) or ("int" if shown.isdigit() else "string" if re.fullmatch(r"'\d+'", shown) else "")
            if kind and kind not in declared and around(given) == node and given.parent.type == "statement_list":  # type: ignore[union-attr]
                yield line(given)


def names_and_passwords(source: Source) -> Lines:
    """AvoidUsingUsernameAndPasswordParams."""
    rows = list(parameters(source))
    for node, name, _ in rows:
        other = [types for one, second, types in rows if "password" in second.lower() and around(one) == around(node)]
        if "username" in name.lower() and any(set(types) & {"string", "object"} or not types for types in other):
            yield line(node)


def plain_passwords(source: Source) -> Lines:
    """AvoidUsingPlainTextForPassword."""
    for node, name, types in parameters(source):
        if re.search(r"(?i)password|passphrase|cred", name) and "string" in types:
            yield line(node)


def reserved_parameters(source: Source) -> Lines:
    """ReservedParams: functions with CmdletBinding."""
    for node, name, _ in parameters(source):
        owner = around(node)
        if owner is not None and name.lower() in COMMON_PARAMETERS and list(attributes(owner)):
            yield line(node)


def several_types(source: Source) -> Lines:
    """AvoidMultipleTypeAttributes."""
    yield from (line(node) for node, _, types in parameters(source) if len(types) > 1)


def switch_defaults(source: Source) -> Lines:
    """AvoidDefaultValueSwitchParameter."""
    for node, _, types in parameters(source):
        if "switch" in types and any(text(part) == "= $true" for part in walk(node, "script_parameter_default")):
            yield line(node)


def mandatory_defaults(source: Source) -> Lines:
    """AvoidDefaultValueForMandatoryParameter."""
    for node, _, _ in parameters(source):
        if re.search(r"(?i)Mandatory(\s*=\s*\$true)?\s*[,)]", text(node)) and any(
            walk(node, "script_parameter_default")
        ):
            yield line(node)


def unused_parameters(source: Source) -> Lines:
    """ReviewUnusedParameter: used in its own function or script, functions inside apart."""
    uses = Counter((text(one).lstrip("$@").lower(), text(around(one))) for one in source.nodes("variable"))
    for node, name, _ in parameters(source):
        if uses[name.lower(), text(around(node))] < 2:
            yield line(node)


def computer_names(source: Source) -> Lines:
    """AvoidUsingComputerNameHardcoded."""
    for node in source.nodes("command"):
        if re.search(r"(?i)-ComputerName[ :]+'", text(node)):
            yield line(node)


def aliases(source: Source) -> Lines:
    """AvoidUsingCmdletAliases."""
    yield from (line(node) for node in source.nodes("command") if name_of(node).lower() in ALIASES)


def write_host(source: Source) -> Lines:
    """AvoidUsingWriteHost, but in functions that show."""
    for node in source.nodes("command"):
        owner = around(node)
        if name_of(node).lower() == "write-host" and not (owner and function_name(owner).lower().startswith("show-")):
            yield line(node)


def empty_catches(source: Source) -> Lines:
    """AvoidUsingEmptyCatchBlock."""
    for node in source.nodes("catch_clause"):
        if not any(walk(node, "statement_list")):
            yield line(node)


def globals_used(source: Source) -> Lines:
    """AvoidGlobalVars."""
    yield from (line(node) for node in source.nodes("variable") if text(node).lower().startswith("$global:"))


def assigned(source: Source) -> Iterator[tuple[tree_sitter.Node, str]]:
    """Variables that are set by `=` and its kin."""
    for node in source.nodes("assignment_expression"):
        target = text(node.children[0])
        if re.fullmatch(r"\$\w+", target):
            yield node, target[1:].lower()


def automatic_variables(source: Source) -> Lines:
    """AvoidAssignmentToAutomaticVariable."""
    yield from (line(node) for node, name in assigned(source) if name in AUTOMATIC and name != "null")


def unused_variables(source: Source) -> Lines:
    """UseDeclaredVarsMoreThanAssignments: the first assignment of a variable that nothing reads."""
    uses = Counter(text(one).lstrip("$@").lower() for one in source.nodes("variable"))
    sets = Counter(name for _, name in assigned(source))
    seen = set()
    for node, name in assigned(source):
        if name not in seen and name not in OF_THE_ENGINE | PREFERENCES and uses[name] == sets[name]:
            yield line(node)
        seen.add(name)


def conditions_of(source: Source, kind: str) -> Lines:
    """Something in the condition of an `if` that is most likely a slip."""
    for node in source.nodes("if_statement", "elseif_clause"):
        for part in node.children:
            if part.type == "pipeline":
                yield from (line(found) for found in walk(part, kind))


def assignments_in_conditions(source: Source) -> Lines:
    """PossibleIncorrectUsageOfAssignmentOperator."""
    yield from conditions_of(source, "assignment_expression")


def redirections_in_conditions(source: Source) -> Lines:
    """PossibleIncorrectUsageOfRedirectionOperator."""
    yield from conditions_of(source, "redirection")


def newer_syntax(source: Source) -> Lines:
    """UseCompatibleSyntax for 3.0, 5.1 and 7.0."""
    kinds = ("ternary_expression", "null_coalesce_expression", "pipeline_chain_tail", "using_statement")
    for node in source.nodes(*kinds, "class_statement", "enum_statement", "invocation_expression"):
        if node.type != "invocation_expression" or re.search(r"(?i)^\[[^]]+(\[[^]]+\])?\]::new\(", text(node)):
            yield line(node)


def duplicate_keys(source: Source) -> Lines:
    """DuplicateKeyInHashLiteral, which is an error of the parser."""
    for node in source.nodes("hash_literal_body"):
        keys = [text(entry.children[0]).lower() for entry in node.children if entry.type == "hash_entry"]
        yield from (line(node) for number, key in enumerate(keys) if key in keys[:number])


def casing(source: Source) -> Lines:
    """UseCorrectCasing: names of known parameters as their cmdlet spells them."""
    for node in source.nodes("command"):
        known = {name.lower(): name for name in table().get(name_of(node), {"parameters": {}})["parameters"]}
        for part in walk(node, "command_parameter"):
            shown = text(part).lstrip("-").rstrip(":")
            if known.get(shown.lower(), shown) != shown and inside(part, "command") and part.parent.parent == node:  # type: ignore[union-attr]
                yield line(part)


RULES: dict[str, Callable[[Source], Lines]] = {
    "DuplicateKeyInHashLiteral": duplicate_keys,
    "PSAvoidAssignmentToAutomaticVariable": automatic_variables,
    "PSAvoidDefaultValueForMandatoryParameter": mandatory_defaults,
    "PSAvoidDefaultValueSwitchParameter": switch_defaults,
    "PSAvoidGlobalVars": globals_used,
    "PSAvoidLongLines": long_lines,
    "PSAvoidMultipleTypeAttributes": several_types,
    "PSAvoidSemicolonsAsLineTerminators": semicolons,
    "PSAvoidTrailingWhitespace": trailing,
    "PSAvoidUsingCmdletAliases": aliases,
    "PSAvoidUsingComputerNameHardcoded": computer_names,
    "PSAvoidUsingConvertToSecureStringWithPlainText": called("convertto-securestring", having="-asplaintext"),
    "PSAvoidUsingEmptyCatchBlock": empty_catches,
    "PSAvoidUsingInvokeExpression": called("invoke-expression", "iex"),
    "PSAvoidUsingPlainTextForPassword": plain_passwords,
    "PSAvoidUsingUsernameAndPasswordParams": names_and_passwords,
    "PSAvoidUsingWMICmdlet": called("get-wmiobject", "invoke-wmimethod", "set-wmiinstance", "remove-wmiobject"),
    "PSAvoidUsingWriteHost": write_host,
    "PSPlaceOpenBrace": braces_placed,
    "PSPossibleIncorrectUsageOfAssignmentOperator": assignments_in_conditions,
    "PSPossibleIncorrectUsageOfRedirectionOperator": redirections_in_conditions,
    "PSReservedParams": reserved_parameters,
    "PSReviewUnusedParameter": unused_parameters,
    "PSShouldProcess": should_process,
    "PSUseApprovedVerbs": unapproved_verbs,
    "PSUseBOMForUnicodeEncodedFile": without_bom,
    "PSUseCompatibleSyntax": newer_syntax,
    "PSUseConsistentIndentation": indentation,
    "PSUseCorrectCasing": casing,
    "PSUseDeclaredVarsMoreThanAssignments": unused_variables,
    "PSUseOutputTypeCorrectly": output_types,
    "PSUseShouldProcessForStateChangingFunctions": changing_functions,
}
