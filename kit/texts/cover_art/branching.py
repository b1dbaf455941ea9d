"""Trees that grow toward points they can sense (space colonisation), drawn as a few smooth paths."""

import math
import random
from dataclasses import dataclass
from itertools import pairwise

from kit.texts.cover_art.sheet import Point, spot

TRUNK_STEPS = 8
FARTHEST_REACH = 900
MOST_NODES = 520
LONGEST_CHAIN = 12
SHORTEST_TWIG = 3
THICKNESS_EXPONENT = 2.1  # Murray's law: a limb is as thick as what it carries
STROKES = (1.8, 2.6, 3.7, 5.2, 7.2, 10, 14, 19)


@dataclass
class Tree:
    nodes: list[Point]
    parents: list[int]

    def add(self, parent: int, direction: float, step: float) -> None:
        x, y = self.nodes[parent]
        self.nodes.append((x + math.cos(direction) * step, y + math.sin(direction) * step))
        self.parents.append(parent)


def cloud(rng: random.Random, *, count: int, centre: Point, radii: Point) -> list[Point]:
    """Points spread evenly over an ellipse."""
    points = []
    for _ in range(count):
        angle, distance = rng.uniform(0, math.tau), math.sqrt(rng.random())
        points.append(
            (centre[0] + math.cos(angle) * distance * radii[0], centre[1] + math.sin(angle) * distance * radii[1])
        )
    return points


def grow(
    rng: random.Random, *, root: Point, heading: float, goals: list[Point], step: float, reach: float, kill: float
) -> Tree:
    """Each round every goal pulls its nearest node; a goal that was reached pulls no more."""
    tree = Tree([root], [-1])
    for _ in range(TRUNK_STEPS):
        tree.add(len(tree.nodes) - 1, heading, step)
    while goals and len(tree.nodes) < MOST_NODES:
        pulls = _pulls(tree.nodes, goals, reach)
        if not pulls:
            reach *= 1.35
            if reach > FARTHEST_REACH:
                break
            continue
        for node, (x, y) in pulls.items():
            wobble = rng.uniform(-0.34, 0.34)
            tree.add(node, math.atan2(y, x) + wobble, step)
        fresh = tree.nodes[-len(pulls) :]
        goals = [goal for goal in goals if _is_away_from(goal, fresh, kill)]
    return tree


def draw(tree: Tree, *, colour: str, trunk: float, finest: float = 1.2, dot: float = 6.0, css_class: str = "p") -> str:
    """Chains of nodes as smooth paths, gathered by thickness; a dot at every tip."""
    children = _children_without_thorns(tree)
    flow = _flow(tree, children)
    by_stroke: dict[float, list[str]] = {}
    tips: list[Point] = []
    stack = [(0, child) for child in children.get(0, ())]
    while stack:
        start, second = stack.pop()
        chain = _chain(start, second, children)
        tail = chain[-1]
        width = max(finest, trunk * (flow[second] / flow[0]) ** 0.9)
        stroke = min((finest, *STROKES), key=lambda stroke, width=width: abs(stroke - width))
        by_stroke.setdefault(stroke, []).append(_smooth(chain, tree.nodes))
        following = children.get(tail, ())
        if not following:
            tips.append(tree.nodes[tail])
        stack.extend((tail, child) for child in following)
    paths = [
        f'<path d="{"".join(parts)}" stroke-width="{_number(stroke)}"/>'
        for stroke, parts in sorted(by_stroke.items(), reverse=True)
    ]
    if tips:
        dots = "".join(f"M{spot(tip)}h0" for tip in tips)
        paths.append(f'<path d="{dots}" stroke-width="{_number(dot)}"/>')
    return (
        f'<g fill="none" stroke="{colour}" stroke-linecap="round" stroke-linejoin="round" '
        f'class="{css_class}">{"".join(paths)}</g>'
    )


def _pulls(nodes: list[Point], goals: list[Point], reach: float) -> dict[int, list[float]]:
    pulls: dict[int, list[float]] = {}
    for x, y in goals:
        nearest, distance = -1, reach * reach
        for index, (node_x, node_y) in enumerate(nodes):
            squared = (x - node_x) ** 2 + (y - node_y) ** 2
            if squared < distance:
                nearest, distance = index, squared
        if nearest >= 0:
            length = math.sqrt(distance) or 1
            pull = pulls.setdefault(nearest, [0.0, 0.0])
            pull[0] += (x - nodes[nearest][0]) / length
            pull[1] += (y - nodes[nearest][1]) / length
    return pulls


def _is_away_from(goal: Point, nodes: list[Point], distance: float) -> bool:
    return all((goal[0] - x) ** 2 + (goal[1] - y) ** 2 > distance * distance for x, y in nodes)


def _children_without_thorns(tree: Tree) -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for index, parent in enumerate(tree.parents):
        if parent >= 0:
            children.setdefault(parent, []).append(index)
    way_to_tip = [0] * len(tree.nodes)
    for index in range(len(tree.nodes) - 1, 0, -1):
        parent = tree.parents[index]
        way_to_tip[parent] = max(way_to_tip[parent], way_to_tip[index] + 1)
    return {
        index: [child for child in own if way_to_tip[child] >= SHORTEST_TWIG or len(own) == 1]
        for index, own in children.items()
    }


def _flow(tree: Tree, children: dict[int, list[int]]) -> list[float]:
    flow = [0.0] * len(tree.nodes)
    for index in range(len(tree.nodes) - 1, -1, -1):
        carried = sum(flow[child] ** THICKNESS_EXPONENT for child in children.get(index, ()))
        flow[index] = carried ** (1 / THICKNESS_EXPONENT) or 1.0
    return flow


def _chain(start: int, second: int, children: dict[int, list[int]]) -> list[int]:
    chain = [start, second]
    while len(children.get(chain[-1], ())) == 1 and len(chain) < LONGEST_CHAIN:
        chain.append(children[chain[-1]][0])
    return chain


def _smooth(chain: list[int], nodes: list[Point]) -> str:
    """Quadratic curves through midpoints, so that every control point lands on the next node."""
    points = [nodes[chain[0]], *(nodes[index] for index in chain[2:-1:2]), nodes[chain[-1]]]
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairwise(points)]
    path = f"M{spot(points[0])}"
    if len(points) > 2:
        path += f"L{spot(middles[0])}Q{spot(points[1])} {spot(middles[1])}"
        path += "".join(f"T{spot(middle)}" for middle in middles[2:])
    return f"{path}L{spot(points[-1])}"


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
