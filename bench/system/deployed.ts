import { createClient, type FapiClient } from '@fapi/sdk';
import type { App, Deployment } from '@fapi/sdk/contract';
import { startEmbedded } from '../../e2e/shapes/embedded.ts';
import type { System } from '../../e2e/system.ts';
import type { Address } from '../parts/ask.ts';
import type { Project } from '../parts/projects.ts';

/** So that no figure is of an app that has none. */
const variables = [{ name: 'GREETING', value: 'hello' }, { name: 'API_KEY', value: 'a secret that nobody reads', secret: true }];

/** A whole system with one live app that has an environment. */
export interface Deployed {
  readonly system: System;
  readonly client: FapiClient;
  readonly app: App;
  /** The app through the gateway. */
  readonly address: Address;
  /** Resolves when the deployment is live; rejects when it ended as anything else. */
  live(deployment: Deployment): Promise<void>;
  stop(): Promise<void>;
}

export async function startDeployed(project: Project): Promise<Deployed> {
  const system = await startEmbedded();
  const client = createClient({ baseUrl: system.baseUrl, apiKey: system.operatorKey });
  const stop = async (): Promise<void> => {
    client.close();
    await system.stop();
  };
  try {
    const app = await client.apps.create({ title: project.name, files: project.files('first') });
    await client.environment.save(app.id, { version: 0, variables });
    const live: Deployed['live'] = async (deployment) => {
      const { status, message } = await client.deployments.untilSettled(deployment);
      if (status !== 'live') throw new Error(`a deployment ended as ${status}: ${message ?? 'no message'}`);
    };
    await live(await client.deployments.create(app.id, { draftVersion: (await client.drafts.read(app.id)).version }));
    return { system, client, app, live, stop, address: { at: { port: system.gatewayPort, host: '127.0.0.1' }, host: new URL(app.url).host } };
  } catch (error) {
    await stop();
    throw error;
  }
}
