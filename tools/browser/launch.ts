import { type Browser, chromium } from 'playwright-core';
import { chromiumPath } from '../parts/paths.ts';

/** Debian's Chromium, quiet on the network. Root needs no-sandbox; everybody else keeps the sandbox. */
export function launchBrowser(): Promise<Browser> {
  const args = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP *.localhost 127.0.0.1'];
  return chromium.launch({ executablePath: chromiumPath(), args: process.getuid?.() === 0 ? [...args, '--no-sandbox'] : args });
}
