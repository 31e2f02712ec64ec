"""The sandboxed child: ``python -m journeys.child``. Order on standard input, answer in a file, no Django, no network.

It is confined before it reads a byte of the file; the progress file tells the parent where it is.
"""

import json
import sys
import threading
from pathlib import Path
from typing import Any

from journeys.confinement import Limits, confine


def main() -> None:
    """Take the file of the order; ``answer.json`` appears, whole, when the work is done."""
    order_data = json.load(sys.stdin)
    confine(Limits(**order_data.pop("limits")))
    from journeys.orders import Order  # only now: parsers are loaded inside the limits

    order = Order.of_json(order_data)
    from journeys.preparing import prepare, taken_in

    act = prepare if order.dry else taken_in
    taken = act(order, _Teller(order.work / "progress.json").tell)
    _write(order.work / "answer.json", vars(taken))


class _Teller:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.lock = threading.Lock()

    def tell(self, step: str, rows: int, total: int | None = None) -> None:
        with self.lock:
            _write(self.file, {"step": step, "rows": rows, "total": total})


def _write(file: Path, data: dict[str, Any]) -> None:
    aside = file.with_suffix(".part")
    aside.write_text(json.dumps(data), encoding="utf-8")
    aside.replace(file)


if __name__ == "__main__":
    main()
