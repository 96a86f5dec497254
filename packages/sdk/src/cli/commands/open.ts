import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Command } from '../command.ts';
import type { World } from '../world.ts';

export const open: Command = {
  name: 'open', summary: 'open the app in a browser; prints its address', usage: '', words: [0, 0], options: { print: { summary: 'only print' } },
  async run(context) {
    const { output, world, isSet } = context;
    const { client } = await context.connect();
    const { url, freshness } = await client.apps.read(await context.appId(), { signal: world.signal });
    output.line(url);
    if (freshness === 'never_deployed') output.note('nothing is live there yet: fapi deploy');
    const isOpened = !isSet('print') && !output.isJson && world.stdout.isTTY === true && (await show(world, url));
    return { ok: true, document: { url, opened: isOpened } };
  },
};

/** False when there is no browser to be had. Without a shell: what the address holds is never a command. */
async function show({ env }: World, url: string): Promise<boolean> {
  if (!/^https?:\/\//.test(url)) return false;
  const program = env['BROWSER'] || (process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? 'xdg-open' : undefined);
  if (program === undefined) return false;
  const child = spawn(program, [url], { stdio: 'ignore', detached: true });
  child.unref();
  return once(child, 'spawn').then(() => true, () => false);
}
