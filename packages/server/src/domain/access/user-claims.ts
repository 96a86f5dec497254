import { isReadable, type Role, type WorkspaceOidc } from '@fapi/sdk/contract';
import { highest } from './roles.ts';

export type Claims = Readonly<Record<string, unknown>>;

const longestSubject = 255;
const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

/** May keys be fetched from there? On the way to another machine anybody could put keys of their own into an answer that is not encrypted. */
export const isSafeAddress = (url: URL | null): url is URL => url !== null && url.username === '' && (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname)));

/** `<issuer host>:<sub>`; undefined when the claim is no name that could be kept. */
export function subjectOf(claims: Claims, { issuer, subjectClaim }: Pick<WorkspaceOidc, 'issuer' | 'subjectClaim'>): string | undefined {
  const name = claims[subjectClaim];
  if (typeof name !== 'string' || name.length > longestSubject || !isReadable(name) || !name.isWellFormed()) return undefined;
  return `${new URL(issuer).host}:${name}`;
}

/** The highest role that the user's groups have in this workspace, or the default one. */
export function roleOfUser(claims: Claims, { roleClaim, roles, defaultRole }: Pick<WorkspaceOidc, 'roleClaim' | 'roles' | 'defaultRole'>): Role | undefined {
  const groups = roleClaim === undefined || roles === undefined ? [] : [readClaim(claims, roleClaim)].flat();
  return highest(groups.flatMap((group) => (typeof group === 'string' && Object.hasOwn(roles!, group) ? [roles![group]!] : []))) ?? defaultRole;
}

/** By its whole name first: names that are addresses hold dots. */
function readClaim(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name.split('.').reduce<unknown>((part, key) => (typeof part === 'object' && part !== null && Object.hasOwn(part, key) ? (part as Claims)[key] : undefined), claims);
}
