import { printParseErrorCode, visit } from 'jsonc-parser';

const words: Record<string, string> = {
  InvalidSymbol: 'a word or a sign that JSON does not know',
  InvalidNumberFormat: 'a number that JSON does not know',
  PropertyNameExpected: 'a name in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected',
  CommaExpected: 'a comma is expected',
  CloseBraceExpected: 'a comma or } is expected',
  CloseBracketExpected: 'a comma or ] is expected',
  EndOfFileExpected: 'the end is expected',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfString: 'a text does not end',
  InvalidUnicode: 'an escape that JSON does not know',
  InvalidEscapeCharacter: 'an escape that JSON does not know',
  InvalidCharacter: 'a control character that must be escaped',
};

/** Where a text that is no JSON stops being it, and what should be there, as a sentence that repeats nothing of the text; undefined where it cannot be said. The platform's own parser says the place only sometimes, and repeats the text. */
export function findJsonFault(text: string): string | undefined {
  let first: string | undefined;
  visit(text, {
    onError(code, _offset, _length, line, character) {
      first ??= `${words[printParseErrorCode(code)] ?? 'something else is expected'}, at line ${line + 1}, column ${character + 1}`;
    },
  }, { disallowComments: true });
  return first;
}
