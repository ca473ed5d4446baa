"""The directives of gcc's tests that say how a test is compiled, and for which targets it is none.

They are Tcl commands in comments, `{ dg-options "-fwrapv" { target fpic } }` (gccint, "Directives used within DejaGnu
tests"). Of the .x files, which old test folders have beside a test, only a plain list of flags matters here: the rest
is about targets of other kinds.
"""

import fnmatch
import re

# What DejaGnu calls effective targets, and a hosted 64-bit system with newlib is not.
ABSENT_FEATURES = {"dfp", "freestanding", "ia32", "newlib_nano_io", "vxworks_kernel"}


def words(text):
    """A Tcl list's words, without the braces or quotes around them."""
    result, position = [], 0
    while match := re.compile(r'\s*("(?:[^"\\]|\\.)*"|\{|[^\s{}]+)').match(text, position):
        word, position = match[1], match.end()
        if word == "{":
            end = closing_brace(text, position)
            word, position = text[position:end], end + 1
        elif word.startswith('"'):
            word = word[1:-1]
        result.append(word)
    return result


def closing_brace(text, position):
    """Where the brace that stands before the position is closed."""
    depth = 1
    while depth and position < len(text):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        position += 1
    return position - 1


def is_selected(selector, triplet):
    """Whether a selector such as `{ ! alloca }` or `i?86-*-* x86_64-*-*` names the target."""
    parts = words(selector)
    for operator, join in (("||", any), ("&&", all)):
        if operator in parts:
            place = parts.index(operator)
            sides = (parts[:place], parts[place + 1:])
            return join(is_selected(" ".join("{" + word + "}" for word in side), triplet) for side in sides)
    if parts[:1] == ["!"]:
        return not is_selected(" ".join("{" + word + "}" for word in parts[1:]), triplet)
    return any(names_target(part, triplet) for part in parts)


def names_target(word, triplet):
    if re.search(r"\s", word.strip()):
        return is_selected(word, triplet)
    word = word.strip()
    return fnmatch.fnmatch(triplet, word) if "-" in word or "*" in word else word not in ABSENT_FEATURES


class Directives:
    """What a test's text asks for on a target."""

    def __init__(self, text, triplet):
        self.flags = []
        self.required = set()
        self.skips = []
        self.triplet = triplet
        for match in re.finditer(r"\{\s*(?=dg-)", text):
            self.read(*words(text[match.end():closing_brace(text, match.end())]))

    def read(self, name, *arguments):
        if name in ("dg-options", "dg-additional-options"):
            target = re.match(r"\s*target\s+(.*)", arguments[1], re.DOTALL) if len(arguments) > 1 else None
            if not target or is_selected(target[1], self.triplet):
                self.flags += words(arguments[0])
        elif name == "dg-require-effective-target":
            self.required.add(arguments[0])
        elif name == "dg-skip-if" and is_selected(arguments[1], self.triplet):
            self.skips.append(arguments)

    def reason_to_leave_out(self, flags):
        """Why the test is none for the target with these flags, or None."""
        for feature in sorted(self.required & ABSENT_FEATURES):
            return f"needs {feature}"
        for reason, _, *patterns in self.skips:
            included = words(patterns[0]) if patterns else ["*"]
            excluded = [pattern for pattern in words(patterns[1]) if pattern] if len(patterns) > 1 else []
            if any_matches(included, flags) and not any_matches(excluded, flags):
                return reason or "not for this target"
        return None


def any_matches(patterns, flags):
    return any(pattern == "*" or fnmatch.filter(flags, pattern) for pattern in patterns)


def flags_of_x_file(file):
    """The flags that a .x file adds on every target."""
    if not file.exists():
        return []
    lines = re.findall(r'^(?:lappend|set) additional_flags "?(-[^"\n]*)"?$', file.read_text(), re.MULTILINE)
    return [flag for line in lines for flag in line.split()]
