import builtins
import linecache
import sys
import traceback


def refuse(*arguments, **options):
    raise SystemError("patched")


traceback.extract_tb = traceback.walk_tb = traceback.StackSummary.extract = refuse
traceback.TracebackException.__init__ = traceback.TracebackException.format = refuse
linecache.getline = linecache.getlines = builtins.print = refuse
sys.setrecursionlimit(60)
sys.settrace(lambda *_: None)
sys.stderr = sys.stdout = None
raise ValueError("still told")
