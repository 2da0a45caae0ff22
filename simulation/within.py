"""How numba compiles what only other compiled code calls: typed and lowered, but optimised and emitted with its caller.

numba makes of every function that compiled code calls a library of its own, with entries for Python and for C,
optimises it and emits its machine code; then the caller takes the same code in and does it all again. For some three
hundred boxes and phases that was two thirds of the time to compile. Here a function keeps both ways: called from Python
(tests, benchmarks) it is an ordinary numba function, called from compiled code it is handed to its caller as it was
lowered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.core import types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.registry import CPUDispatcher
from numba.core.typed_passes import NativeLowering


class Unfinished(JITCodeLibrary):
    """Code that is linked into a caller's, which will be optimised and emitted as a whole."""

    def finalize(self) -> None:
        """Take in what is called; leave all else to the caller."""
        for library in dict.fromkeys(self._linking_libraries):
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class Lowering(NativeLowering):
    """Lower a function without entries for Python and C."""

    _name = "lowering_within"

    def run_pass(self, state: Any) -> bool:
        """Lower, and tell callers where the code is."""
        state.library = Unfinished(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        state.flags.no_cpython_wrapper = True
        state.flags.no_cfunc_wrapper = True
        NativeLowering.run_pass(self, state)
        entry = object()  # what callers know the function by
        state.targetctx.insert_user_function(entry, state.cr.fndesc, [state.library])
        state.cr = state.cr._replace(cfunc=entry)
        return True


class Compiler(CompilerBase):
    """numba's own steps, with that lowering."""

    def define_pipelines(self) -> list[Any]:
        """The one pipeline."""
        steps = DefaultPassBuilder.define_nopython_pipeline(self.state)
        steps.passes = [(Lowering if step is NativeLowering else step, words) for step, words in steps.passes]
        steps.finalize()
        return [steps]


class Within(CPUDispatcher):
    """A function as compiled code calls it; Python never does."""

    def add_overload(self, result: Any) -> None:
        """Keep the result for callers."""
        self.overloads[tuple(result.signature.args)] = result

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """One compilation for all whole numbers, not one for each that is written in a caller."""
        plain = tuple(types.unliteral(kind) for kind in args)
        return super().get_call_template(plain, {name: types.unliteral(kind) for name, kind in kws.items()})


class Part(CPUDispatcher):
    """A large piece of a driver, finished and kept on its own; `compiling_beside` may be at it in another process."""

    when_made: Callable[[str], None] | None = None  # waits until that process has made it, or gave up

    def compile(self, sig: Any) -> Any:
        """What another process made is found in the cache folder; else, it is made here."""
        if Part.when_made is not None and not self.overloads:
            Part.when_made(self.py_func.__name__)
        return super().compile(sig)


class Function(CPUDispatcher):
    """An ordinary numba function to Python; to compiled code, one that is compiled with its caller."""

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]):
        super().__init__(function, targetoptions=dict(options))
        self._within = Within(function, targetoptions=dict(options), pipeline_class=Compiler)

    @property
    def _numba_type_(self) -> Any:
        return types.Dispatcher(self._within)
