/** The public door: a server to compose into a program, and what is done with its data when it is away. */
export { ArchiveError } from './backup/archive.ts';
export { backUp, type BackupReport, readBackup, restore } from './backup/back-up.ts';
export { type RotationReport, rotateKeys } from './keys/rotate-keys.ts';
export { LockedError } from './store/disk/lock-file.ts';
export { RestoreError } from './backup/restore-backup.ts';
export { ConfigError, readConfig, type ServerConfig } from './config.ts';
export { createServer, type Server, ServerEndedError, type ServerOptions, ServerStartError } from './server.ts';
export type { Middleware } from 'koa';
