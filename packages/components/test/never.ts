/** Stands for a file that is still on its way, for as long as its page lasts. */
await new Promise(() => undefined);
export {};
