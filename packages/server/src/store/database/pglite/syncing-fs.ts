import { closeSync, fsyncSync, openSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

interface SyncStream { node: unknown; nfd?: number }
interface NodeFsModule { NODEFS: { stream_ops: { fsync?: (stream: SyncStream) => number }; realPath(node: unknown): string } }

/** PGlite's file layer has no fsync hook at all: a power cut would lose what was acknowledged. */
export class SyncingFs extends NodeFS {
  override async init(pg: PGlite, options: Parameters<NodeFS['init']>[1]): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const install = ({ NODEFS: nodeFs }: NodeFsModule): void => {
      nodeFs.stream_ops.fsync = (stream) => {
        if (stream.nfd !== undefined) {
          fsyncSync(stream.nfd);
          return 0;
        }
        const descriptor = openSync(nodeFs.realPath(stream.node), 'r');
        fsyncSync(descriptor);
        closeSync(descriptor);
        return 0;
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), install as never] } };
  }
}
