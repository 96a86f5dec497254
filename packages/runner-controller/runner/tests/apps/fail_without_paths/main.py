import pathlib

vars(pathlib).clear()
import pandas
