"""Give reshapes a constant target instead of one that every run computes.

The tracer writes each size as a chain of Shape, Gather, Unsqueeze and Concat. These chains are a
third of a text tower's nodes, and each node takes some microseconds however little it computes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gallery.encoders.onnx_export.graph_tools import (
    Shape,
    add_constant,
    attributes,
    constants,
    set_nodes,
)

# Values in the target of a Reshape: the size of the input on the same axis, and the remaining size.
_SAME, _REST = 0, -1


def fix_reshapes(graph: Any, shapes: dict[str, Shape]) -> None:
    """Make the targets of reshapes constant.

    A Reshape stays as it is if two or more sizes of its target are known only at run time and
    differ from the input's size on the same axis.
    """
    known = constants(graph)
    for node in graph.node:
        if node.op_type != "Reshape" or node.input[1] in known:
            continue
        if attributes(node).get("allowzero", 0):
            continue
        target = _constant_target(shapes.get(node.input[0]), shapes.get(node.output[0]))
        if target is not None:
            node.input[1] = add_constant(
                graph, f"{node.output[0]}.target", np.array(target, np.int64)
            )
    set_nodes(graph, list(graph.node))


def _constant_target(before: Shape | None, after: Shape | None) -> list[int] | None:
    if before is None or after is None:
        return None
    target = []
    for axis, size in enumerate(after):
        if isinstance(size, int):
            target.append(size)
        elif size is not None and axis < len(before) and before[axis] == size:
            target.append(_SAME)
        else:
            target.append(_REST)
    return None if target.count(_REST) > 1 or 0 in after else target
