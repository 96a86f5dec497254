import type { Sentences } from '../translate.ts';

/** What the client says is wrong in a .env file that was pasted, behind the number of its line. */
export const dotenvSentences: Sentences = {
  'there is no = in this line': 'In dieser Zeile fehlt ein =',
  'there is no name before the =': 'Vor dem = fehlt der Name',
  'a name is made of letters, digits and _, and does not begin with a digit': 'Ein Name besteht aus Buchstaben ohne Umlaute, Ziffern und _ und beginnt nicht mit einer Ziffer',
  'a name has at most {} bytes': 'Ein Name hat höchstens {0} Bytes',
  'this quotation mark has no second one': 'Zu diesem Anführungszeichen fehlt das zweite',
  'there is more behind the second quotation mark of the value': 'Hinter dem zweiten Anführungszeichen des Werts steht noch etwas',
  '{} is there already, in line {}': '{0} gibt es schon, in Zeile {1}',
  '{} is set by the runner: choose another name': '{0} setzt der Runner: Wählen Sie einen anderen Namen',
  '{}: the value holds a NUL character or half of one': '{0}: Der Wert enthält ein NUL-Zeichen oder ein halbes Zeichen',
  '{}: the value has {} bytes of UTF-8, and {} are allowed': '{0}: Der Wert hat {1} Bytes in UTF-8, und {2} sind erlaubt',
};
