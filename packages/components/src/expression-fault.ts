/** What is wrong with a regular expression, and with which part of it. */
export interface ExpressionFault {
  readonly fault: 'unclosed' | 'unopened' | 'nothing' | 'order' | 'unknown' | 'lone' | 'end';
  readonly part: string;
}

const group = /^\((?:\?(?:[:=!]|<[=!]|<[^=!>][^>]*>))?/u;

/** Of an expression that JavaScript's `u` mode does not take: every engine says why in words of its own, and in English. Undefined where the reason is none of the common ones. */
export function faultOf(expression: string): ExpressionFault | undefined {
  const open: boolean[] = [];
  let mayRepeat = false;
  for (let at = 0; at < expression.length; ) {
    const rest = expression.slice(at);
    const first = rest[0]!;
    let part = /^./su.exec(rest)![0];
    if (first === '\\') {
      if (rest.length === 1) return { fault: 'end', part };
      part = /^\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|k<[^>]*>|[1-9]\d*|.)/su.exec(rest)![0];
      if (!/^\\[1-9k]/.test(part) && !isExpression(part)) return { fault: 'unknown', part };
      mayRepeat = !/^\\[bB]/.test(part);
    } else if (first === '[') {
      const set = /^\[(?:\\.|[^\\\]])*\]/su.exec(rest);
      if (!set) return { fault: 'unclosed', part };
      part = set[0];
      if (!isExpression(part)) return { fault: /\\[dDwWsSpP]/.test(part) || !isExpression(part.replaceAll('-', '\\-')) ? 'unknown' : 'order', part };
      mayRepeat = true;
    } else if (first === '(') {
      part = group.exec(rest)![0];
      if (part === '(' && rest[1] === '?') return { fault: 'unknown', part: rest.slice(0, 3) };
      open.push(!/[=!]$/.test(part));
      mayRepeat = false;
    } else if (first === ')') {
      if (open.length === 0) return { fault: 'unopened', part };
      mayRepeat = open.pop()!;
    } else if (/[*+?{]/.test(first)) {
      const repeat = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})/.exec(rest);
      if (!repeat) return { fault: 'lone', part };
      if (!mayRepeat) return { fault: 'nothing', part: repeat[0] };
      if (repeat[2] && Number(repeat[2]) < Number(repeat[1])) return { fault: 'order', part: repeat[0] };
      part = repeat[0] + (rest[repeat[0].length] === '?' ? '?' : '');
      mayRepeat = false;
    } else if (first === '}' || first === ']') return { fault: 'lone', part };
    else mayRepeat = !/[|^$]/.test(first);
    at += part.length;
  }
  return open.length > 0 ? { fault: 'unclosed', part: '(' } : undefined;
}

function isExpression(text: string): boolean {
  try { return Boolean(new RegExp(text, 'u')); } catch { return false; }
}
