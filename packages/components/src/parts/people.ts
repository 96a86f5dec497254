import type { Person } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { addEnglish } from '../catalogues.ts';
import { formatNumber } from '../format.ts';
import * as icons from '../icons.ts';
import type { Strings } from '../strings.ts';
import { peopleEnglish } from '../strings/people.ts';

addEnglish(peopleEnglish);

/** More than these are a number: a tooltip is read, not searched. */
const namedMost = 10;

/** Who else looks at each file, in words. */
export function peopleByFile(people: readonly Person[], strings: Strings): ReadonlyMap<string, string> {
  const named = new Map<string, Set<string>>();
  for (const { path, subject } of people) if (path !== undefined) named.set(path, (named.get(path) ?? new Set()).add(subject));
  return new Map([...named].map(([path, subjects]) => [path, strings.peopleInFile([...subjects].slice(0, namedMost).join(', '))]));
}

/** Who else has the app open, each with the file that they look at. */
export function peopleMark(people: readonly Person[], strings: Strings, locale: string): TemplateResult | typeof nothing {
  const subjects = [...new Set(people.map(({ subject }) => subject))];
  if (subjects.length === 0) return nothing;
  const word = subjects.length === 1 ? strings.personHere(subjects[0]!) : strings.peopleHere(formatNumber(subjects.length, locale));
  const each = subjects.slice(0, namedMost).map((subject) => {
    const paths = [...new Set(people.flatMap((person) => (person.subject === subject && person.path !== undefined ? [person.path] : [])))];
    return paths.length > 0 ? `${subject}: ${paths.join(', ')}` : subject;
  });
  return html`<span class="people" part="people" title=${each.join('\n')}>${icons.person}<span class="word truncate">${word}</span><span class="visually-hidden">${each.join('; ')}</span></span>`;
}
