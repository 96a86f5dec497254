/** Of a module that fails at its import, as Python writes it into a log. */
export const traceback = [
  'Traceback (most recent call last):',
  '  File "main.py", line 4, in <module>',
  '    importlib.import_module("prices")',
  '    ~~~~~~~~~~~~~~~~~~~~~~~^^^^^^^^^^',
  '  File "/usr/lib/python3.13/importlib/__init__.py", line 88, in import_module',
  '    return _bootstrap._gcd_import(name[level:], package, level)',
  '           ~~~~~~~~~~~~~~~~~~~~~~^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
  '  File "<frozen importlib._bootstrap>", line 1387, in _gcd_import',
  '  File "<frozen importlib._bootstrap_external>", line 1026, in exec_module',
  '  File "prices.py", line 1, in <module>',
  '    1 / 0',
  'ZeroDivisionError: division by zero',
];
