import * as z from 'zod/mini';
import { defineRoute } from './route.ts';
import { environmentLimits, variableName } from './variable-names.ts';

/** Who sees it: what is live, what is imported and tested while somebody edits, or both. */
export const VariableScope = z.enum(['live', 'draft', 'both']);
export type VariableScope = z.infer<typeof VariableScope>;

const name = z.string().check(z.regex(variableName, 'a name is made of letters, digits and _, and does not begin with a digit'), z.maxLength(environmentLimits.nameBytes));

export const Variable = z.object({
  name,
  /** Absent for a secret: secrets are written and never read. */
  value: z.optional(z.string()),
  secret: z.boolean(),
  scope: VariableScope,
}).register(z.globalRegistry, { id: 'Variable', description: 'A variable of an app. The value of a secret is never answered.' });
export type Variable = z.infer<typeof Variable>;

export const Environment = z.object({
  appId: z.string(),
  /** Grows by one with each change; 0 before the first. Send it back in `If-Match`. */
  version: z.int(),
  variables: z.array(Variable),
  savedAt: z.optional(z.string()),
  savedBy: z.optional(z.string()),
}).register(z.globalRegistry, { id: 'Environment', description: 'The variables and secrets of an app, apart from its code.' });
export type Environment = z.infer<typeof Environment>;

/**
 * The whole environment: what is not named is gone. Two variables may share a name when one is for what is live and the other for drafts.
 * A secret without a value keeps the one it has, except where it was not seen before: from `live` to drafts a value does not go by itself.
 */
export const SaveEnvironment = z.object({
  variables: z.array(z.object({ name, value: z.optional(z.string()), secret: z._default(z.boolean(), false), scope: z._default(VariableScope, 'both') })),
}).register(z.globalRegistry, { id: 'SaveEnvironment' });

const params = z.object({ appId: z.string() });

export const environmentRoutes = {
  read: defineRoute({ method: 'GET', path: '/v1/apps/:appId/environment', summary: 'Read the variables of an app, without the values of secrets', access: 'environment:read', params, status: 200, response: Environment, errors: ['app_not_found', 'environment_unreadable'] }),
  save: defineRoute({
    method: 'PUT', path: '/v1/apps/:appId/environment', summary: 'Replace the environment if its version is still the one in If-Match; the next deployment brings it live', access: 'environment:write', params,
    headers: z.object({ 'if-match': z.optional(z.string()) }), body: SaveEnvironment, status: 200, response: Environment,
    errors: ['app_not_found', 'environment_conflict', 'environment_invalid', 'environment_not_kept', 'environment_unreadable', 'precondition_required'],
  }),
} as const;
