import { isDeepStrictEqual } from 'node:util';
import type { ChangeReason } from '@fapi/sdk/contract';
import { type Comparison, cut, type Direction } from './comparison.ts';
import { entriesOf, type Part, resolve } from './document.ts';
import { accessOf, type Operation } from './operations.ts';
import { compareSchemas } from './schema.ts';

/** What changed of one route for those who call it; words for people are no change. */
export function compareOperations(from: Part, to: Part, before: Operation, after: Operation, known: Pick<Comparison, 'left' | 'unchanged'>): ChangeReason[] {
  const reasons: ChangeReason[] = [];
  const tell = (isBreaking: boolean, message: string): void => void reasons.push({ isBreaking, message });
  const compare = (direction: Direction, former: unknown, next: unknown, place: string): void => compareSchemas({ from, to, direction, reasons, seen: new Set(), ...known }, former, next, place);

  compareAccess(accessOf(from, before.operation), accessOf(to, after.operation), tell);
  compareParameters(before, after, tell, compare);
  compareBodies(resolve(from, before.operation['requestBody']), resolve(to, after.operation['requestBody']), tell, compare);
  compareAnswers(entriesOf(before.operation['responses']), entriesOf(after.operation['responses']), { from, to, tell, compare });
  if (before.operation['deprecated'] !== true && after.operation['deprecated'] === true) tell(false, 'it is deprecated now');
  return reasons;
}

type Tell = (isBreaking: boolean, message: string) => void;
type Compare = (direction: Direction, former: unknown, next: unknown, place: string) => void;

function compareAccess(before: readonly string[][], after: readonly string[][], tell: Tell): void {
  const list = (alternatives: readonly string[][]): string => alternatives.map((names) => names.join(' and ')).join(' or ');
  if (list(before) === list(after)) return;
  if (after.length === 0) return tell(false, 'it needs no authentication any more');
  const isStillEnough = before.length > 0 && before.every((had) => after.some((needed) => needed.every((name) => had.includes(name))));
  tell(!isStillEnough, before.length === 0 ? `it needs authentication by ${list(after)}` : `it needs authentication by ${list(after)} instead of ${list(before)}`);
}

function compareParameters({ parameters: before }: Operation, { parameters: after }: Operation, tell: Tell, compare: Compare): void {
  for (const [key, former] of before) {
    const next = after.get(key);
    if (!next) {
      tell(false, `${former.place} is no longer read`);
      continue;
    }
    if (former.isRequired !== next.isRequired) tell(next.isRequired, next.isRequired ? `${next.place} is required now` : `${next.place} is no longer required`);
    const told = (value: unknown): string => cut(JSON.stringify(value) ?? 'nothing');
    if (!next.isRequired && !isDeepStrictEqual(former.default, next.default)) tell(false, `${next.place} is ${told(next.default)} by default instead of ${told(former.default)}`);
    compare('request', former.schema, next.schema, next.place);
  }
  for (const [key, { place, isRequired }] of after) if (!before.has(key)) tell(isRequired, isRequired ? `${place} is new and required` : `${place} is new`);
}

function compareBodies(before: Part, after: Part, tell: Tell, compare: Compare): void {
  const [former, next] = [entriesOf(before['content']), entriesOf(after['content'])];
  const isRequired = after['required'] === true;
  if (former.size === 0 && next.size > 0) return tell(isRequired, isRequired ? 'a body is new and required' : 'a body is new');
  if (former.size > 0 && next.size === 0) return tell(false, 'a body is no longer read');
  if (isRequired !== (before['required'] === true)) tell(isRequired, isRequired ? 'the body is required now' : 'the body is no longer required');
  for (const [type, content] of former) {
    if (!next.has(type)) tell(true, `a body of ${type} is no longer taken`);
    else compare('request', schemaOf(content), schemaOf(next.get(type)), 'body');
  }
  for (const type of next.keys()) if (!former.has(type)) tell(false, `a body of ${type} is taken now`);
}

const schemaOf = (content: unknown): unknown => entriesOf(content).get('schema') ?? {};
const isSuccess = (status: string): boolean => /^[123]/.test(status);

function compareAnswers(before: Map<string, unknown>, after: Map<string, unknown>, { from, to, tell, compare }: { from: Part; to: Part; tell: Tell; compare: Compare }): void {
  const fresh = [...after.keys()].filter((status) => !before.has(status));
  for (const [status, value] of before) {
    if (!after.has(status)) {
      const instead = isSuccess(status) ? fresh.filter(isSuccess).join(' or ') : '';
      tell(isSuccess(status), instead === '' ? `it no longer answers ${status}` : `it no longer answers ${status}, but ${instead}`);
      continue;
    }
    const [former, next] = [entriesOf(resolve(from, value)['content']), entriesOf(resolve(to, after.get(status))['content'])];
    for (const [type, content] of former) {
      if (!next.has(type)) tell(isSuccess(status), `answer ${status} is no longer ${type}`);
      else compare('response', schemaOf(content), schemaOf(next.get(type)), `answer ${status}`);
    }
    for (const type of next.keys()) if (!former.has(type)) tell(false, `answer ${status} may be ${type}`);
  }
  for (const status of fresh) tell(false, `it may answer ${status}`);
}
