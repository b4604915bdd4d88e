"""Postpones the garbage collector while a program starts: nearly everything that imports make stays for ever."""

import gc


def postpone_collection() -> None:
    """Let a start go on without looking for garbage; about 15 % of its CPU time (bench/start.py)."""
    gc.disable()


def resume_collection() -> None:
    """Collect once, then leave alone for good what is there by now; does nothing unless postponed."""
    if gc.isenabled():
        return
    gc.collect()
    gc.freeze()  # code and classes: every later full collection would walk them in vain
    gc.enable()
