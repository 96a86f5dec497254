const space = /[ \t\r\n]*/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/y;
/** Whatever may stand in a text as it is: from the space on, all but the quote and the backslash. */
const plain = /[ !#-[\]-\uffff]*/y;
const escape = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y;

/** What may come next. `firstKey` and `firstItem` follow an opening bracket, which may also close at once. */
type Wanted = 'value' | 'firstItem' | 'firstKey' | 'key' | 'colon' | 'next' | 'end';
const words: Record<Wanted, string> = {
  value: 'a value', firstItem: 'a value or ]', firstKey: 'a name in double quotes or }', key: 'a name in double quotes', colon: 'a colon', next: 'a comma or the end of the list or object', end: 'the end',
};

/** Where a text stops being JSON, and what should be there, as a sentence that repeats nothing of the text; undefined when it is JSON. The parser of the platform says the place only sometimes. */
export function findJsonFault(text: string): string | undefined {
  const open: ('{' | '[')[] = [];
  let at = 0;
  let wanted = 'value' as Wanted;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const say = (what: string): string => {
    const before = text.slice(0, at).split('\n');
    return `${what}, at line ${before.length}, column ${before.at(-1)!.length + 1}`;
  };
  const afterValue = (): Wanted => (open.length === 0 ? 'end' : 'next');
  for (;;) {
    skip(space);
    if (at >= text.length) return wanted === 'end' ? undefined : say(`it ends where ${words[wanted]} is expected`);
    const letter = text[at]!;
    const isOfObject = open.at(-1) === '{';
    if (letter === '"' && /^(?:value|firstItem|firstKey|key)$/.test(wanted)) {
      const fault = skipString();
      if (fault !== undefined) return say(fault);
      wanted = wanted === 'key' || wanted === 'firstKey' ? 'colon' : afterValue();
    } else if ((wanted === 'value' || wanted === 'firstItem') && (letter === '{' || letter === '[')) {
      at++;
      open.push(letter);
      wanted = letter === '{' ? 'firstKey' : 'firstItem';
    } else if ((wanted === 'value' || wanted === 'firstItem') && skip(scalar)) wanted = afterValue();
    else if ((letter === '}' && isOfObject && (wanted === 'next' || wanted === 'firstKey')) || (letter === ']' && !isOfObject && (wanted === 'next' || wanted === 'firstItem'))) {
      at++;
      open.pop();
      wanted = afterValue();
    } else if (letter === ',' && wanted === 'next') {
      at++;
      wanted = isOfObject ? 'key' : 'value';
    } else if (letter === ':' && wanted === 'colon') {
      at++;
      wanted = 'value';
    } else return say(`${words[wanted]} is expected`);
  }

  function skipString(): string | undefined {
    const from = at++;
    for (;;) {
      skip(plain);
      if (text[at] === '"') {
        at++;
        return undefined;
      }
      if (at >= text.length) {
        at = from;
        return 'a text begins that does not end';
      }
      if (!skip(escape)) return text[at] === '\\' ? 'an escape that JSON does not know' : 'a control character that must be escaped';
    }
  }
}
