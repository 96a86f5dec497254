/** One stage of a Dockerfile: what it begins with, and its steps. */
export interface Stage { name: string; from: string; steps: Step[] }
export type Step =
  | { do: 'RUN'; command: string }
  | { do: 'COPY'; from?: string; sources: string[]; to: string }
  | { do: 'ENV'; values: Record<string, string> }
  | { do: 'WORKDIR'; folder: string }
  | { do: 'USER'; user: string }
  | { do: 'CMD'; command: string[] };

/** The stages of a Dockerfile in its order, with the defaults of its ARGs put in. Throws for an instruction that is not known here. */
export function parseDockerfile(text: string): Stage[] {
  const args = new Map<string, string>();
  const stages: Stage[] = [];
  for (const line of joinLines(text)) {
    const [, word, rest] = /^(\S+)\s+(.*)$/s.exec(line) ?? [];
    if (word === 'ARG') {
      const [name, value] = splitAt(rest!, '=');
      args.set(name, value);
    } else if (word === 'FROM') {
      const [, from, name] = /^(\S+) AS (\S+)$/.exec(rest!) ?? [];
      if (!from) throw new Error(`a stage without a name: ${line}`);
      stages.push({ name: name!, from: from.replace(/\$\{(\w+)\}/g, (_, arg: string) => args.get(arg) ?? ''), steps: [] });
    } else if (word !== 'EXPOSE') stages.at(-1)!.steps.push(parseStep(word!, rest!, line));
  }
  return stages;
}

function parseStep(word: string, rest: string, line: string): Step {
  switch (word) {
    case 'RUN': return { do: 'RUN', command: rest };
    case 'WORKDIR': return { do: 'WORKDIR', folder: rest };
    case 'USER': return { do: 'USER', user: rest };
    case 'CMD': return { do: 'CMD', command: JSON.parse(rest) as string[] };
    case 'ENV': return { do: 'ENV', values: Object.fromEntries(rest.split(' ').map((pair) => splitAt(pair, '='))) };
    case 'COPY': {
      const [, from, paths] = /^(?:--from=(\S+) )?(.*)$/.exec(rest)!;
      const sources = paths!.split(' ');
      return { do: 'COPY', ...(from ? { from } : {}), sources: sources.slice(0, -1), to: sources.at(-1)! };
    }
    default: throw new Error(`cannot do this step: ${line}`);
  }
}

/** Without comments, and with continued lines in one. */
const joinLines = (text: string): string[] => text.replace(/^\s*#.*\n/gm, '').replace(/\\\n/g, ' ').split('\n').map((line) => line.trim()).filter(Boolean);

function splitAt(text: string, sign: string): [string, string] {
  const at = text.indexOf(sign);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** What `tar` is told to leave out, from a .dockerignore that names everything, what is wanted after all, and names at any depth. */
export function parseIgnore(text: string): { wanted: string[]; excluded: string[] } {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#') && line !== '*');
  const wanted = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const excluded = lines.filter((line) => line.startsWith('**/')).map((line) => line.slice(3));
  if (wanted.length + excluded.length !== lines.length) throw new Error('the .dockerignore holds a line that is neither !name nor **/name');
  return { wanted, excluded };
}
