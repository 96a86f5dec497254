separators = " "
raise ValueError("on line 2")
