import type { Command } from '../command.ts';
import { version as own } from '../../version.ts';

export const version: Command = {
  name: 'version', summary: 'print the version of fapi, and with --server that of the server', usage: '', words: [0, 0], options: {},
  async run({ output, text, connect, world: { signal } }) {
    output.line(`fapi ${own}`);
    if (text('server') === undefined) return { ok: true, document: { version: own } };
    const { client } = await connect();
    const { version: serverVersion } = await client.health.ready({ signal });
    output.line(`server ${serverVersion}`);
    return { ok: true, document: { version: own, serverVersion } };
  },
};
