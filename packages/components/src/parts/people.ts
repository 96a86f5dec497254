import type { OtherPage } from '@fapi/sdk/workspace';
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

/** Where each of them is; the reader's own other tabs come last, and as nobody's name. */
function pathsByPerson(people: readonly OtherPage[], self: string): ReadonlyMap<string, ReadonlySet<string>> {
  const paths = new Map<string, Set<string>>();
  for (const { subject, path, isOwn } of people.toSorted((a, b) => Number(a.isOwn) - Number(b.isOwn))) {
    const name = isOwn ? self : subject;
    const known = paths.get(name) ?? new Set();
    if (path !== undefined) known.add(path);
    paths.set(name, known);
  }
  return paths;
}

/** Who else looks at each file, in words. */
export function peopleByFile(people: readonly OtherPage[], strings: Strings): ReadonlyMap<string, string> {
  const named = new Map<string, string[]>();
  for (const [name, paths] of pathsByPerson(people, strings.selfName)) for (const path of paths) named.set(path, [...(named.get(path) ?? []), name]);
  return new Map([...named].map(([path, names]) => [path, strings.peopleInFile(names.slice(0, namedMost).join(', '))]));
}

/** Who else has the app open, each with the file that they look at. */
export function peopleMark(people: readonly OtherPage[], strings: Strings, locale: string): TemplateResult | typeof nothing {
  if (people.length === 0) return nothing;
  const others = [...new Set(people.flatMap(({ subject, isOwn }) => (isOwn ? [] : [subject])))];
  const word = others.length === 0 ? strings.selfHere : others.length === 1 ? strings.personHere(others[0]!) : strings.peopleHere(formatNumber(others.length, locale));
  const each = [...pathsByPerson(people, strings.selfHere)].slice(0, namedMost).map(([name, paths]) => (paths.size > 0 ? `${name}: ${[...paths].join(', ')}` : name));
  return html`<span class="people" part="people" title=${each.join('\n')}>${icons.person}<span class="word truncate">${word}</span><span class="visually-hidden">${each.join('; ')}</span></span>`;
}
