import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AppFile } from '@fapi/sdk/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { pythonPath, root } from '../../../tools/parts/paths.ts';
import { digestOf, makeBundle } from '../src/domain/code/revision.ts';

interface Vector { title: string; files: AppFile[]; digest: string; bundleSha256: string }
let vectors: Vector[];
beforeAll(async () => {
  vectors = JSON.parse(await readFile(join(root, 'docs/digest-vectors.json'), 'utf8')) as Vector[];
});

describe('the digest of a revision', () => {
  it('is the one that the docs promise, in whatever order the files come', () => {
    expect(vectors.length).toBeGreaterThan(5);
    expect(new Set(vectors.map(({ digest }) => digest)).size).toBe(vectors.length);
    for (const { files, digest } of vectors) expect([digestOf(files), digestOf(files.toReversed())]).toEqual([digest, digest]);
  });

  it('is made by the lines that the docs print', async () => {
    const code = /```python\n(.*?)```/s.exec(await readFile(join(root, 'docs/revisions.md'), 'utf8'))?.[1];
    const program = `${code}\nimport json, sys\nvectors = json.loads(sys.argv[1])\nprint(json.dumps([digest_of({file["path"]: file["content"].encode() for file in vector["files"]}) for vector in vectors]))\n`;
    const { stdout } = await promisify(execFile)(pythonPath(), ['-c', program, JSON.stringify(vectors)]);
    expect(JSON.parse(stdout)).toEqual(vectors.map(({ digest }) => digest));
  });

  it('goes with a bundle whose bytes never change', async () => {
    const sums = await Promise.all(vectors.map(async ({ files }) => (await makeBundle(files.toReversed())).sha256));
    expect(sums).toEqual(vectors.map(({ bundleSha256 }) => bundleSha256));
  });
});
