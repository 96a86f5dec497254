// Any Node >= 20 can start this: it installs what package-lock.json names, then hands over to the Node that the lock pins.
// Plain JavaScript without dependencies, because it runs on a clone without node_modules.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = '', ...args] = process.argv.slice(2);
const [wantedMajor, leastMajor] = [24, 20];

if (Number(process.versions.node.split('.')[0]) < leastMajor) fail(`fapi needs Node ${leastMajor} or newer to start itself, and this is ${process.version}: install a newer Node and run the command again.`);
installPackages();
handOver(findNode());

function installPackages() {
  const stamp = join(root, 'node_modules', '.fapi-lock');
  const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('Installing packages (about 20 s the first time) ...');
  // Through npm's own file when npm started us: the npm on PATH may be another one. No install scripts: none of them is needed.
  const npm = process.env.npm_execpath;
  const npmArgs = ['ci', '--ignore-scripts', '--no-progress', '--loglevel=error'];
  const result = npm?.endsWith('.js') ? spawnSync(process.execPath, [npm, ...npmArgs], { cwd: root, stdio: ['ignore', 'inherit', 'pipe'] }) : spawnSync('npm', npmArgs, { cwd: root, stdio: ['ignore', 'inherit', 'pipe'] });
  const output = String(result.stderr ?? result.error ?? '').trim();
  if (result.status !== 0) {
    const isOffline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(output);
    fail(isOffline ? 'The package registry cannot be reached: connect to a network (or set the registry in your npm configuration) and run the command again.' : `npm ci failed; its last words:\n${output.split('\n').slice(-12).join('\n')}`);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
}

function findNode() {
  const pinned = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= wantedMajor) return process.execPath;
  return fail(`No pinned Node ${wantedMajor} exists for ${process.platform} ${process.arch}, and this is ${process.version}: install Node ${wantedMajor} and run the command again.`);
}

function handOver(node) {
  const file = join(root, 'tools', 'commands', `${command}.ts`);
  if (!/^[a-z-]+$/.test(command) || !existsSync(file)) fail(`There is no command "${command}": see "scripts" in package.json.`);
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(process.platform === 'win32' ? ';' : ':');
  const child = spawn(node, ['--conditions=fapi-source', file, ...args], { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path } });
  // Ctrl-C reaches the whole process group: the child stops in order and we wait for it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
