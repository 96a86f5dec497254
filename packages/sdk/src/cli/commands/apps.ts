import type { Command } from '../command.ts';
import type { App } from '../../contract/apps.ts';
import { layTable, plain } from '../terminal/output.ts';

export const apps: Command = {
  name: 'apps', summary: 'list the apps that the key can see', usage: '', words: [0, 0], options: {},
  async run({ connect, output, world: { signal } }) {
    const { client } = await connect();
    const all: App[] = [];
    for await (const app of client.apps.list({ limit: 100 }, { signal })) all.push(app);
    const rows = all.map(({ id, title, freshness, health, rollout }) => [id, rollout === 'idle' ? (freshness === 'never_deployed' ? '-' : health) : rollout, freshness.replaceAll('_', ' '), plain(title)]);
    for (const line of layTable(rows, output.columns)) output.line(line);
    if (all.length === 0) output.note('no apps yet: fapi init begins one');
    return { ok: true, document: { apps: all } };
  },
};
