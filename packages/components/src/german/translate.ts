/** English sentences of others, with `{}` where something is named, and the German ones, with `{0}`, `{1}` for what is named. */
export type Sentences = Readonly<Record<string, string>>;

/** So many sentences in a row, each of ours, are looked for in one text. */
const bordersLimit = 12;
/** What is drawn is drawn again and again. */
const knownLimit = 1_000;

/**
 * Turns texts into German that are made of `sentences`: one alone, several in a row, or one behind a colon.
 * What a sentence names is turned too where it is one itself, or one of `words`; all else, the words of Python above all, stays as it is. A text may be hostile: nothing in here takes longer than its length allows.
 */
export function createTranslator(sentences: Sentences, words: Sentences): (text: string) => string {
  const [ours, named] = [compile(sentences), compile(words)];

  const read = (text: string, depth = 0): string | undefined => (depth > bordersLimit ? undefined : alone(text, depth) ?? inRow(text, depth) ?? behind(text, depth));

  const alone = (text: string, depth: number, { exact, rules } = ours): string | undefined => {
    const whole = exact.get(text) ?? exact.get(text.charAt(0).toLowerCase() + text.slice(1));
    if (whole !== undefined) return whole;
    for (const { pieces, german } of rules) {
      const values = match(pieces, text);
      if (values) return german.replaceAll(/\{(\d)\}/g, (_, index: string) => within(values[Number(index)]!, depth + 1));
    }
    return undefined;
  };
  const inRow = (text: string, depth: number): string | undefined => {
    for (const { index } of [...text.matchAll(/(?<=[.?]) (?=\S)/g)].slice(0, bordersLimit)) {
      const first = alone(text.slice(0, index), depth + 1);
      if (first !== undefined) return `${first} ${within(text.slice(index + 1), depth + 1)}`;
    }
    return undefined;
  };
  const behind = (text: string, depth: number): string | undefined => {
    const border = text.indexOf(': ');
    if (border === -1) return undefined;
    const [lead, rest] = [text.slice(0, border), text.slice(border + 2)];
    const [newLead, newRest] = [within(lead, depth + 1), read(rest, depth + 1)];
    return newLead === lead && newRest === undefined ? undefined : `${newLead}: ${newRest ?? rest}`;
  };
  const within = (text: string, depth: number): string => {
    const bare = text.trim();
    const said = bare === '' || depth > bordersLimit ? undefined : alone(bare, depth) ?? alone(bare, depth, named) ?? read(bare, depth);
    return said === undefined ? text : text.replace(bare, () => said);
  };
  const known = new Map<string, string>();
  return (text) => {
    if (known.size >= knownLimit) known.clear();
    const said = known.get(text) ?? read(text) ?? text;
    known.set(text, said);
    return said;
  };
}

interface Compiled { readonly exact: ReadonlyMap<string, string>; readonly rules: readonly { readonly pieces: readonly string[]; readonly german: string }[] }

function compile(sentences: Sentences): Compiled {
  const all = Object.entries(sentences);
  const rules = all.filter(([english]) => english.includes('{}')).map(([english, german]) => ({ pieces: english.split('{}'), german }));
  const letters = ({ pieces }: typeof rules[number]): number => pieces.join('').length;
  // Of two that fit, the one that says more by itself.
  return { exact: new Map(all), rules: rules.toSorted((one, other) => letters(other) - letters(one)) };
}

/** What stands between the pieces of a sentence; undefined when it is not that sentence. */
function match(pieces: readonly string[], text: string): string[] | undefined {
  const [first, last] = [pieces[0]!, pieces.at(-1)!];
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return undefined;
  const named: string[] = [];
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const at = text.indexOf(piece, from);
    if (at === -1) return undefined;
    named.push(text.slice(from, at));
    from = at + piece.length;
  }
  const end = text.length - last.length;
  if (from > end) return undefined;
  named.push(text.slice(from, end));
  return named;
}
