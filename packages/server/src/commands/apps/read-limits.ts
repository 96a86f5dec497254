import type { AppLimits } from '@fapi/sdk/contract';
import { schemaVersion } from '@fapi/runner-controller/work';
import { DomainError } from '../../domain/errors.ts';
import { presentLimits, type Use } from '../../domain/limits.ts';
import { askRunner } from '../ask-runner.ts';
import type { Actor, Context } from '../context.ts';
import { getApp } from '../get-app.ts';

const timeoutMs = 2_000;

/** What an app may have, and what it has of it. That is asked now and kept nowhere: a number of a runner that is gone would look like one of now. */
export async function readLimits(context: Context, actor: Actor, appId: string): Promise<AppLimits> {
  const { limits } = await getApp(context, actor, appId);
  return presentLimits(limits, await findUse(context, appId));
}

async function findUse(context: Context, appId: string): Promise<Use> {
  try {
    return await askRunner(context, { schema: schemaVersion, kind: 'usage', appId }, timeoutMs);
  } catch (error) {
    if (error instanceof DomainError) return {};
    throw error;
  }
}
