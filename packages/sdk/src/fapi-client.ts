import type { Auth, StreamOptions } from './client-types.ts';
import type { StreamEvent } from './contract/events.ts';
import type { AccessResources } from './resources/access.ts';
import type { AppsResource } from './resources/apps.ts';
import type { DeploymentsResource } from './resources/deployments.ts';
import type { DraftsResource } from './resources/drafts.ts';
import type { EgressResource, EnvironmentResource } from './resources/environment.ts';
import type { LanguageResource } from './resources/language.ts';
import type { LogsResource } from './resources/logs/logs.ts';
import type { PresenceResource } from './resources/presence.ts';
import type { RevisionsResource } from './resources/revisions.ts';
import type { HealthResource, RuntimeResource } from './resources/runtime.ts';

/**
 * The only way in. One method per route; everything takes an AbortSignal.
 * Methods reject with `ApiError` (see `isApiError`), `ConnectionError`, `TimeoutError`, `AbortError`, `TokenError` or `ContractError`.
 */
export interface FapiClient extends AccessResources {
  readonly baseUrl: string;
  /** Of the server that answered last; undefined before the first answer. */
  readonly serverVersion: string | undefined;
  readonly auth: Auth;
  readonly apps: AppsResource;
  readonly drafts: DraftsResource;
  readonly environment: EnvironmentResource;
  readonly egress: EgressResource;
  readonly deployments: DeploymentsResource;
  readonly revisions: RevisionsResource;
  readonly events: {
    /**
     * Follows what happens; it reconnects by itself and resumes after the last event. On `ready` and `reset`, read again what you show.
     * @example
     * for await (const event of fapi.events.stream({ apps: [app.id], topics: ['deployments', 'logs'] })) {
     *   if (event.type === 'log') for (const { text } of event.lines) console.log(text);
     * }
     */
    stream(options?: StreamOptions): AsyncIterable<StreamEvent>;
  };
  readonly language: LanguageResource;
  readonly logs: LogsResource;
  readonly presence: PresenceResource;
  readonly runtime: RuntimeResource;
  readonly health: HealthResource;
  /** Fires when it is closed. */
  readonly closed: AbortSignal;
  /** Ends streams and timers of this client; calls that were sent go on. */
  close(): void;
}
