import { describe, expect, it } from 'vitest';
import { makeAnnouncement } from './announcement.ts';

const url = 'http://127.0.0.1:3000';
const held = (...names: string[]) => names.map((name) => ({ name, active: true }));

describe('what the demo says when it is there', () => {
  it('is where it is and how well apps are isolated', () => {
    const words = makeAnnouncement(url, { level: 3, layers: held('namespaces', 'cgroup') });
    expect(words).toContain(url);
    expect(words).toContain('Isolation 3 of 3: an app sees only its own files, network and processes');
    expect(words).not.toContain('Not to be had');
    expect(words).not.toContain('Deploy only');
  });

  it('names each layer that is missing, and why', () => {
    const words = makeAnnouncement(url, { level: 2, layers: [...held('landlock'), { name: 'namespaces', active: false, reason: 'unshare: Operation not permitted' }, { name: 'cgroup', active: false }] });
    expect(words).toContain('Not to be had here: namespaces (unshare: Operation not permitted), cgroup.');
    expect(words).not.toContain('landlock');
  });

  it.each([0, 1] as const)('warns where an app can read files of the machine, at level %i', (level) => {
    expect(makeAnnouncement(url, { level, layers: [] })).toContain('Deploy only code that you would run yourself.');
  });
});
