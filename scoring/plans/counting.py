"""How many of its parts a node lets count, for a count-back over those alone. Inside scoring."""

from scoring.documents import Better
from scoring.plans.nodes import Attempts, Best, DropWorst, Node


def counting(node: Node) -> tuple[int, Better] | None:
    """The number of parts (attempts) that count and which of them go first; None where the node does not keep the best ones."""
    match node:
        case Best():
            return node.count, node.better
        case DropWorst():
            return len(node.parts) - node.count, node.better
        case Attempts(take="best" | "best_sum" | "best_mean"):
            return node.of or 1, node.better
        case _:
            return None
