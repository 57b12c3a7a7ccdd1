"""Shows a difference to a person."""

from traces import Entry, compress, expand

_WIDTH = 58
_BEFORE = 12
_AFTER = 6


def _text(entry: Entry | None) -> str:
    return "" if entry is None else entry.head


def _cell(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def side_by_side(node: list[str], ours: list[str]) -> str:
    """Both traces around the first line that differs, then that line in full."""
    left, right = expand(node), expand(ours)
    length = max(len(left), len(right))
    pairs = [
        (left[i] if i < len(left) else None, right[i] if i < len(right) else None)
        for i in range(length)
    ]  # fmt: skip
    first = next((i for i, (one, two) in enumerate(pairs) if one != two), length)
    lines = [f"  {'Node':<{_WIDTH}}  nodenet"]
    if first > _BEFORE:
        lines.append("  ...")
    for index in range(max(0, first - _BEFORE), min(length, first + _AFTER + 1)):
        one, two = pairs[index]
        mark = " " if one == two else "!"
        lines.append(f"{mark} {_cell(_text(one)):<{_WIDTH}}  {_cell(_text(two))}".rstrip())
    if first < length:
        one, two = pairs[first]
        lines += ["", f"  the first that differs, line {first + 1}:"]
        if one is not None and two is not None and one.head == two.head:
            for name in one.told:
                for key, value in one.told[name].items():
                    other = two.told.get(name, {}).get(key, "(none)")
                    if other != value:
                        lines.append(f"    {name} {key}: Node {value}, nodenet {other}")
        else:
            lines.append(f"    Node:    {compress(left[: first + 1])[-1] if one else '(nothing)'}")
            lines.append(f"    nodenet: {compress(right[: first + 1])[-1] if two else '(nothing)'}")
    return "\n".join(lines)
