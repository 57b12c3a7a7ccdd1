"""Takes out of a trace what no two runs have in common, and nothing else. This is the whole list:

1. the folder of the runner: `FOLDER/` stands for it;
2. ports that the system chose: `port:A` where server A listens, `port:x` where x is bound, `port:1`, `port:2` and so on
   for the others, in the order in which they appear. They are looked for only in the fields that hold ports.
"""

import re

FOLDER = "FOLDER/"

# Ports of the program's own choice.
_PLAIN = {"0", "1"}
_FIELD = re.compile(r"\b(localPort|remotePort|port)=(\d+)\b")
# IP:PORT in an address, an attempt, a drop; in the text of an error.
_PAIR = re.compile(r"(\d\.\d+|::1|::|localhost):(\d+)(?=/IPv|[,;)\]\" ]|$)")
_LISTENS = re.compile(r"^(?:do )?([A-Dx-z])[. ].*\baddress=[^ ]*:(\d+)/IPv[46]")


def normalise(lines: list[str]) -> list[str]:
    """The trace with names for ports."""
    names: dict[str, str] = {}
    ephemeral = 0

    def name(port: str) -> str:
        nonlocal ephemeral
        if port in _PLAIN:
            return port
        if port not in names:
            ephemeral += 1
            names[port] = f"port:{ephemeral}"
        return names[port]

    found = []
    for line in lines:
        listens = _LISTENS.match(line)
        if listens:
            names[listens[2]] = f"port:{listens[1]}"
        line = _FIELD.sub(lambda match: f"{match[1]}={name(match[2])}", line)
        found.append(_PAIR.sub(lambda match: f"{match[1]}:{name(match[2])}", line))
    return found
