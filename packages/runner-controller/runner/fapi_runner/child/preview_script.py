"""What a page on a preview host loads first: it tells the portal around it where the page stands.

It does so over a port of its own, which is sent to the parent alone, and to none that is not listed. Nothing is ever
sent to the page's window: its own listeners hear only what is meant for them.
"""

from __future__ import annotations

import json

PATH = "/.fapi/preview.js"
SOURCE = """(() => {
  'use strict';
  const portal = window.parent;
  if (portal === window) return;
  const listed = ORIGINS;
  const around = location.ancestorOrigins?.[0];
  const isListed = listed.includes('*') || listed.includes(around);
  // Where a browser does not say who is around, each is tried: it gives a port to that origin alone.
  const targets = around === undefined ? listed : isListed ? [around] : [];
  const ports = targets.map((target) => {
    const { port1, port2 } = new MessageChannel();
    portal.postMessage({ fapi: 'preview' }, target, [port2]);
    return port1;
  });
  if (ports.length === 0) return;
  const tell = (message) => { for (const port of ports) port.postMessage(message); };
  const pathOf = ({ pathname, search, hash }) => pathname + search + hash;

  const navigation = window.navigation;
  const tellPlace = () => tell({
    kind: 'place', path: pathOf(location), x: Math.round(scrollX), y: Math.round(scrollY),
    canGoBack: navigation?.canGoBack === true, canGoForward: navigation?.canGoForward === true,
  });
  let isDue = false;
  const tellSoon = () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => { isDue = false; tellPlace(); }, 100);
  };
  addEventListener('scroll', tellSoon, { passive: true });
  for (const type of ['hashchange', 'popstate', 'pageshow']) addEventListener(type, tellPlace);
  navigation?.addEventListener('currententrychange', tellPlace);
  navigation?.addEventListener('navigate', ({ destination, downloadRequest, formData }) => {
    // The next page may be one without this script.
    const url = new URL(destination.url);
    if (url.origin !== location.origin || destination.sameDocument || downloadRequest != null || formData) return;
    tell({ kind: 'leaving', path: pathOf(url) });
  });

  let errors = 0;
  const tellError = (message) => {
    if (errors++ < 20) tell({ kind: 'error', message: String(message).slice(0, 500) });
  };
  // Chromium alone puts "Uncaught" before the name of the error.
  addEventListener('error', ({ message }) => { if (message) tellError(message.replace(/^Uncaught /, '')); });
  addEventListener('unhandledrejection', ({ reason }) => tellError(reason?.message ?? reason));

  const restore = ({ hash, x: left, y: top }) => {
    // The portal loads a page without its fragment: with it the browser would only scroll in the one that is there.
    if (hash) location.replace(hash);
    if (!left && !top) return;
    // The page is still growing; whoever takes hold of it meanwhile knows better.
    const growth = new ResizeObserver(() => {
      scrollTo({ left, top, behavior: 'instant' });
      if (Math.abs(scrollY - top) <= 1) growth.disconnect();
    });
    const stop = () => growth.disconnect();
    growth.observe(document.documentElement);
    for (const type of ['wheel', 'touchstart', 'pointerdown', 'keydown']) {
      addEventListener(type, stop, { once: true, passive: true });
    }
    setTimeout(stop, 5000);
  };
  for (const port of ports) {
    port.onmessage = ({ data }) => {
      if (data.kind === 'restore' && document.readyState !== 'loading') restore(data);
      else if (data.kind === 'restore') addEventListener('DOMContentLoaded', () => restore(data), { once: true });
      else if (data.kind === 'back' && navigation?.canGoBack) navigation.back();
      else if (data.kind === 'forward' && navigation?.canGoForward) navigation.forward();
    };
  }
  tellPlace();
})();
"""


def write_script(framers: list[str]) -> bytes:
    """Return the script for pages that these origins may frame."""
    return SOURCE.replace("ORIGINS", json.dumps(framers)).encode()
