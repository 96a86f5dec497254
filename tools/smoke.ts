import { randomBytes } from 'node:crypto';
import { createClient } from '@fapi/sdk';
import { starters } from '../examples/demo-site/page/starters.ts';
import { startEmbedded } from '../e2e/shapes/embedded.ts';
import { visit } from '../e2e/visit.ts';

/** The demo without a person: two starters deployed, one edited, no old answer after `live`. Answers the exit code. */
export async function smoke(): Promise<number> {
  const took = async <T>(title: string, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const value = await work();
    console.log(`${title.padEnd(44)} ${(performance.now() - startedAt).toFixed(0).padStart(6)} ms`);
    return value;
  };
  const system = await took('start the system', startEmbedded);
  const client = createClient({ baseUrl: system.baseUrl, apiKey: system.operatorKey });
  const deploy = async (appId: string, files: { path: string; content: string }[]) => {
    const { version } = await client.drafts.read(appId);
    const settled = await client.deployments.untilSettled(await client.deployments.create(appId, { draftVersion: version, patch: { put: files, remove: [] } }));
    if (settled.status !== 'live') throw new Error(`the deployment ended as ${settled.status}: ${settled.message ?? settled.reason ?? 'no reason'}`);
    return settled;
  };
  try {
    for (const starter of starters.slice(0, 2)) {
      const app = await took(`create "${starter.title}"`, () => client.apps.create({ title: starter.title, files: [...starter.files] }));
      await took('  deploy it', () => deploy(app.id, []));
      const answer = await took('  ask it', () => visit(system.gatewayPort, app.url, '/openapi.json'));
      if (answer.status !== 200) throw new Error(`${app.url} answered ${answer.status}`);
      console.log(`  ${app.url} -> ${answer.status}, ${answer.body.length} bytes of OpenAPI`);
    }
    const nonce = randomBytes(8).toString('hex');
    const app = await client.apps.create({ title: 'Nonce' });
    const code = (word: string) => [{ path: 'main.py', content: `from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\ndef read_root() -> str:\n    return "${word}"\n` }];
    await deploy(app.id, code('old'));
    await took('deploy an edit with a nonce', () => deploy(app.id, code(nonce)));
    for (let n = 0; n < 50; n++) {
      const { body } = await visit(system.gatewayPort, app.url);
      if (body !== JSON.stringify(nonce)) throw new Error(`an answer after "live" was ${body}, not the nonce ${nonce}`);
    }
    console.log(`  ${app.url} -> "${nonce}", 50 of 50 answers new`);
    return 0;
  } catch (error) {
    console.error(`Smoke failed: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    client.close();
    await took('end the system', () => system.stop());
  }
}
