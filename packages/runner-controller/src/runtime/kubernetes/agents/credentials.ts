import type { V1Secret } from '@kubernetes/client-node';
import type { AgentCredentials } from '../../../agent/address.ts';
import { type Authority, type Certificate, countLeft, createAuthority, loadAuthority } from './certificates.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { hasStatus } from '../cluster/errors.ts';
import { identities } from '../objects/identities.ts';
import { type Caller, toCallerUri } from '../../../agent/caller.ts';
import { agentSecretName, egressSecretName } from '../objects/pod.ts';
import { makeSecret } from '../objects/resources.ts';

const authorityName = 'fapi-ca';
/** Longer than any pod lives: an agent reads its own once. */
const podDays = 1_825;
const controllerDays = 30;
const renewBelow = 0.5;
const dayMs = 24 * 3_600_000;

export interface Credentials {
  /** What a controller shows to agents; asked for at each connection, because it is made anew in time. */
  show(): Promise<AgentCredentials>;
  /** What the agent of a pod shows to the egress gateway for its app, good for so long. */
  issue(caller: Caller, forMs: number): Promise<Certificate>;
}

/** Makes the namespace's authority and the certificates of agents and of the egress gateway where there are none yet, or they are old, and ours for ourselves. */
export async function openCredentials(cluster: Cluster, now: () => Date): Promise<Credentials> {
  const authority = await openAuthority(cluster, now());
  await assureSecret(cluster, authority, agentSecretName, identities.agent, now());
  await assureSecret(cluster, authority, egressSecretName, identities.egress, now());
  let own = await authority.issue(identities.controller, controllerDays);
  return {
    async show() {
      if (countLeft(own.cert, now()) < renewBelow) own = await (await openAuthority(cluster, now())).issue(identities.controller, controllerDays);
      return { ca: authority.cert, ...own, peer: identities.agent };
    },
    // An authority issues as of the moment that it was taken up.
    issue: async (caller, forMs) => (await loadAuthority(authority, now())).issue(toCallerUri(caller), forMs / dayMs),
  };
}

async function openAuthority(cluster: Cluster, now: Date): Promise<Authority> {
  const made = await cluster.find<V1Secret>('Secret', authorityName);
  if (made) return loadAuthority({ cert: read(made, 'ca.crt'), key: read(made, 'ca.key') }, now);
  const authority = await createAuthority(now);
  try {
    await cluster.create(makeSecret(authorityName, 'Opaque', { 'ca.crt': authority.cert, 'ca.key': authority.key }));
    return authority;
  } catch (error) {
    // Another controller was first: one authority for all.
    if (hasStatus(error, 409)) return openAuthority(cluster, now);
    throw error;
  }
}

async function assureSecret(cluster: Cluster, authority: Authority, name: string, identity: string, now: Date): Promise<void> {
  const made = await cluster.find<V1Secret>('Secret', name);
  if (made && read(made, 'ca.crt') === authority.cert && countLeft(read(made, 'tls.crt'), now) >= renewBelow) return;
  const { cert, key } = await authority.issue(identity, podDays);
  await cluster.apply(makeSecret(name, 'kubernetes.io/tls', { 'tls.crt': cert, 'tls.key': key, 'ca.crt': authority.cert }));
}

const read = (secret: V1Secret, name: string): string => Buffer.from(secret.data?.[name] ?? '', 'base64').toString('utf8');
