import type { AppFile, Diff, RequirementChange } from '@fapi/sdk/contract';
import { parse } from 'smol-toml';
import { compareNames } from './names.ts';

/** The files that say what an app asks for. */
export const requirementFiles = ['requirements.txt', 'pyproject.toml'] as const;
export interface Wanted { lock: string; files: readonly AppFile[] }

/** What the locks are, and which distributions are asked for differently. A file that cannot be read is named in `reason` and counts as empty. */
export function compareDependencies(from: Wanted, to: Wanted): Diff['dependencies'] {
  const problems: string[] = [];
  const [before, after] = [readRequirements(from.files, problems), readRequirements(to.files, problems)];
  const names = compareNames(before, after, (wanted) => wanted);
  const toChange = (name: string): RequirementChange => ({ name, ...(before.has(name) ? { from: before.get(name)! } : {}), ...(after.has(name) ? { to: after.get(name)! } : {}) });
  return {
    fromLock: from.lock, toLock: to.lock, ...(problems.length > 0 ? { reason: [...new Set(problems)].join('; ') } : {}),
    added: names.added.map(toChange), removed: names.removed.map(toChange), changed: names.changed.map(toChange),
  };
}

/** Normalized name to what is asked of it: extras, versions or address, and marker. A name that stands there twice has both, sorted. */
function readRequirements(files: readonly AppFile[], problems: string[]): Map<string, string> {
  const wanted = new Map<string, string[]>();
  for (const { path, content } of files) {
    const lines = path === 'requirements.txt' ? readLines(content) : path === 'pyproject.toml' ? readProject(content, problems) : [];
    for (const line of lines) {
      const [, name, rest] = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*((?:[[(<>=!~;@].*)?)$/s.exec(line) ?? [];
      if (name === undefined) continue;
      const key = name.toLowerCase().replaceAll(/[-_.]+/g, '-');
      const constraint = tidy(rest ?? '');
      const known = wanted.get(key) ?? [];
      if (!known.includes(constraint)) wanted.set(key, [...known, constraint].toSorted());
    }
  }
  return new Map([...wanted].map(([name, constraints]) => [name, constraints.join(' | ')]));
}

/** Neither spaces nor the order of the parts of a version are a change. */
function tidy(constraint: string): string {
  const [what = '', marker] = constraint.split(/;(.*)/s).map((part) => part.trim());
  const version = what.startsWith('@') ? what : what.replaceAll(/\s+/g, '').replace(/^(\[[^\]]*\])?\(?(.*?)\)?$/s, (_, extras: string | undefined, parts: string) => `${extras ?? ''}${parts.split(',').toSorted().join(',')}`);
  return marker ? `${version}; ${marker}` : version;
}

/** As pip reads it, without what only steers pip: options, hashes and other files. */
function readLines(content: string): string[] {
  return content.replaceAll(/\\\r?\n/g, ' ').split(/\r?\n/).map((line) => line.replace(/(^|\s)#.*$/, '').replaceAll(/\s--\S+(?:[ =]\S+)?/g, '').trim()).filter((line) => line !== '' && !line.startsWith('-'));
}

function readProject(content: string, problems: string[]): string[] {
  try {
    const { dependencies } = (parse(content)['project'] ?? {}) as { dependencies?: unknown };
    return Array.isArray(dependencies) ? dependencies.filter((line) => typeof line === 'string').map((line) => line.trim()) : [];
  } catch (error) {
    problems.push(`pyproject.toml cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    return [];
  }
}
