import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root } from '../parts/paths.ts';
import { canInstallDebianPackages, installDebianPackages } from './apt.ts';
import { withLock } from './lock.ts';
import { digestFiles } from './stamp.ts';
import { ElsewhereError, lastWords, run, SetupError, step } from './step.ts';

const sources = join(root, 'tools/test-node');
const monthMs = 30 * 24 * 3_600_000;
const userCache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'fapi/test-node');
/** A program of each package that has one. */
const packages = { containerd: 'containerd', runc: 'runc', iptables: 'iptables', conntrack: 'conntrack', iproute2: 'ip', openssl: 'openssl' };
const plugins = '/usr/lib/cni/bridge';

/** Throws a sentence where no node can be had: without Linux, root or Debian. */
export async function ensureNodePackages(): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new ElsewhereError('A real Kubernetes node runs as root on Linux only: run npm run test:kubernetes -- --node as root on a Linux machine of your own, for instance a virtual one.');
  const missing: string[] = [];
  for (const [name, program] of Object.entries(packages)) if ((await run('sh', ['-c', `command -v ${program}`], { env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` } })).code !== 0) missing.push(name);
  if (!existsSync(plugins)) missing.push('containernetworking-plugins');
  if (missing.length > 0) await installDebianPackages(missing, 'A real Kubernetes node needs a container runtime and what it stands on');
  if (!canInstallDebianPackages()) throw new SetupError('The images of the test node are made out of Debian packages: run it on a Debian, as root.');
}

/** The folder with the programs of a node (`node`, `names`, `pause`): `FAPI_TEST_NODE_PROGRAMS`, or built from `tools/test-node`, once for its sources and this Go, in the user's cache folder. */
export async function ensureNodePrograms(cache = userCache): Promise<string> {
  const given = process.env['FAPI_TEST_NODE_PROGRAMS'];
  if (given) {
    if (!existsSync(join(given, 'node'))) throw new SetupError(`FAPI_TEST_NODE_PROGRAMS names ${given}, which holds no node: name another folder or unset it.`);
    return given;
  }
  const go = await run('go', ['version']);
  if (go.code !== 0) throw new SetupError('The test node builds its kubelet with Go 1.21 or newer, and there is none on PATH: install Go (https://go.dev/dl) and run the command again.');
  const folder = join(cache, digestFiles(['tools/test-node/**/*.go', 'tools/test-node/go.{mod,sum}'], [go.stdout.trim()]).slice(0, 16));
  if (existsSync(folder)) {
    await utimes(folder, new Date(), new Date());
    return folder;
  }
  await withLock(`build ${cache}`, async () => {
    if (!existsSync(folder)) await step('Building the kubelet, kube-proxy and kubectl of the test node (once, 5 to 15 minutes)', () => build(cache, folder));
  });
  return folder;
}

/** `FAPI_TEST_GO_CACHE` names a folder that keeps Go's caches, for whoever changes the sources. */
async function build(cache: string, folder: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  for (const left of await readdir(cache)) if (left.startsWith('build-')) await rm(join(cache, left), { recursive: true, force: true });
  const work = await mkdtemp(join(cache, 'build-'));
  try {
    const kept = process.env['FAPI_TEST_GO_CACHE'] || work;
    const env: NodeJS.ProcessEnv = { ...process.env, GOFLAGS: '-modcacherw', GOWORK: 'off', CGO_ENABLED: '0', GOGC: '400', GOMODCACHE: join(kept, 'mod'), GOCACHE: join(kept, 'go-build'), GOTMPDIR: work };
    const [, version, major, minor] = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/.exec(await readFile(join(sources, 'go.mod'), 'utf8'))!;
    const stamp = Object.entries({ gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' }).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
    const outcome = await run('go', ['build', '-trimpath', '-buildvcs=false', '-ldflags', ['-s', '-w', ...stamp].join(' '), '-o', `${join(work, 'out')}/`, './...'], { cwd: sources, env });
    if (outcome.code !== 0) throw new SetupError(`Go could not build the programs of the test node; its last words:\n${lastWords(outcome)}`);
    // Whole or not at all.
    await rename(join(work, 'out'), folder);
    for (const key of await readdir(cache)) if (Date.now() - (await stat(join(cache, key))).mtimeMs > monthMs) await rm(join(cache, key), { recursive: true, force: true });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
