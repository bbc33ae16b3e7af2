"""The types a script may name, by their full names."""

import re

from simulator.dialect.faults import BASES
from simulator.dialect.refuse import Refused
from simulator.dialect.values import COLLECTION, DICTIONARY, LIST, QUEUE, SORTED, STACK, Enum, NetType

AUTOMATION = "System.Management.Automation"
ACCELERATORS = {
    "string": "System.String",
    "int": "System.Int32",
    "int32": "System.Int32",
    "long": "System.Int64",
    "int64": "System.Int64",
    "byte": "System.Byte",
    "bool": "System.Boolean",
    "double": "System.Double",
    "decimal": "System.Decimal",
    "char": "System.Char",
    "object": "System.Object",
    "array": "System.Array",
    "hashtable": "System.Collections.Hashtable",
    "switch": f"{AUTOMATION}.SwitchParameter",
    "scriptblock": f"{AUTOMATION}.ScriptBlock",
    "datetime": "System.DateTime",
    "timespan": "System.TimeSpan",
    "guid": "System.Guid",
    "version": "System.Version",
    "regex": "System.Text.RegularExpressions.Regex",
    "math": "System.Math",
    "pscustomobject": f"{AUTOMATION}.PSObject",
    "psobject": f"{AUTOMATION}.PSObject",
    "void": "System.Void",
    "ordered": "ordered",
    "ref": "ref",
    "cultureinfo": "System.Globalization.CultureInfo",
}
NAMES = [
    "System.Array",
    "System.Collections.ArrayList",
    "System.Collections.IDictionary",
    "System.Collections.IEnumerable",
    "System.Collections.ICollection",
    "System.Collections.IList",
    "System.Collections.Specialized.OrderedDictionary",
    "System.IO.File",
    "System.IO.Path",
    "System.IO.Directory",
    "System.Text.UTF8Encoding",
    "System.Text.Encoding",
    "System.Text.StringBuilder",
    "System.StringComparison",
    "System.StringComparer",
    "System.Globalization.CultureInfo",
    "System.StringSplitOptions",
    "System.MidpointRounding",
    "System.DateTimeKind",
    "System.Convert",
    "System.Environment",
    "System.ValueType",
    "System.Enum",
    "System.BitConverter",
    "System.DayOfWeek",
    "System.Math",
    "System.Security.SecureString",
    "System.Text.NormalizationForm",
    "System.Uri",
]
NAMES += [f"{AUTOMATION}.{n}" for n in ("ErrorRecord", "ErrorCategory", "ActionPreference", "WildcardPattern")]
NAMES += [f"{AUTOMATION}.{n}" for n in ("PSCustomObject", "PSObject", "ScriptBlock", "SwitchParameter")]
NAMES += [f"{AUTOMATION}.Language.CodeGeneration"]
KNOWN = {n.lower(): n for n in (*NAMES, *BASES, *(v for v in ACCELERATORS.values() if "." in v))}
GENERIC = re.compile(r"(?:System\.)?Collections\.(?:Generic|ObjectModel)\.(\w+)(?:`\d)?\[(.+)\]", re.I)
GENERICS = {
    "list": LIST,
    "hashset": "System.Collections.Generic.HashSet`1",
    "queue": QUEUE,
    "stack": STACK,
    "collection": COLLECTION,
    "dictionary": DICTIONARY,
    "sorteddictionary": SORTED,
}
NULLABLE = re.compile(r"(?:System\.)?Nullable\[(\w+)\]", re.I)
ENUMS: dict[str, dict[str, int]] = {
    "System.StringComparison": {
        "CurrentCulture": 0,
        "CurrentCultureIgnoreCase": 1,
        "InvariantCulture": 2,
        "InvariantCultureIgnoreCase": 3,
        "Ordinal": 4,
        "OrdinalIgnoreCase": 5,
    },
    "System.StringSplitOptions": {"None": 0, "RemoveEmptyEntries": 1, "TrimEntries": 2},
    "System.MidpointRounding": {"ToEven": 0, "AwayFromZero": 1},
    "System.DateTimeKind": {"Unspecified": 0, "Utc": 1, "Local": 2},
    "System.DayOfWeek": {
        d: n for n, d in enumerate(("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"))
    },
    f"{AUTOMATION}.ActionPreference": {
        "SilentlyContinue": 0,
        "Stop": 1,
        "Continue": 2,
        "Inquire": 3,
        "Ignore": 4,
        "Suspend": 5,
        "Break": 6,
    },
    f"{AUTOMATION}.ErrorCategory": {
        name: number
        for number, name in enumerate(
            [
                "NotSpecified",
                "OpenError",
                "CloseError",
                "DeviceError",
                "DeadlockDetected",
                "InvalidArgument",
                "InvalidData",
                "InvalidOperation",
                "InvalidResult",
                "InvalidType",
                "MetadataError",
                "NotImplemented",
                "NotInstalled",
                "ObjectNotFound",
                "OperationStopped",
                "OperationTimeout",
                "SyntaxError",
                "ParserError",
                "PermissionDenied",
                "ResourceBusy",
                "ResourceExists",
                "ResourceUnavailable",
                "ReadError",
                "WriteError",
                "FromStdErr",
                "SecurityError",
                "ProtocolError",
                "ConnectionError",
                "AuthenticationError",
                "LimitsExceeded",
                "QuotaExceeded",
                "NotEnabled",
            ]
        )
    },
}


def lookup(words: str) -> NetType:
    """The type of a literal's inner text, e.g. `string[]`.

    Raises:
        Refused: It is not in the table.
    """
    bare = words.replace(" ", "")
    if bare.endswith("[]"):
        return NetType(lookup(bare[:-2]).name + "[]")
    if found := NULLABLE.fullmatch(bare):
        return NetType(f"System.Nullable`1[{lookup(found[1]).name}]")
    if found := GENERIC.fullmatch(bare):
        return generic(found[1].lower(), found[2])
    low = bare.lower()
    name = ACCELERATORS.get(low) or KNOWN.get(low) or KNOWN.get(f"system.{low}")
    if name is None:
        raise Refused("")
    return NetType(name)


def generic(name: str, arguments: str) -> NetType:
    """A generic collection with its type arguments."""
    if name not in GENERICS:
        raise Refused("")
    kinds = [lookup(a).name for a in arguments.split(",")]
    if len(kinds) != (2 if name in ("dictionary", "sorteddictionary") else 1):
        raise Refused("")
    if name == "hashset" and kinds != ["System.String"]:
        raise Refused("")
    return NetType(f"{GENERICS[name]}[{','.join(kinds)}]")


def enum_member(type_: str, words: str) -> Enum:
    """A named member, without case.

    Raises:
        Refused: It has none of that name.
    """
    for member, number in ENUMS[type_].items():
        if member.lower() == words.strip().lower():
            return Enum(type_, member, number)
    raise Refused("")
