import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseDockerfile, parseIgnore } from './dockerfile.ts';
import { dockerfilePath } from './stages.ts';

describe('the steps of a Dockerfile', () => {
  it('are read with their stages, the defaults of their ARGs, and lines that go on', () => {
    const text = '# syntax=docker/dockerfile:1\nARG BASE=node:24\nFROM ${BASE} AS one\nWORKDIR /app\nCOPY a.json b.json ./\nRUN first \\\n && second\n\nFROM one AS two\nCOPY --from=one /app /app\nENV A=b C=d=e\nUSER 1:2\nEXPOSE 80\nCMD ["run", "it"]\n';
    expect(parseDockerfile(text)).toEqual([
      { name: 'one', from: 'node:24', steps: [{ do: 'WORKDIR', folder: '/app' }, { do: 'COPY', sources: ['a.json', 'b.json'], to: './' }, { do: 'RUN', command: 'first   && second' }] },
      { name: 'two', from: 'one', steps: [{ do: 'COPY', from: 'one', sources: ['/app'], to: '/app' }, { do: 'ENV', values: { A: 'b', C: 'd=e' } }, { do: 'USER', user: '1:2' }, { do: 'CMD', command: ['run', 'it'] }] },
    ]);
  });

  it('are refused when one is not known: nothing is left out in silence', () => {
    expect(() => parseDockerfile('FROM a AS b\nADD x y\n')).toThrow('cannot do this step: ADD x y');
    expect(() => parseIgnore('*\npackages/x\n')).toThrow(/neither/);
  });

  it('of the product are all known, and those of its .dockerignore', async () => {
    expect(parseDockerfile(await readFile(dockerfilePath, 'utf8')).map(({ name }) => name)).toEqual(expect.arrayContaining(['server', 'controller', 'gateway', 'runner']));
    expect(parseIgnore(await readFile(`${dockerfilePath}.dockerignore`, 'utf8')).wanted).toContain('packages');
  });
});
