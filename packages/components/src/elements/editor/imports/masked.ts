const strings = /(?:\b[rRbBuUfF]{1,2})?("""|'''|"|')|#[^\n]*/g;

/** Python with blanks in the place of what is in its strings and comments: the same length, the same lines. */
export function maskedPython(text: string): string {
  let masked = '';
  let at = 0;
  strings.lastIndex = 0;
  for (let found = strings.exec(text); found; found = strings.exec(text)) {
    const end = found[1] === undefined ? found.index + found[0].length : endOf(text, found.index + found[0].length, found[1]);
    masked += text.slice(at, found.index) + text.slice(found.index, end).replaceAll(/[^\n]/g, ' ');
    at = end;
    strings.lastIndex = end;
  }
  return masked + text.slice(at);
}

/** Behind the string that has begun before `from`; one of one line ends with it. */
function endOf(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text.startsWith(quote, at)) return at + quote.length;
    else if (text[at] === '\n' && quote.length === 1) return at;
  }
  return text.length;
}
