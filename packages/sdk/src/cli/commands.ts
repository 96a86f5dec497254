import type { Command } from './command.ts';
import { apps } from './commands/apps.ts';
import { backup } from './commands/backup.ts';
import { clone } from './commands/clone.ts';
import { deploy } from './commands/deploy.ts';
import { dev } from './commands/dev.ts';
import { init } from './commands/init.ts';
import { logs } from './commands/logs.ts';
import { open } from './commands/open.ts';
import { pull } from './commands/pull.ts';
import { push } from './commands/push.ts';
import { restore } from './commands/restore.ts';
import { revert } from './commands/revert.ts';
import { status } from './commands/status.ts';
import { test } from './commands/test.ts';
import { validate } from './commands/validate.ts';
import { version } from './commands/version.ts';

/** Every command but help, in the order in which people meet them. */
export const commands: readonly Command[] = [init, dev, validate, test, deploy, logs, open, status, push, pull, revert, clone, apps, backup, restore, version];
