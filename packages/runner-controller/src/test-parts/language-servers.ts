import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/** Ids of the language servers of one kind that descend from an agent. */
export async function listLanguageServers(agent: number, kind: 'ty' | 'ruff'): Promise<number[]> {
  const parents = new Map<number, number>();
  const servers: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const [command = '', stat = ''] = await Promise.all([readFile(`/proc/${name}/cmdline`, 'utf8'), readFile(`/proc/${name}/stat`, 'utf8')]).catch(() => []);
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    const [program = '', argument] = command.split('\0');
    if (argument === 'server' && basename(program) === kind) servers.push(Number(name));
  }
  const descends = (pid: number | undefined): boolean => pid !== undefined && pid > 1 && (pid === agent || descends(parents.get(pid)));
  return servers.filter(descends);
}
