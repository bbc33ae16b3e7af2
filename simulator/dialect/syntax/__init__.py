"""From source text to a tree: the tokenizer's character classes, and the grammar of the dialect.

Only what good scripts need is read; anything else, and anything the engine would not parse, is refused by name and
line. Source: the tokenizer and the parser of PowerShell (CharTraits.cs, tokenizer.cs, Parser.cs).
"""
