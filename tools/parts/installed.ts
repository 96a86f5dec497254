import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.ts';

/** What the lock names is installed. If not, `bin/fapi` would install it, which is nothing to do under the feet of other tests. */
export function isInstalled(): boolean {
  const stamp = join(root, 'node_modules/.fapi-lock');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
}
