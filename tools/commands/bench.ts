import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { measureClickToLive } from '../../bench/click-to-live.ts';
import type { Row } from '../../bench/row.ts';
import { root } from '../parts/paths.ts';
import { ensureBuild } from '../setup/build.ts';
import { ensureRunnerEnvironment } from '../setup/parts.ts';

await ensureRunnerEnvironment();
await ensureBuild();
const rounds = Number(process.argv.find((argument) => argument.startsWith('--rounds='))?.slice('--rounds='.length) ?? 15);
const rows: Row[] = await measureClickToLive(rounds);

console.table(Object.fromEntries(rows.map((row) => [row.id, { 'ours (p10-p90)': `${row.value} (${row.p10}-${row.p90}) ${row.unit}`, peer: row.peer, 'peer (p10-p90)': `${row.peerValue} (${row.peerP10}-${row.peerP90}) ${row.unit}`, ratio: row.ratio, goal: row.goal, n: row.n }])));
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`;
await writeFile(join(root, 'bench/results.json'), `${JSON.stringify({ commit, machine, rows }, undefined, 2)}\n`);
process.exit(0);
