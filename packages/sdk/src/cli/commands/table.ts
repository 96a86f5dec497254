import type { Command } from '../command.ts';
import { apps } from './apps.ts';
import { backup } from './backup.ts';
import { clone } from './clone.ts';
import { deploy } from './deploy.ts';
import { dev } from './dev.ts';
import { init } from './init.ts';
import { logs } from './logs.ts';
import { open } from './open.ts';
import { pull } from './pull.ts';
import { push } from './push.ts';
import { restore } from './restore.ts';
import { revert } from './revert.ts';
import { status } from './status.ts';
import { test } from './test.ts';
import { validate } from './validate.ts';
import { version } from './version.ts';

/** Every command but help, in the order in which people meet them. */
export const commands: readonly Command[] = [init, dev, validate, test, deploy, logs, open, status, push, pull, revert, clone, apps, backup, restore, version];
