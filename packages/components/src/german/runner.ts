/** What the runner says of a failure by itself, not Python: a part of its sentence, and that part in German. test/words.node.ts holds them against the runner. */
const when: Readonly<Record<string, string>> = { checked: 'bei der Prüfung', imported: 'beim Importieren', starting: 'beim Start', running: 'im Betrieb' };
export const parts: readonly (readonly [RegExp, string])[] = [
  [/The app was not ready after ([\d.]+) s (.+?)\./, 'Die App war $2 nach $1 s nicht bereit.'],
  [/It (?:hung|is held) in (.+), line (\d+)\./, 'Sie hing in $1, Zeile $2.'],
  [/The event loop has stood still for ([\d.]+) s with (\d+) requests? in flight\./, 'Die Ereignisschleife steht seit $1 s still; offene Anfragen: $2.'],
  [/The process ended itself with code (\d+) (.+?)\./, 'Der Prozess hat sich $2 mit Code $1 selbst beendet.'],
  [/The process was ended by signal (\w+) (im Betrieb|bei\S* \S+)(?:, in (.+), line (\d+))?\./, 'Der Prozess wurde $2 durch das Signal $1 beendet.'],
  [/The process ended (im Betrieb|bei\S* \S+): (it was ended because it wrote into a socket of the runner)\./, 'Der Prozess wurde $1 beendet, weil er in einen Socket des Runners geschrieben hat.'],
  [/Leave alone the sockets that the app has not made itself\./, 'Sockets, die die App nicht selbst angelegt hat, unberührt lassen.'],
  [/(The project) could not be checked: (the checker was killed from outside, by the system or a person)\./, 'Das Projekt konnte nicht geprüft werden: Die Prüfung wurde von außen beendet, vom System oder von einem Menschen.'],
  [/(\S+) could not be checked: (the checker was killed from outside, by the system or a person)\./, '$1 konnte nicht geprüft werden: Die Prüfung wurde von außen beendet, vom System oder von einem Menschen.'],
  [/It is not to blame: check again\./, 'Daran liegt es nicht: noch einmal prüfen.'],
  [/The system ended the process (.+?): it ran out of memory\./, 'Das System hat den Prozess $1 beendet: Sein Speicher war aufgebraucht.'],
  [/The app ran out of memory: it had (.+) in use at most\./, 'Der Speicher der App war aufgebraucht: Sie belegte höchstens $1.'],
  [/It had (.+) in use at most\./, 'Er belegte höchstens $1.'],
  [/Its limit is (.+)\./, 'Die Grenze ist $1.'],
  [/(\S+ \S+) was not answered in ([\d.]+) s and is in (.+), line (\d+)\./, '$1 wurde in $2 s nicht beantwortet und steht in $3, Zeile $4.'],
  [/Move long work out of the module's top level: into the lifespan, a request or a task\./, 'Lange Arbeit gehört nicht auf die oberste Ebene des Moduls, sondern in den lifespan, eine Anfrage oder einen Task.'],
  [/Long work in `async def` keeps everybody waiting: make it a plain `def`, which runs in a thread\./, 'Lange Arbeit in `async def` lässt alle warten: Ein einfaches `def` läuft in einem Thread.'],
  [/Something called os\._exit\(\) or ended the process another way\./, 'Etwas hat os._exit() aufgerufen oder den Prozess anders beendet.'],
  [/The app did not end itself: the system or a person did, often for want of memory\./, 'Nicht die App hat sich beendet, sondern das System oder ein Mensch, oft weil Speicher fehlte.'],
  [/Add the variable (\w+) in the app's settings, or read it with os\.environ\.get\(\)\./, 'Variable $1 in den Einstellungen der App hinzufügen oder mit os.environ.get() lesen.'],
];

export function runnerSays(text: string): string {
  const told = text.replace(/while it was (\w+)/, (all, doing: string) => when[doing] ?? all);
  return parts.reduce((said, [part, german]) => said.replace(part, german), told);
}
