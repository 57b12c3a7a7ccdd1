"""Where exceptions go that a callback raised and nobody set a handler for: to sys.unraisablehook."""

from __future__ import annotations

import sys
import traceback
from types import SimpleNamespace
from typing import Any, Callable


def report(exception: BaseException, callback: object) -> None:
    hook: Callable[[Any], object] = sys.unraisablehook
    if hook is sys.__unraisablehook__:
        # The built-in hook takes only a type that Python programs cannot make.
        print(f"Exception ignored in nodenet callback {callback!r}:", file=sys.stderr)
        traceback.print_exception(type(exception), exception, exception.__traceback__)
        return
    hook(
        SimpleNamespace(
            exc_type=type(exception),
            exc_value=exception,
            exc_traceback=exception.__traceback__,
            err_msg="Exception ignored in nodenet callback",
            object=callback,
        )
    )
