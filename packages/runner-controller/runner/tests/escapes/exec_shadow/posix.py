"""Never imported: the built-in module wins, and with it what a list of local names would let through."""
