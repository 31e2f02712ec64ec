"""Every small fault of a module's source: one change each, of comparisons, arithmetic, constants, logic, statements."""

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.MatMult: ast.Add,
    ast.Mod: ast.Mult,
    ast.FloorDiv: ast.Mult,
}


@dataclass(frozen=True)
class Fault:
    """The line and nature of a change, and the source of the module with it."""

    line: int
    nature: str
    source: str


def faults(source: str) -> Iterator[Fault]:
    """Yield every fault, in order of the source."""
    tree = ast.parse(source)
    for number, node in enumerate(ast.walk(tree)):
        if not _spared(node):
            for nature, change in _changes(node):
                copy = deepcopy(tree)
                target = next(other for place, other in enumerate(ast.walk(copy)) if place == number)
                change(target)
                yield Fault(getattr(node, "lineno", 0), nature, ast.unparse(ast.fix_missing_locations(copy)))


def _spared(node: ast.AST) -> bool:
    """What says nothing at run time: docstrings have no effect, __all__ and annotations are for readers."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _changes(node: ast.AST) -> Iterator[tuple[str, "Change"]]:
    if isinstance(node, ast.Compare):
        for place, sign in enumerate(node.ops):
            other = COMPARISONS[type(sign)]
            yield f"{type(sign).__name__} → {other.__name__}", Change("ops", other(), place)
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in ARITHMETIC:
        new = ARITHMETIC[type(node.op)]
        yield f"{type(node.op).__name__} → {new.__name__}", Change("op", new())
    elif isinstance(node, ast.BoolOp):
        swapped = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"{type(node.op).__name__} → {type(swapped).__name__}", Change("op", swapped)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"{node.value} → {not node.value}", Change("value", not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield f"{node.value} → {node.value + 1}", Change("value", node.value + 1)
        yield f"{node.value} → {node.value - 1}", Change("value", node.value - 1)
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        yield "condition negated", Change("test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "USub left out", Change("op", ast.UAdd())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "Not left out", Change("operand", ast.UnaryOp(ast.Not(), node.operand))
    elif isinstance(node, ast.Return) and node.value is not None:
        yield "returns None", Change("value", ast.Constant(None))
    yield from _removals(node)


def _removals(node: ast.AST) -> Iterator[tuple[str, "Change"]]:
    """Statements whose absence leaves valid source."""
    for name in ("body", "orelse"):
        block = getattr(node, name, None)
        if not isinstance(block, list) or isinstance(node, ast.Module | ast.ClassDef):
            continue
        for place, statement in enumerate(block):
            kinds = ast.Assign | ast.AugAssign | ast.Expr | ast.Raise | ast.Continue | ast.Break
            if isinstance(statement, kinds) and not _spared(statement):
                yield f"line {statement.lineno} left out", Change(name, ast.Pass(), place)


@dataclass(frozen=True)
class Change:
    """A field of a node, or one place of it, gets another value."""

    name: str
    value: object
    place: int | None = None

    def __call__(self, node: ast.AST) -> None:
        if self.place is None:
            setattr(node, self.name, self.value)
        else:
            getattr(node, self.name)[self.place] = self.value
