import { environmentLimits, isReservedName, type Issue, type VariableScope } from '@fapi/sdk/contract';
import { DomainError } from '../errors.ts';
import { byteLength } from '../code/files.ts';

/** A variable with its value, as it is only in memory. */
export interface PlainVariable { name: string; value: string; secret: boolean; scope: VariableScope }
/** A variable as it was sent: a secret may lack its value. */
export interface SentVariable { name: string; value?: string | undefined; secret: boolean; scope: VariableScope }

/** Gives each secret without a value the one it has; sorted by name and scope. Throws `environment_invalid` with every issue at once. No message holds a value. */
export function completeVariables(sent: readonly SentVariable[], former: readonly PlainVariable[]): PlainVariable[] {
  const issues: Issue[] = [];
  const seen = new Set<string>();
  const places = ({ name, scope }: SentVariable): string[] => (scope === 'both' ? ['live', 'draft'] : [scope]).map((place) => `${name} ${place}`);
  const variables = sent.map((variable, index) => {
    const { name, value, secret, scope } = variable;
    const at = `/variables/${index}`;
    if (places(variable).some((place) => seen.has(place))) issues.push({ path: `${at}/name`, message: `${name} is there twice` });
    for (const place of places(variable)) seen.add(place);
    if (name === '__proto__') issues.push({ path: `${at}/name`, message: '__proto__ cannot be a name here: choose another name' });
    if (isReservedName(name)) issues.push({ path: `${at}/name`, message: `${name} is set by the runner: choose another name` });
    const given = value ?? (secret ? findKept(variable, former) : undefined);
    if (given === undefined) issues.push({ path: `${at}/value`, message: `${name} ${!secret ? 'needs a value; it may be empty' : former.some((known) => known.secret && known.name === name) ? 'is a secret that this scope has not had: send its value again, or keep the scope' : 'is a new secret and needs a value'}` });
    const text = given ?? '';
    if (text.includes('\0')) issues.push({ path: `${at}/value`, message: `${name}: the value holds a NUL character` });
    if (!text.isWellFormed()) issues.push({ path: `${at}/value`, message: `${name}: the value holds half of a character (a lone surrogate)` });
    const used = byteLength(text);
    if (used > environmentLimits.valueBytes) issues.push({ path: `${at}/value`, message: `${name}: too many bytes of UTF-8`, used, limit: environmentLimits.valueBytes });
    return { name, value: text, secret, scope };
  });
  const total = variables.reduce((sum, { name, value }) => sum + byteLength(name) + byteLength(value), 0);
  if (variables.length > environmentLimits.variables) issues.push({ path: '/variables', message: 'too many variables', used: variables.length, limit: environmentLimits.variables });
  if (total > environmentLimits.totalBytes) issues.push({ path: '/variables', message: 'too many bytes of UTF-8, names and values together', used: total, limit: environmentLimits.totalBytes });
  if (issues.length > 0) throw new DomainError('environment_invalid', issues[0]!.message, { issues: issues.slice(0, 100) });
  return variables.toSorted((a, b) => (a.name === b.name ? (a.scope < b.scope ? -1 : 1) : a.name < b.name ? -1 : 1));
}

/** Never for more eyes than before: whoever edits reads the values of drafts, and a change of scope alone must not show them one that is live. */
const findKept = ({ name, scope }: SentVariable, former: readonly PlainVariable[]): string | undefined =>
  former.find((known) => known.secret && known.name === name && (known.scope === 'both' || known.scope === scope))?.value;

export function isSameEnvironment(a: readonly PlainVariable[], b: readonly PlainVariable[]): boolean {
  const text = (variables: readonly PlainVariable[]): string => JSON.stringify(variables.map(({ name, value, secret, scope }) => [name, value, secret, scope]));
  return text(a) === text(b);
}
